"""Page B, of 2013 to 2022: `section.question_header`, labels that end in « > »."""

from collections.abc import Iterator
from random import Random

from lod.model.question import JO, Organe, Question
from tests.support.synthetic.fragments import (
    PAGE_TITLE,
    blocks,
    by_number,
    capitalised,
    changes,
    escaped,
    fragment,
    slashed,
)

TYPES = {
    "QE": "Question écrite",
    "QG": "Question au Gouvernement",
    "QOSD": "Question orale sans débat",
    "QM": "Question à un ministre",
}
SANS_TETE = "aucune tête d'analyse"
BIG = '<span class="question_big_content">{}</span>'


def write(question: Question, rng: Random) -> bytes:
    parts = [*_chrome(question), *_header(question), *_info(question, rng)]
    parts += [*_dates(question, rng), *_texts(question, rng), "</div></body></html>\n"]
    return "\n".join(parts).encode()


def _chrome(q: Question) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html class="no-js" lang="fr-FR"> <head>\n<meta charset="utf-8"/>'
    yield f"<title>Question n°{q.numero} - Assemblée nationale</title>\n</head>"
    yield '<body><nav><ul><li><a href="/dyn/17/questions">Questions : écrites et orales</a></li>'
    yield '</ul></nav><div class="page">'
    yield f'<header class="question_legislature">{q.legislature}ème législature</header>'


def _header(q: Question) -> Iterator[str]:
    who = f"{q.auteur.civilite} {q.auteur.nom}"
    link = f"https://www2.assemblee-nationale.fr/deputes/fiche/OMC_{q.auteur.acteur_ref}"
    groupe = escaped((q.groupe and q.groupe.libelle_long) or "")
    yield '<hr class="question_hr"/>\n<section class="question_header">'
    yield '<div class="question_big_content" id="question_col10"> '
    yield f"Question N° {q.numero}</div>"
    yield f'<div id="question_col80"> de <span class="question_big_content"><a href="{link}"'
    yield f'target="_blank" title="Lien vers la fiche de {who}">{who}</a></span> '
    yield f"({groupe} - <span>{q.lieux_election[0]}</span> )</div>"
    yield f'<div class="question_big_content" id="question_col10">{TYPES[q.type]}</div>\n</section>'


def _info(q: Question, rng: Random) -> Iterator[str]:
    last = q.attributions[-1].ministere if q.attributions else None
    analyses = q.analyses or ((q.titre,) if q.titre else ())
    yield '<section class="question_info">\n<div class="ministere">'
    yield '<div class="question_col50">'
    yield _label("Ministère interrogé", _name(q.ministere_interroge))
    yield '</div>\n<div class="question_col50 no-left-border">'
    yield _label("Ministère attributaire", _name(last))
    yield '</div>\n</div>\n<div class="analyse_header">'
    for n, (label, value) in enumerate((
        ("Rubrique", capitalised(q.rubrique or "")),
        ("Tête d'analyse", q.tete_analyse or rng.choice((SANS_TETE, ""))),
        ("Analyse", " ".join(f"{escaped(a)}." for a in analyses)),
    )):  # fmt: skip
        yield f'<div class="question_col33 n{n}">\n<p>{_label(label, value)}</p>\n</div>'
    yield "</div>\n</section>"


def _label(label: str, value: str) -> str:
    return BIG.format(f"{label} &gt; ") + f" {value}\n"


def _name(organe: Organe | None) -> str:
    return escaped(organe.libelle) if organe else ""


def _dates(q: Question, rng: Random) -> Iterator[str]:
    seance = q.type == "QG"
    yield '<div class="question_publish_date">'
    yield from _dated("Question publiée au JO le", q.parutions, rng, page=not seance)
    if not seance:
        yield from _dated("Réponse publiée au JO le", [r.jo for r in q.reponses], rng, page=True)
    yield from _dated("Date de changement d'attribution", changes(q), rng)
    yield from _dated("Date de signalement", [s.jo for s in q.signalements], rng)
    yield from _dated("Date de renouvellement", q.renouvellements, rng)
    for what, corrige in (("question", "question"), ("réponse", "reponse")):
        places = [e.jo for e in q.errata if e.corrige == corrige and e.jo]
        yield from _dated(f"Erratum de la {what} publié au JO le", places, rng, page=True)
    if q.retrait:
        day = BIG.format(slashed(q.retrait.jour))
        yield f"<div>Question retirée le : {day} ({escaped(q.retrait.libelle or '')})</div>"
    yield "</div>"


def _dated(
    label: str, places: list[JO] | tuple[JO, ...], rng: Random, page: bool = False
) -> Iterator[str]:
    """Yield a line for all days, or one for each."""
    told = [_place(jo, page) for jo in places]
    if told and rng.random() < 0.5:
        told = [rng.choice((", ", " ", " et ", "<br>")).join(told)]
    yield from (f"<div>{label}\u00a0: {value}</div>" for value in told)


def _place(jo: JO, page: bool) -> str:
    number = f"  page : {BIG.format(jo.page)}" if page and jo.page else ""
    return BIG.format(slashed(jo.jour)) + number


def _texts(q: Question, rng: Random) -> Iterator[str]:
    yield '<section class="question_answer">\n<div class="question">'
    asked = fragment(blocks(q.texte, q.texte_html), rng, PAGE_TITLE)
    if asked:
        yield f"<h3>Texte de la question</h3>\n<p>\n      {asked}\n   </p>"
    yield "</div>"
    for reponse in q.reponses:
        said = by_number(fragment(blocks(reponse.texte, reponse.texte_html), rng, PAGE_TITLE))
        yield '<div class="answer">\n<h3>Texte de la réponse</h3>\n<div class="reponse_contenu">'
        yield f"    {said}\n   </div>\n</div>"
    yield "</section>"
