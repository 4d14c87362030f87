"""Page C, of 2022 to 2024 (`/dyn/16/questions/…`): « Bloc de style « question » »."""

from collections.abc import Iterator
from random import Random

from lod.model.question import JO, Question
from tests.support.synthetic import fragments as page

TYPES = page.TYPES | {"QOSD": "Question orale"}
JO_PDF = "https://questions.assemblee-nationale.fr/static/{}/questions/jo/jo_anq_{}{:02d}.pdf"
FACT = '<p class="h6 _colored-primary"{}>{} :\n      <span class="_regular">{}</span>\n</p>'
SEANCE = "La question a été posée au Gouvernement en séance, parue dans le journal officiel le "


def write(question: Question, rng: Random) -> bytes:
    parts = [*_chrome(question), *_title(question, rng), '<div class="ha-grid">']
    parts += ['<div class="ha-grid-item size-3">', *_texts(question, rng), "</div>"]
    parts += ['<div class="ha-grid-item size-1">', *_facts(question, rng), "</div>\n</div>"]
    parts += ["</div></div></div></div></div></main>", "<footer><p>Mentions légales</p></footer>"]
    return "\n".join([*parts, "</body></html>\n"]).encode()


def write_text(question: Question, rng: Random) -> bytes:
    q = question
    lieu, of_group = q.circonscription, (q.groupe and q.groupe.libelle_long) or ""
    place = [f"{lieu.nom} ({lieu.numero}{'re' if lieu.numero == 1 else 'e'} circonscription)"
             f" - {of_group}"] if lieu else []  # fmt: skip
    text = q.reponses[0].texte if q.type == "QG" else q.texte
    lines = [f"{TYPES[q.type]} n° {q.numero} :", titre(q), f"{q.legislature}e Législature"]
    who = page.who(q)
    lines += [f"Question de : {who}"] if rng.random() < 0.5 else ["Question de :", who]
    lines += [*place, *(text or "").split("\n")]
    for reponse in q.reponses if q.type != "QG" else ():
        lines += [f"Réponse publiée le {page.in_words(reponse.jo.jour, rng)}"]
        lines += (reponse.texte or "").split("\n")
    lines += ["Données clés"] if rng.random() < 0.5 else []
    lines += [f"Auteur : {who}", f"Type de question : {TYPES[q.type]}"]
    lines += [f"Rubrique : {page.capitalised(q.rubrique)}"] if q.rubrique else []
    if q.ministere_interroge:
        lines.append(f"Ministère interrogé : {q.ministere_interroge.libelle}")
    if q.attributions:
        lines.append(f"Ministère répondant : {q.attributions[-1].ministere.libelle}")
    for s in q.signalements:
        flagged = f"Question signalée au Gouvernement le {page.in_words(s.jo.jour, rng)}"
        lines.append(f"Signalement : {flagged}")
    if q.type == "QG":
        lines.append(f"Date de la séance : {SEANCE}{page.in_words(q.reponses[0].jo.jour, rng)}")
    else:
        lines += ["Dates :"] if q.reponses else ["Date :"]
        lines += [f"Question publiée le {page.in_words(jo.jour, rng)}" for jo in q.parutions]
        lines += [f"Réponse publiée le {page.in_words(r.jo.jour, rng)}" for r in q.reponses]
    if q.retrait and q.retrait.jour:
        lines += [f"Date de cloture : {page.in_words(q.retrait.jour, rng)}"]
        lines += [q.retrait.libelle or "", "partager"]
    apart = rng.choice(("\n", "\n\n"))
    return (apart.join(line for line in lines if line) + "\n").encode()


def titre(q: Question) -> str:
    """Return the title as the page prints it: that of a question au Gouvernement in capitals."""
    return ((q.titre or "").upper() if q.type == "QG" else q.titre) or ""


def _who(q: Question) -> str:
    return f"{page.who(q)} ({q.lieux_election[-1]} - {page.groupe(q)})"


def _chrome(q: Question) -> Iterator[str]:
    title = f"Question n°{q.numero} : {page.escaped(titre(q))}"
    yield '<!DOCTYPE html>\n<html class="no-js" lang="fr">\n<head>'
    yield f'<title>{title} - Assemblée nationale</title>\n<meta charset="utf-8"/>\n</head>\n<body>'
    yield f"<nav><ul><li><span>{title}</span></li></ul></nav>"
    yield '<main id="main" role="main"><div class="page"><div class="page-content">'
    yield f'<div class="an-bloc _style-question" data-id="{q.uid} / Bloc de style « question »">'
    yield '<div class="bloc-content"><div class="_vertical container">'


def _title(q: Question, rng: Random) -> Iterator[str]:
    yield '<div><div class="title _centered-text pb-sm-3">'
    yield f'<span class="h4 _colored-primary">{TYPES[q.type]} n°{q.numero} :'
    yield f'   <span class="_regular">{page.escaped(titre(q))}</span>\n</span>\n</div>'
    yield f'<span class="h6 _colored-primary _bold">{q.legislature}ème Législature</span>'
    if q.type != "QG":
        yield "<div>"
        yield from _journal("question", q.parutions, q.legislature, rng)
        yield from _journal("réponse", [r.jo for r in q.reponses], q.legislature, rng)
        yield "</div>"
    yield "</div>"


def _journal(
    what: str, places: list[JO] | tuple[JO, ...], legislature: int, rng: Random
) -> Iterator[str]:
    for jo in places:
        number = f", page {jo.page}" if jo.page else ""
        yield f'<a class="link" href="{_pdf(jo, legislature)}">\n   Publication de la {what} au '
        yield f"Journal Officiel\n     du {page.in_words(jo.jour, rng)}{number}</a>\n<br/>"


def _pdf(jo: JO, legislature: int) -> str:
    year, week = (jo.numero or "20220001")[:4], int((jo.numero or "20220001")[4:])
    return JO_PDF.format(legislature, year, week)


def _texts(q: Question, rng: Random) -> Iterator[str]:
    seance = ""
    text = page.printed(q.reponses[0] if q.type == "QG" else q, rng)
    if q.type == "QG":
        seance = f", posée en séance, et publiée le {page.in_words(q.parutions[0].jour, rng)}   "
    yield '<div>\n<div class="_pa-small">\n<p class="_colored-primary">'
    yield '<span class="_bold">Question de :</span>'
    yield f'<span class="_colored-primary _regular">{_who(q)}</span>{seance} </p>'
    yield f'<p class="_pa-small">{text}</p>\n</div>\n</div>'
    manner = "Réponse en séance, et publiée" if q.type == "QOSD" else "Réponse  publiée"
    for reponse in q.reponses if q.type != "QG" else ():
        said = page.by_number(page.printed(reponse, rng))
        yield '<div>\n<div class="_pa-small">\n<p class="_colored-green _bold">'
        yield f"    {manner}      le {page.in_words(reponse.jo.jour, rng)}      </p>"
        yield f'<p class="_pa-small">{said}</p>\n</div>\n</div>'


def _facts(q: Question, rng: Random) -> Iterator[str]:
    ref = q.auteur.acteur_ref
    link = f'<a class="link" data-document-id="{ref}" href="/dyn/deputes/{ref}">{_who(q)}</a>'
    yield '<div class="_pa-small _centered-text">'
    yield '<span class="h5 _colored-primary _pa-small _centered-text">Données clés</span></div>'
    yield FACT.format("", "Auteur", link)
    yield FACT.format("", "Type de question", TYPES[q.type])
    yield FACT.format("", "Rubrique", page.capitalised(q.rubrique or ""))
    yield FACT.format(' id="blocMinistereInterroge"', "Ministère interrogé", page.asked(q))
    yield FACT.format(' id="blocMinistereAttributaire"', "Ministère répondant", page.in_charge(q))
    if q.type == "QG" or (q.type == "QOSD" and q.reponses):
        day = page.in_words(q.reponses[0].jo.jour, rng)
        yield FACT.format("", "Date de la séance", f"\n   {SEANCE}{day}   ")
    if q.type != "QG":
        yield '<p class="h6 _colored-primary">\n     Dates       :\n    '
        yield from _dates(q, rng)
        yield "</p>"


def _dates(q: Question, rng: Random) -> Iterator[str]:
    events: list[tuple[str, JO]] = []
    events += [("Date de changement d'attribution :", jo) for jo in page.changes(q)]
    events += [("Date de signalement :", s.jo) for s in q.signalements]
    events += [("Date de renouvellement :", jo) for jo in q.renouvellements]
    for e in q.errata:
        what = "question" if e.corrige == "question" else "réponse"
        events += [(f"Erratum de la {what} publié le", e.jo)] if e.jo else []
    linked = [("Question publiée le", jo) for jo in q.parutions]
    linked += [("Réponse publiée le", r.jo) for r in q.reponses]
    for label, jo in linked:
        day = f'<a class="link" href="{_pdf(jo, q.legislature)}">{page.in_words(jo.jour, rng)}</a>'
        yield f'<br/>\n<span class="_regular"> {label} {day}</span>'
    for label, jo in events:
        yield f'<br/>\n<span class="_regular"> {label} {page.in_words(jo.jour, rng)}</span>'
    if q.retrait:
        day = f"{page.in_words(q.retrait.jour, rng)} ({page.escaped(q.retrait.libelle or '')})"
        yield f'<br/>\n<span class="_regular"> Question retirée le {day}</span>'
