"""Page B, of 2013 to 2022: `section.question_header`, labels that end in « > »."""

from collections.abc import Iterator
from random import Random

from lod.model.question import JO, Question
from tests.support.synthetic import fragments as page

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
    link = f"https://www2.assemblee-nationale.fr/deputes/fiche/OMC_{q.auteur.acteur_ref}"
    yield '<hr class="question_hr"/>\n<section class="question_header">'
    yield '<div class="question_big_content" id="question_col10"> '
    yield f"Question N° {q.numero}</div>"
    yield f'<div id="question_col80"> de <span class="question_big_content"><a href="{link}"'
    yield f'target="_blank" title="Lien vers la fiche de {page.who(q)}">{page.who(q)}</a></span> '
    yield f"({page.groupe(q)} - <span>{q.lieux_election[0]}</span> )</div>"
    yield f'<div class="question_big_content" id="question_col10">{page.TYPES[q.type]}</div>'
    yield "</section>"


def _info(q: Question, rng: Random) -> Iterator[str]:
    analyses = q.analyses or ((q.titre,) if q.titre else ())
    yield '<section class="question_info">\n<div class="ministere">'
    yield '<div class="question_col50">'
    yield _label("Ministère interrogé", page.asked(q))
    yield '</div>\n<div class="question_col50 no-left-border">'
    yield _label("Ministère attributaire", page.in_charge(q))
    yield '</div>\n</div>\n<div class="analyse_header">'
    for n, (label, value) in enumerate((
        ("Rubrique", page.capitalised(q.rubrique or "")),
        ("Tête d'analyse", q.tete_analyse or rng.choice((page.SANS_TETE, ""))),
        ("Analyse", " ".join(f"{page.escaped(a)}." for a in analyses)),
    )):  # fmt: skip
        yield f'<div class="question_col33 n{n}">\n<p>{_label(label, value)}</p>\n</div>'
    yield "</div>\n</section>"


def _label(label: str, value: str) -> str:
    return BIG.format(f"{label} &gt; ") + f" {value}\n"


def _dates(q: Question, rng: Random) -> Iterator[str]:
    yield '<div class="question_publish_date">'
    for label, places, has_page in page.events(q):
        if q.type != "QG":
            yield from _dated(label, places, rng, has_page)
        elif not label.startswith("Réponse"):
            yield from _dated(label, places, rng, has_page and label.startswith("Erratum"))
    if q.retrait:
        day = BIG.format(page.slashed(q.retrait.jour))
        yield f"<div>Question retirée le : {day} ({page.escaped(q.retrait.libelle or '')})</div>"
    yield "</div>"


def _dated(label: str, places: list[JO], rng: Random, has_page: bool) -> Iterator[str]:
    """Yield a line for all days, or one for each."""
    told = [_place(jo, has_page) for jo in places]
    if told and rng.random() < 0.5:
        told = [rng.choice((", ", " ", " et ", "<br>")).join(told)]
    yield from (f"<div>{label}\u00a0: {value}</div>" for value in told)


def _place(jo: JO, has_page: bool) -> str:
    number = f"  page : {BIG.format(jo.page)}" if has_page and jo.page else ""
    return BIG.format(page.slashed(jo.jour)) + number


def _texts(q: Question, rng: Random) -> Iterator[str]:
    yield '<section class="question_answer">\n<div class="question">'
    text = page.printed(q, rng)
    if text:
        yield f"<h3>Texte de la question</h3>\n<p>\n      {text}\n   </p>"
    yield "</div>"
    for reponse in q.reponses:
        said = page.by_number(page.printed(reponse, rng))
        yield '<div class="answer">\n<h3>Texte de la réponse</h3>\n<div class="reponse_contenu">'
        yield f"    {said}\n   </div>\n</div>"
    yield "</section>"
