"""The older XML of the questions site (`/vue/xml`), laid out as the one genuine record is."""

from collections.abc import Iterable, Iterator
from datetime import date
from random import Random
from xml.sax.saxutils import escape

from lod.model.question import JO, Organe, Question
from tests.support.synthetic.fragments import SANS_TETE, blocks, by_number, fragment, slashed

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(question: Question, rng: Random) -> bytes:
    return (PROLOG + _question(question, rng)).encode()


def big_older_xml(questions: Iterable[Question], rng: Random) -> Iterator[bytes]:
    yield (PROLOG + "<QUESTIONS>").encode()
    for question in questions:
        yield f"\n{_question(question, rng)}".encode()
    yield b"\n</QUESTIONS>\n"


def _question(q: Question, rng: Random) -> str:
    titles = q.analyses or ((q.titre,) if q.titre else ())
    groupe, lieu = q.groupe, q.circonscription
    parts = [
        f'<QUESTION TYPE="{q.type}">',
        _tag("LEGISLATURE", str(q.legislature)),
        f'<DEPOT NUMERO="{q.numero}">{_jo(q.parutions[0])}</DEPOT>',
        _auteur(q),
        f'<GROUPE SIGLE="{escape(groupe.libelle)}">{_tag("LIBELLE", groupe.libelle_long or "")}'
        f"{_tag('ID_GROUPE', _number(groupe.ref))}</GROUPE>" if groupe else "",
        f'<CIRCONSCRIPTION NUMERO_CIRCONSCRIPTION="{lieu.numero}">'
        f"{_tag('CODE_DEPARTEMENT', lieu.departement or '')}{_tag('DEPARTEMENT', lieu.nom)}"
        f"{_tag('CODE_REGION', '36')}{_tag('REGION', q.lieux_election[-1])}</CIRCONSCRIPTION>"
        if lieu else "",
        f'<INDEXATION_AN RUBRIQUE="{escape(q.rubrique or "")}">',
        _tag("TETE_ANALYSE", q.tete_analyse or rng.choice((SANS_TETE, ""))),
        f"<ANALYSE>{''.join(_tag('ANA', title) for title in titles)}</ANALYSE>",
        "</INDEXATION_AN>",
        f"<MINI>{_ministere(q.ministere_interroge, 'ID_MINI')}</MINI>",
        f"<MINA>{''.join(_ordres(q))}</MINA>",
        f"<DEPOT>{_tag('TEXTE_DEPOT', fragment(blocks(q.texte, q.texte_html), rng))}</DEPOT>",
        *_errata(q, "question"),
        *(_signalement(s.jo, s.depot) for s in q.signalements),
        f"<RENOUVELLEMENT>{''.join(_renouvellements(q))}</RENOUVELLEMENT>",
        *_cloture(q),
        *_reponses(q, rng),
        *_errata(q, "reponse"),
        "</QUESTION>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _tag(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else f"<{name}/>"


def _number(reference: str | None) -> str:
    return (reference or "")[2:]


def _jo(jo: JO | None, page: bool = True) -> str:
    """Return a place in the JO; the issue is counted within its year."""
    if jo is None:
        return "<DATE_JO/><TYPE_JO/><NUMERO_JO/>"
    number = str(int(jo.numero[4:])) if jo.numero else ""
    return "".join((
        _tag("DATE_JO", slashed(jo.jour)),
        _tag("PAGE_JO", str(jo.page or "")) if page else "",
        _tag("TYPE_JO", jo.type or ""),
        _tag("NUMERO_JO", number),
    ))  # fmt: skip


def _auteur(q: Question) -> str:
    prenom, _, nom = (q.auteur.nom or "").partition(" ")
    who = _tag("ID_ACTEUR", _number(q.auteur.acteur_ref))
    who += _tag("CIVILITE", q.auteur.civilite or "") + _tag("NOM", nom) + _tag("PRENOM", prenom)
    return f'<AUTEUR ID_MANDAT="{_number(q.auteur.mandat_ref)}">{who}</AUTEUR>'


def _ministere(organe: Organe | None, reference: str) -> str:
    if organe is None:
        return ""
    names = _tag("ABREGE", organe.libelle) + _tag("DEVELOPPE", organe.libelle_long or "")
    return names + _tag(reference, _number(organe.ref))


def _ordres(q: Question) -> Iterator[str]:
    for n, step in enumerate(q.attributions, start=1):
        place = _jo(step.jo, page=False)
        yield f'<ORDRE NUMERO="{n}">{_ministere(step.ministere, "ID_MINA")}{place}</ORDRE>'


def _errata(q: Question, corrige: str) -> Iterator[str]:
    """Yield the corrections; the element is there, empty, where there is none."""
    name = f"ERRATUM_{corrige.upper()}"
    places = [e.jo for e in q.errata if e.corrige == corrige]
    for jo in places or [None]:
        yield f"<{name}>{_jo(jo) if jo else '<DATE_JO/><PAGE_JO/><TYPE_JO/>'}</{name}>"


def _signalement(jo: JO, depot: date | None) -> str:
    deposited = _tag("DATE_DEPOT_SIGNAL", slashed(depot) if depot else "")
    return f"<SIGNALEMENT>{_jo(jo, page=False)}{deposited}</SIGNALEMENT>"


def _renouvellements(q: Question) -> Iterator[str]:
    for n, jo in enumerate(q.renouvellements, start=1):
        place = _jo(jo, page=False).replace("DATE_JO>", "DATE_RENOUVELLEMENT>")
        yield f'<ORDRE NUMERO="{n}">{place}</ORDRE>'


def _reponses(q: Question, rng: Random) -> Iterator[str]:
    for reponse in q.reponses:
        text = by_number(fragment(blocks(reponse.texte, reponse.texte_html), rng))
        yield "".join((
            "<REPONSE>",
            _tag("TEXTE_REPONSE", text),
            _tag("DATE_JO_REPONSE", slashed(reponse.jo.jour)),
            _tag("PAGE_JO_REPONSE", str(reponse.jo.page or "")),
            "</REPONSE>",
        ))  # fmt: skip


def _cloture(q: Question) -> Iterator[str]:
    if q.cloture and q.cloture.jour:
        place = _jo(q.cloture.jo or JO(jour=q.cloture.jour))
        reason = _tag("ABREGE", q.cloture.code or "") + _tag("LIBELLE", q.cloture.libelle or "")
        yield f"<CLOTURE>{place}{reason}</CLOTURE>"
