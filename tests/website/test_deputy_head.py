"""What the page of a deputy begins with: facts, and numbers that lead to what they count."""

import re
from pathlib import Path

from lxml import html
from pyoxigraph import Literal, NamedNode, Triple

from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.release import current
from lod.rdf.vocab import ORG, QP, SCHEMA
from lod.website.pages.deputy_head import DeputyHead, Mandate, head_of
from lod.website.pages.question_lists import (
    STATUT_PREFIX,
    newest_first,
    question_lists_of,
    state_of,
)
from tests.support.releases import resource_pages_of, site_of

BASE = "https://example.org/"
DEPUTY, OLD, NEW = f"{BASE}depute/PA1", f"{BASE}groupe/PO1", f"{BASE}groupe/PO2"
LATE, ANSWERED = "en-attente-hors-delai", "repondue-dans-delai"


def question(
    number: int, statut: str = ANSWERED, legislature: int = 17, groupe: str = NEW
) -> QuestionFacts:
    return QuestionFacts(
        iri=f"{BASE}question/QANR5L{legislature}QE{number}", legislature=legislature, type="QE",
        numero=number, titre="", shown_title="", parution=f"20{legislature + 7}-01-02", reponse="",
        retrait="", limite="", last_event="", delai=None, statut=f"{STATUT_PREFIX}{statut}",
        auteur=DEPUTY, groupe=groupe, circonscription=f"{BASE}circonscription/91-{legislature}",
        ministere="", rubrique="", motif="",
    )  # fmt: skip


def node(name: str, **said: str) -> list[Triple]:
    """Triples of a mandate or of a membership."""
    terms = {"groupe": ORG.organization, "legislature": QP.legislature, "de": SCHEMA.startDate,
             "pris": QP.datePriseFonction, "a": SCHEMA.endDate,
             "place": QP.circonscription}  # fmt: skip
    values = {key: BASE + value if "/" in value else value for key, value in said.items()}
    return [
        Triple(
            NamedNode(f"{DEPUTY}#{name}"),
            terms[key],
            NamedNode(value) if value.startswith(BASE) else Literal(value),
        )
        for key, value in values.items()
    ]


SEAT = node("m2", legislature="legislature/17", de="2024-07-07", place="circonscription/91-6")
FORMER = [
    *node("m1", legislature="legislature/15", de="2017-06-21", pris="2020-07-01", a="2022-06-21"),
    *node("a1", groupe="groupe/PO1", de="2020-07-02", a="2022-06-21"),
]
SITTING = [
    *SEAT,
    *FORMER,
    *node("a0", groupe="groupe/PO9", de="2024-07-07", a="2024-07-18"),
    *node("a2", groupe="groupe/PO2", de="2024-07-19"),
]


def head(triples: list[Triple], *about: QuestionFacts) -> DeputyHead:
    questions = newest_first(about)
    listed = [(rank, state_of(q)) for rank, q in enumerate(questions)]
    return head_of(triples, questions, question_lists_of(DEPUTY, "depute/PA1", listed))


def test_who_sits_has_the_group_of_today() -> None:
    """Not one of the first days; a substitute has sat since the day on which the seat was taken."""
    found = head(SITTING, question(1, legislature=15, groupe=OLD))
    assert (found.groupe, found.as_of) == (NEW, "en cours")
    assert found.circonscription == f"{BASE}circonscription/91-6"
    assert found.mandates == (
        Mandate(17, "2024-07-07", ""), Mandate(15, "2020-07-01", "2022-06-21"),
    )  # fmt: skip


def test_who_sat_has_the_last_group() -> None:
    """Nothing of it is of today."""
    found = head(FORMER)
    assert (found.groupe, found.as_of, found.circonscription) == (OLD, "terminé", "")


def test_questions_tell_what_archives_lack() -> None:
    """Of a later legislature, or of all where there is no archive; without dates of a mandate."""
    later = head(FORMER, question(1, legislature=16))
    assert (later.groupe, later.as_of) == (NEW, "question")
    assert later.circonscription == f"{BASE}circonscription/91-16"
    assert later.mandates == (Mandate(16), Mandate(15, "2020-07-01", "2022-06-21"))
    alone = head([], question(1))
    assert (alone.groupe, alone.as_of, alone.mandates) == (NEW, "question", (Mandate(17),))
    assert head([]) == DeputyHead("", "terminé", "", (), head([]).counts)


def test_numbers_lead_to_what_they_count() -> None:
    """On the page as long as there is one; then to the lists."""
    few = head([], question(1), question(2, LATE), question(3, LATE))
    numbers = [(few.count_of(k).number, few.count_of(k).href) for k in ("", "en-retard")]
    assert numbers == [(3, "#questions"), (2, "#en-retard")]
    many = head([], *(question(n, LATE if n < 7 else ANSWERED) for n in range(1, 102)))
    assert many.count_of("en-retard").number == 6
    assert many.count_of("en-retard").href == "depute/PA1/en-retard.html#questions"
    assert many.count_of("").href == "#questions" and not many.count_of("retirees").number


def test_the_pages_of_the_sample(sample: Path) -> None:
    """No reference of the Assemblée in the head; each number is that of the lines shown."""
    site = site_of(current(sample))
    pages = sorted(site.glob("depute/PA*.html"))
    assert len(pages) == len({html.parse(page).findtext(".//title") for page in pages}) > 200
    for page in pages:
        tree = html.parse(page)
        [description] = tree.xpath("//meta[@name='description']/@content")
        title, [heading] = tree.findtext(".//title"), tree.xpath("//h1")
        for text in (title, heading.text_content(), description):
            assert text and not re.search(r"\bP[AO]\d", text), text
        numbers = [int(data.get("value")) for data in tree.xpath("//ul[@class='comptes']//data")]
        states = [
            " ".join(li.xpath("./span/@class")) for li in tree.xpath("//ol[@class='liste']/li")
        ]
        answered = sum(" repondue" in state for state in states)
        late = sum("en-attente-hors-delai" in state for state in states)
        assert numbers == ([len(states), answered, late] if states else []), page
        if not tree.xpath("//section[@id='au-gouvernement']"):  # else it tells what was received
            said = re.findall(r"\d+", description.rpartition(":")[2])
            assert said == list(map(str, numbers or [0]))
        for link in tree.xpath("//ul[@class='comptes']//a/@href"):
            assert tree.xpath(f"//section[@id='questions']/descendant-or-self::*[@id='{link[1:]}']")


def test_a_deputy_begins_with_questions(sample: Path) -> None:
    """Figures come after them, folded; identifiers and evidence, too."""
    pages = dict(resource_pages_of(current(sample), "depute/PA718926"))
    tree = html.fromstring(pages["depute/PA718926.html"])
    titles = [title.text_content().split("  ")[0] for title in tree.xpath("//main//h2")]
    assert titles[0].startswith("Questions") and "En chiffres" in titles
    assert tree.xpath("//section[@id='fiche-chiffres']/ancestor::details")
    assert not tree.xpath("//section[@id='questions']/ancestor::details")
    folded = tree.xpath("//details[@class='identites']//h2")
    assert {"Liens et preuves", "Aussi décrits ici"} <= {title.text for title in folded}
    assert tree.xpath("//details[@class='identites']//dd[text()='PA718926']")
