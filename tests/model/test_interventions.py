"""A transcript is cut by its speakers, or stays whole; nothing that is said goes to another one."""

import pytest

from lod.model.interventions import interventions_of, spoken_in
from lod.model.question import Intervention
from lod.model.text import clean_text

CHAIR = "<strong>Mme la présidente. </strong>"
EXCHANGE = f"""</p><p align="CENTER"> TITRE </p><br>{CHAIR}La parole est à M.\u00a0Luc Noël.<br><br>
<strong>M.\u00a0Luc Noël. </strong>Ma question\u00a0? <i>(Rires du groupe Dem (MoDem).)<br/></i>
<b>Plusieurs députés du groupe LR .</b> Bravo\u00a0!<br><br>
<strong>M.\u00a0Luc Noël. </strong>Sa fin.<br>Un alinéa.<br>
{CHAIR}C'est Mme\u00a0la ministre du travail qui répondra, monsieur Noël.<br>
<strong>M.\u00a0Jean Roy, garde des sceaux, ministre.</strong> Toujours\u00a0!<br>
<strong>Mme\u00a0Ève Petit,</strong> <i> ministre du travail . </i>Ma réponse.<br><br>
{CHAIR}La parole est à M.\u00a0Luc Noël, en bref.<br>
<strong>M.\u00a0Luc Noël. </strong>Ma réplique. <em>(Applaudissements.)</em><br> <p>"""


def cut(fragment: str, author: str | None = None) -> tuple[str, tuple[Intervention, ...]]:
    text = clean_text(fragment)
    return text.plain, interventions_of(text.plain, text.html, author)


def test_each_turn_has_its_speaker_office_type_and_words() -> None:
    text, turns = cut(EXCHANGE)
    assert [(t.libelle, t.qualite, t.type, text[t.debut : t.fin]) for t in turns] == [
        ("Mme la présidente", None, "presidence", "La parole est à M.\u00a0Luc Noël."),
        ("M. Luc Noël", None, "question", "Ma question\u00a0? (Rires du groupe Dem (MoDem).)"),
        ("Plusieurs députés du groupe LR", None, "interruption", "Bravo\u00a0!"),
        ("M. Luc Noël", None, "question", "Sa fin.\nUn alinéa."),
        ("Mme la présidente", None, "presidence",
         "C'est Mme\u00a0la ministre du travail qui répondra, monsieur Noël."),
        ("M. Jean Roy", "garde des sceaux, ministre", "interruption", "Toujours\u00a0!"),
        ("Mme Ève Petit", "ministre du travail", "reponse", "Ma réponse."),
        ("Mme la présidente", None, "presidence", "La parole est à M.\u00a0Luc Noël, en bref."),
        ("M. Luc Noël", None, "replique", "Ma réplique. (Applaudissements.)"),
    ]  # fmt: skip


def test_the_author_speaks_first_where_the_chair_names_nobody() -> None:
    speech = f"<b>M. Luc Noël.</b> Un.<br>{CHAIR}Poursuivez.<br><b>M. Luc Noël.</b> Deux."
    assert [t.type for t in cut(speech, "Luc Noël")[1]] == ["question", "presidence", "question"]
    assert next(t.type for t in cut(speech, "Jean Roy")[1]) == "interruption"


@pytest.mark.parametrize(
    "fragment",
    [
        "Réponse écrite, <b>en gras</b>.<br><b>Titre.</b> Suite.",
        "M. Luc Noël. Sans gras.<br>M. Jean Roy. Non plus.",
        "<b>M. Luc Noël.</b> Seul.",
        "Il dit <b>M. Luc Noël.</b> et <b>M. Jean Roy.</b> au milieu d’une ligne.",
    ],
)
def test_what_names_no_two_speakers_stays_whole(fragment: str) -> None:
    assert cut(fragment)[1] == ()


def test_a_text_that_is_not_that_of_its_markup_stays_whole() -> None:
    """As where a publisher corrects one of both."""
    text = clean_text(EXCHANGE)
    assert interventions_of(text.plain.replace("Bravo", "Assez"), text.html, None) == ()
    assert interventions_of(text.plain, None, None) == ()


def test_words_are_of_one_speaker_or_of_nobody() -> None:
    text, turns = cut(EXCHANGE)

    def speaker(words: str) -> str | None:
        start = text.index(words)
        turn = spoken_in(text, turns, start, start + len(words))
        return turn.libelle if turn else None

    assert speaker("Sa fin.\nUn") == "M. Luc Noël"
    assert speaker("Toujours") == "M. Jean Roy"
    assert speaker("question\u00a0? (Rires du groupe Dem (MoDem).)") == "M. Luc Noël"
    assert speaker("Rires du groupe Dem") is None
    assert speaker("Ma réponse.\nMme") is None
    assert speaker("M. Jean Roy".replace(" ", "\u00a0", 1)) is None
