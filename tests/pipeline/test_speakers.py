"""Who speaks in a sitting: a person whom name, day and role mean alone, or nobody."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from lod.base.inputs import records
from lod.model.question import JO, Auteur, Intervention, Organe, Question, Reponse
from lod.model.text import clean_text
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.settling.resolve import complete
from lod.reference.directory import NO_ARCHIVES, Directory
from lod.reference.executive_tables import from_tables
from lod.reference.matching import name_key
from lod.reference.tables import names_by_person
from lod.sources.fields import Reading
from lod.sources.forms import read_record
from tests.support import amo
from tests.support.amo import bien_lu
from tests.support.paths import NEW, REAL

DAY = date(2022, 8, 3)  # of the JO; Olivier Dussopt was Minister of Labour
RE = Organe(libelle="RE", libelle_long="Renaissance", ref="PO800538")
PANONACLE, DUSSOPT = ("depute", "PA719632"), ("depute", "PA330357")


def spoken(
    publie: Accepted, printed: str, day: date = DAY, archives: Directory = NO_ARCHIVES
) -> Intervention:
    """Return the turn of a name in bold, between two turns of the chair."""
    said = f"<b>Mme la présidente.</b> Un.<br>{printed} Deux.<br><b>Mme la présidente.</b> Trois."
    text = clean_text(said)
    r = Reponse(jo=JO(jour=day), texte=text.plain, texte_html=text.html, page_de_section=False)
    author = Auteur(acteur_ref=PANONACLE[1])
    q = replace(publie.question, type="QG", legislature=16, auteur=author, reponses=(r,))
    q = replace(q, groupe=RE, parutions=(r.jo,))
    [answer] = complete(Reading(q), "page.md", archives).question.reponses
    chair, turn, _ = answer.interventions
    assert chair.orateur is None and chair.groupe is None
    return turn


def speaker(publie: Accepted, printed: str, day: date = DAY) -> tuple[str, str] | None:
    return spoken(publie, printed, day).orateur


def test_a_speaker_is_linked_only_where_certain(publie: Accepted) -> None:
    minister = "<b>M. Olivier Dussopt,</b> <i>ministre du travail.</i>"
    assert speaker(publie, "<b>Mme Sophie Panonacle.</b>") == PANONACLE
    assert speaker(publie, minister) == DUSSOPT
    assert speaker(publie, "<b>M. Olivier Dussopt, ministre du travail.</b>") == DUSSOPT
    assert speaker(publie, minister, date(2024, 1, 10)) == DUSSOPT, "the sitting was the day before"
    assert speaker(publie, minister, date(2024, 3, 1)) is None, "he is no minister any more"
    assert speaker(publie, "<b>M. Sophie Panonacle.</b>") is None, "another civility"
    assert speaker(publie, "<b>Mme Panonacle.</b>") is None, "no whole name"
    assert speaker(publie, "<b>Mme Sophie Panonacle,</b> <i>ministre.</i>") is None
    for several in ("Un député du groupe RN", "Mme Sophie Panonacle et M. Olivier Dussopt"):
        assert speaker(publie, f"<b>{several}.</b>") is None


def test_a_deputy_has_the_group_of_the_day(publie: Accepted, tmp_path: Path) -> None:
    """That of each day on which the sitting may have been; by the record only the author's."""
    groups = [
        amo.adhesion("PM1", "PO1", "2022-06-22", "2022-08-02"),
        amo.adhesion("PM2", "PO2", "2022-08-03", "2022-09-30"),
    ]
    bodies = [amo.organe(ref, "GP", f"Groupe {ref}", "2022-06-22", None, legislature="16")
              for ref in ("PO1", "PO2")]  # fmt: skip
    people = [amo.acteur("PA719632", "Sophie", "Panonacle", *groups)]
    archives = bien_lu(tmp_path, *people, *bodies)

    def group(day: date, archives: Directory = archives) -> str | None:
        found = spoken(publie, "<b>Mme Sophie Panonacle.</b>", day, archives).groupe
        return found.ref if found else None

    assert [group(date(2022, 8, day)) for day in (2, 3, 4)] == ["PO1", None, "PO2"]
    assert group(date(2022, 6, 22)) is None, "it may have been the day before"
    assert group(DAY, NO_ARCHIVES) == RE.ref == group(date(2022, 10, 5)), "as the record states"
    other = "<b>Mme Isabelle Périgault.</b>"
    assert spoken(publie, other).orateur and spoken(publie, other).groupe is None


def real_exchanges() -> Iterator[Question]:
    folders = (REAL / "json/L16", REAL / "found/json-L15-QG", NEW / "qosd-L14")
    for record in records(folders):
        read = read_record(record)
        if read.reading and read.reading.question.est_orale:
            yield complete(read.reading, read.path).question


@pytest.fixture(scope="module")
def exchanges() -> list[Question]:
    return [*real_exchanges()]


@pytest.mark.shared
@pytest.mark.slow
def test_real_transcripts_are_cut(exchanges: list[Question]) -> None:
    """Nearly all of those with a text have a question and an answer; no text is changed by it."""
    answers = [r for q in exchanges for r in q.reponses if r.texte]
    is_cut = [{"question", "reponse"} <= {turn.type for turn in r.interventions} for r in answers]
    assert len(answers) > 590 and sum(is_cut) >= 0.95 * len(answers)


@pytest.mark.shared
@pytest.mark.slow
def test_real_speakers_are_the_persons_of_their_names(exchanges: list[Question]) -> None:
    """By the tables of names, read here without what has linked them."""
    names = {ref: {*map(name_key, known)} for ref, known in names_by_person().items()}
    for held in from_tables().ministers.values():
        for minister in held:
            names.setdefault(minister.person[1], set()).add(name_key(minister.nom))
    turns = [turn for q in exchanges for r in q.reponses for turn in r.interventions]
    named = [t for t in turns if t.type != "presidence" and t.libelle.startswith(("M. ", "Mme "))]
    linked = [turn for turn in named if turn.orateur]
    assert len(named) > 4_000 and len(linked) >= 0.9 * len(named)
    for turn in linked:
        assert turn.orateur and name_key(turn.libelle.partition(" ")[2]) in names[turn.orateur[1]]
