"""The older XML of the questions site (`/vue/xml`): `QUESTION` in capitals, days DD/MM/YYYY."""

from collections.abc import Iterable, Iterator
from random import Random
from xml.sax.saxutils import escape

from lod.model.question import Organe, Question
from tests.support.synthetic.fragments import blocks, by_number, fragment, slashed

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
SANS_TETE = "aucune tête d'analyse"


def write(question: Question, rng: Random) -> bytes:
    """Return the record of a question."""
    return (PROLOG + _question(question, rng)).encode()


def big_older_xml(questions: Iterable[Question], rng: Random) -> Iterator[bytes]:
    """Yield the pieces of one file of many records."""
    yield (PROLOG + "<QUESTIONS>").encode()
    for question in questions:
        yield f"\n{_question(question, rng)}".encode()
    yield b"\n</QUESTIONS>\n"


def _question(q: Question, rng: Random) -> str:
    titles = q.analyses or ((q.titre,) if q.titre else ())
    parts = [
        f'<QUESTION TYPE="{q.type}">',
        _tag("LEGISLATURE", str(q.legislature)),
        *_depots(q, rng),
        _auteur(q),
        f"<MINI>{_tag('DEVELOPPE', _long(q.ministere_interroge))}</MINI>",
        f"<MINA>{''.join(_ordres(q))}</MINA>",
        f'<INDEXATION_AN RUBRIQUE="{escape(q.rubrique or "")}">',
        _tag("TETE_ANALYSE", q.tete_analyse or rng.choice((SANS_TETE, ""))),
        f"<ANALYSE>{''.join(_tag('ANA', title) for title in titles)}</ANALYSE>",
        "</INDEXATION_AN>",
        *_reponses(q, rng),
        *_cloture(q),
        *(_day("RENOUVELLEMENT", slashed(jo.jour)) for jo in q.renouvellements),
        *(_day("SIGNALEMENT", slashed(s.jo.jour)) for s in q.signalements),
        "</QUESTION>",
    ]
    return "\n".join(parts)


def _tag(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else f"<{name}/>"


def _day(name: str, day: str) -> str:
    return f"<{name}>{_tag('DATE_JO', day)}</{name}>"


def _long(organe: Organe | None) -> str:
    return (organe.libelle_long or organe.libelle) if organe else ""


def _depots(q: Question, rng: Random) -> Iterator[str]:
    """Yield `DEPOT` twice: where the question was published, and what it says."""
    told = q.parutions[0]
    page = _tag("PAGE_JO", str(told.page or ""))
    yield f'<DEPOT NUMERO="{q.numero}">{_tag("DATE_JO", slashed(told.jour))}{page}</DEPOT>'
    text = fragment(blocks(q.texte, q.texte_html), rng)
    yield f'<DEPOT NUMERO="{q.numero}">{_tag("TEXTE_DEPOT", text)}</DEPOT>'


def _auteur(q: Question) -> str:
    prenom, _, nom = (q.auteur.nom or "").partition(" ")
    who = _tag("PRENOM", prenom) + _tag("NOM", nom) + _tag("ID_ACTEUR", q.auteur.acteur_ref or "")
    return f"<AUTEUR>{who}</AUTEUR>"


def _ordres(q: Question) -> Iterator[str]:
    for step in q.attributions:
        day = slashed(step.jo.jour) if step.jo else ""
        yield f"<ORDRE>{_tag('DEVELOPPE', _long(step.ministere))}{_tag('DATE_JO', day)}</ORDRE>"


def _reponses(q: Question, rng: Random) -> Iterator[str]:
    for reponse in q.reponses:
        text = by_number(fragment(blocks(reponse.texte, reponse.texte_html), rng))
        yield "".join((
            "<REPONSE>",
            _tag("DATE_JO_REPONSE", slashed(reponse.jo.jour)),
            _tag("PAGE_JO_REPONSE", str(reponse.jo.page or "")),
            _tag("TEXTE_REPONSE", text),
            "</REPONSE>",
        ))  # fmt: skip


def _cloture(q: Question) -> Iterator[str]:
    if q.cloture:
        day, label = slashed(q.cloture.jour), q.cloture.libelle or ""
        yield f"<CLOTURE>{_tag('DATE_JO', day)}{_tag('LIBELLE', label)}</CLOTURE>"
