"""Page A, the « FICHE QUESTION » of legislatures 8 to 13: one table, a private tag a fact."""

from collections.abc import Iterator
from random import Random

from lod.model.question import JO, Erratum, Question
from tests.support.synthetic import fragments as page

SEPARATORS = (" ", ", ", " et ", "<br>")
BLANK = '<tr><td align="left" border="0"></td><td align="left" border="0" colspan="2">'


def write(question: Question, rng: Random) -> bytes:
    """Return the page of a question, as UTF-8 or in the encoding that old pages declare."""
    parts = [*_head(question), *_dates(question, rng), *_rubriquage(question, rng)]
    parts += [*_textes(question, rng), *_hidden(question)]
    if rng.random() < 0.3:
        declared = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
        return "\n".join([declared, *parts]).encode("cp1252", "xmlcharrefreplace")
    return "\n".join(parts).encode()


def _tag(name: str, value: str) -> str:
    return f"<{name}>{value}</{name}>"


def surname_first(name: str) -> str:
    prenom, _, nom = name.partition(" ")
    return f"{nom} {prenom}"


def _head(q: Question) -> Iterator[str]:
    yield '<html><body align="center">\n<title>FICHE QUESTION</title>\n<center><b>'
    yield _tag("leg", f"{q.legislature}ème législature") + "</b></center>"
    yield '<table border="2" bordercolor="BLUE" cellpadding="1" cellspacing="1" width="100%">'
    yield f'<tr><td align="Center" width="20%"> Question N° : <b>\n<num>{q.numero}</num>'
    yield f'</b></td>\n<td align="CENTER"> de <b>\n<civ>{q.auteur.civilite}</civ>\n '
    yield f"<aut>{surname_first(q.auteur.nom or '')}</aut>\n</b>("
    yield f"<groupe>{page.groupe(q)}</groupe>"
    yield f' - <dept>{q.lieux_election[0]}</dept>\n)</td><td align="CENTER"><b>'
    yield f"<nat>{q.type}</nat>\n</b></td></tr>"
    retrait = q.retrait
    yield _tag("ret", "Question retirée le :" if retrait else "")
    yield _tag("dret", page.slashed(retrait.jour) if retrait else "")
    yield _tag("cret", page.escaped(retrait.libelle or "") if retrait else "")
    mini = _tag("mini", page.asked(q))
    yield f'<tr><td align="left">\nMinistère interrogé : </td><td colspan="2">{mini}'
    yield '</td></tr><tr><td align="left">\nMinistère attributaire : </td><td colspan="2">'
    yield f"{_tag('mina', page.in_charge(q))}</td></tr>"


def _dates(q: Question, rng: Random) -> Iterator[str]:
    for jo in q.parutions:
        yield _dated("Question publiée au JO le :", "dpq", "pgq", jo)
    for jo in (r.jo for r in q.reponses if q.type != "QG" or rng.random() < 0.5):
        yield _dated("Réponse publiée au JO le :", "dpr", "pgrep", jo)
    yield _errata([e for e in q.errata if e.corrige == "question"], "question", "derq", "pgerq")
    yield _errata([e for e in q.errata if e.corrige == "reponse"], "réponse", "derr", "pgerrep")
    yield BLANK
    yield _tag("dsign", _several([s.jo for s in q.signalements], rng))
    yield _tag("draps", _several(q.renouvellements, rng))
    yield _tag("dca", _several(page.changes(q), rng)) + "</td></tr>"


def _dated(label: str, day: str, number: str, jo: JO) -> str:
    at, place = _tag(day, page.slashed(jo.jour)), _tag(number, str(jo.page or ""))
    return f"{BLANK}\n{label}\n<b>{at}</b>\n page : \n<b>{place}</b>\n</td></tr>"


def _errata(errata: list[Erratum], what: str, day: str, number: str) -> str:
    label = f"Erratum de la {what} publié au JO le :"
    rows = [_dated(label, day, number, e.jo) for e in errata if e.jo]
    return "\n".join(rows) or _tag(day, "") + _tag(number, "")


def _several(places: list[JO] | tuple[JO, ...], rng: Random) -> str:
    return rng.choice(SEPARATORS).join(page.slashed(jo.jour) for jo in places)


def _rubriquage(q: Question, rng: Random) -> Iterator[str]:
    tete = q.tete_analyse or rng.choice((page.SANS_TETE, ""))
    analyses = page.escaped(q.titre or "")
    yield "<rubriquage>"
    for label, tag, value in (
        ("Rubrique", "rub", q.rubrique or ""), ("Tête d'analyse", "tana", tete),
        ("Analyse", "ana", analyses),
    ):  # fmt: skip
        yield f'<tr><td align="left">\n{label} : \n</td><td align="left" colspan="2">'
        yield _tag(tag, value)
    yield '<span style="visibility: hidden">\n<dc></dc>\n</span></td></tr></rubriquage>'


def _textes(q: Question, rng: Random) -> Iterator[str]:
    text = page.printed(q, rng)
    yield '<tr><td align="center">\n<textes>\n<b><u>Texte de la QUESTION : </u></b>\n</textes></td>'
    yield f'<td align="left" colspan="2">\n<quest>{_html(text, rng)}</quest>\n</td></tr>'
    label = "DEBAT :" if q.type == "QG" else "Texte de la REPONSE :"
    for reponse in q.reponses:
        said = page.printed(reponse, rng)
        block = said if q.type == "QG" and rng.random() < 0.5 else f"<rep>{_html(said, rng)}</rep>"
        yield f'<tr><td align="center">\n<b><u>{label} </u></b>\n</td>'
        yield f'<td align="left" colspan="2">\n{block}\n<comprep></comprep>\n</td></tr>'
    if not q.reponses:
        yield f'<tr><td></td><td colspan="2"><rep>{_html("", rng)}</rep></td></tr>'
    yield "</table>"


def _html(text: str, rng: Random) -> str:
    return f"<html>{text}</html>" if text or rng.random() < 0.5 else ""


def _hidden(q: Question) -> Iterator[str]:
    yield '<span style="visibility: hidden">'
    yield _tag("grp", page.escaped(q.groupe.libelle) if q.groupe else "")
    yield _tag("nleg", str(q.legislature))
    yield _tag("codret", (q.cloture and q.cloture.code) or "")
    yield _tag("reg", q.lieux_election[-1])
    yield _tag("reponse", "O" if q.reponses else "N")
    yield "</span>\n</body></html>"
