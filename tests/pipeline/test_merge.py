"""Several records of one question: the richest and newest wins, nothing is downgraded or lost."""

import json
from datetime import date
from itertools import permutations, product
from pathlib import Path

from msgspec.structs import replace

from lod.base.inputs import Record, records
from lod.model.question import (
    JO,
    Attribution,
    Auteur,
    Cloture,
    Erratum,
    Organe,
    Question,
    Reponse,
    Reste,
    Signalement,
    Source,
)
from lod.pipeline.questions.question_memo import summary_of
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.settling.convert import convert_batch
from lod.pipeline.settling.merge import combine, contradictions, merge, ranked
from lod.rdf.iris import Iris
from lod.sources.fields import Reading
from lod.sources.forms import ReadRecord, read_record
from tests.support.chantier import Chantier, record
from tests.support.paths import GOOD

PARU, REPONDU = JO(jour=date(2025, 3, 25), page=12), JO(jour=date(2025, 6, 3), page=100)
OPEN = Question(
    uid="QANR5L17QE90001",
    legislature=17,
    type="QE",
    numero=90001,
    sources=(Source(sha256="0" * 64, format="application/json"),),
    auteur=Auteur(acteur_ref="PA1"),
    chaine_complete=True,
    titre="Un essai",
    texte="Une question inventée.",
    groupe=Organe(libelle="EPR", libelle_long="Ensemble pour la République", ref="PO845407"),
    ministere_interroge=Organe(libelle="Culture"),
    attributions=(Attribution(ministere=Organe(libelle="Culture"), jo=PARU),),
    parutions=(PARU,),
)
ANSWER = Reponse(jo=REPONDU, texte="Une réponse.", page_de_section=True)
ANSWERED = replace(
    OPEN,
    sources=(Source(sha256="1" * 64, format="application/json"),),
    reponses=(ANSWER,),
    attributions=(
        *OPEN.attributions,
        Attribution(ministere=Organe(libelle="Santé"), jo=JO(jour=date(2025, 4, 8))),
    ),
    cloture=Cloture(jour=REPONDU.jour, code="REP_PUB", jo=REPONDU),
)
PAGE = replace(
    OPEN,
    sources=(Source(sha256="2" * 64, format="text/html"),),
    auteur=Auteur(civilite="Mme", nom="Une Députée"),
    chaine_complete=False,
    texte_html="Une question <em>inventée</em>.",
    groupe=Organe(libelle="Ensemble pour la République"),
    lieux_election=("Morbihan",),
    attributions=(Attribution(ministere=Organe(libelle="Santé")),),
    reponses=(replace(ANSWER, jo=JO(jour=REPONDU.jour, page=117), page_de_section=False),),
    errata=(Erratum(corrige="question", jo=JO(jour=date(2025, 4, 1), page=3)),),
)


def read(*questions: Question) -> tuple[ReadRecord, ...]:
    return ranked(
        ReadRecord(f"/tmp/{n}.json", f"batch/{n}.json", 1, q.sources[0].sha256, Reading(q))
        for n, q in enumerate(questions)
    )


def test_names_and_order_of_folders_change_nothing(tmp_path: Path) -> None:
    """Of what is published of two records that count as much, under either name, in any order."""
    one = record(1).data
    data = (one, one.replace(b"un essai", b"un autre"))
    published = set()
    for n, (names, order) in enumerate(product(permutations("ab"), permutations((0, 1)))):
        given = [Record(f"/{names[i]}/1.json", f"{names[i]}/1.json", data[i]) for i in order]
        chantier = Chantier(tmp_path / str(n))
        chantier.make(*given)
        [stored] = chantier.questions.questions()
        published.add((stored.nt, stored.summary.references, len(stored.summary.remarks)))
    assert len(published) == 1


def test_an_answered_question_never_becomes_open_again() -> None:
    for order in permutations((OPEN, ANSWERED)):
        merged = merge(read(*order))
        assert merged.question.reponses == (ANSWER,)
        assert merged.question.cloture == ANSWERED.cloture
        assert merged.remarks == ()


def test_each_record_adds_what_it_alone_has() -> None:
    """A page and a record: names, place, exact page, markup, the chain: all of it, in any order."""
    for order in permutations((PAGE, ANSWERED)):
        merged = merge(read(*order))
        q = merged.question
        assert q.auteur == Auteur(acteur_ref="PA1", civilite="Mme", nom="Une Députée")
        assert q.lieux_election == ("Morbihan",)
        assert q.chaine_complete and len(q.attributions) == 2
        assert q.errata == PAGE.errata and q.groupe and q.groupe.ref == "PO845407"
        [reponse] = q.reponses
        assert (reponse.jo.page, reponse.page_de_section) == (117, False)
        assert {s.sha256[0] for s in q.sources} == {"1", "2"}
        assert merged.remarks == ()


def test_a_withdrawal_gives_way_to_an_answer() -> None:
    withdrawn = replace(OPEN, cloture=Cloture(jour=date(2025, 6, 9), libelle="Fin de mandat"))
    assert merge(read(withdrawn, OPEN)).question.retrait == withdrawn.cloture
    merged = merge(read(withdrawn, ANSWERED))
    assert merged.question.retrait is None and merged.question.reponses
    [remark] = merged.remarks
    assert remark.wrong == "fin: 'répondue' here, 'retirée le 2025-06-09' in batch/0.json"


def test_the_record_that_counts_is_the_one_that_is_named() -> None:
    """A remark stands at the first of the ranked records, with its own lines."""
    page = Reading(PAGE, lines={"auteur": 33})
    first = ReadRecord("a.json", "a.json", 1, "0" * 64, Reading(OPEN))
    outcomes = ranked((first, ReadRecord("b.html", "b.html", 1, "2" * 64, page)))
    assert [outcome.name for outcome in outcomes] == ["b.html", "a.json"]
    assert merge(outcomes).lines == {"auteur": 33}


def test_an_erratum_is_put_together() -> None:
    """A page has the day of a correction, a record its text."""
    text = replace(OPEN, errata=(Erratum(corrige="question", texte="Lire : « un »."),))
    [erratum] = merge(read(text, PAGE)).question.errata
    assert erratum.texte == "Lire : « un »." and erratum.jo == PAGE.errata[0].jo


def test_events_are_united() -> None:
    days = [JO(jour=date(2025, 5, n)) for n in (6, 13)]
    one = replace(OPEN, renouvellements=(days[0],), signalements=(Signalement(jo=days[1]),))
    two = replace(OPEN, renouvellements=(replace(days[0], page=4), days[1]))
    merged = merge(read(one, two)).question
    assert [(jo.jour.day, jo.page) for jo in merged.renouvellements] == [(6, 4), (13, None)]
    assert merged.signalements == one.signalements


def test_contradictions_name_both_sources() -> None:
    changed = {
        "auteur": replace(OPEN, auteur=Auteur(acteur_ref="PA2")),
        "titre": replace(OPEN, titre="Un autre"),
        "texte": replace(OPEN, texte="Tout autre chose."),
        "groupe": replace(OPEN, groupe=Organe(libelle="RN", ref="PO845401")),
        "ministère interrogé": replace(OPEN, ministere_interroge=Organe(libelle="Santé")),
        "ministère attributaire": replace(
            OPEN, attributions=(Attribution(ministere=Organe(libelle="Intérieur")),)
        ),
        "parution": replace(OPEN, parutions=(JO(jour=date(2024, 1, 1)),)),
    }
    for fact, other in changed.items():
        [remark] = merge(read(OPEN, other)).remarks
        assert remark.wrong.startswith(f"{fact}: '"), remark
        assert "batch/" in remark.wrong and remark.where.path.startswith("/tmp/")
    answer = replace(ANSWERED, reponses=(replace(ANSWER, jo=JO(jour=date(2025, 7, 1))),))
    assert [c.fact for c in contradictions(ANSWERED, answer)] == ["réponse"]


def test_spellings_are_no_contradiction() -> None:
    """Case, apostrophes, no-break spaces and the long label say the same."""
    other = replace(
        OPEN,
        titre="un\u00a0Essai",
        groupe=Organe(libelle="Ensemble pour la république"),
        ministere_interroge=Organe(libelle="CULTURE"),
    )
    assert list(contradictions(OPEN, other)) == []


UNREAD = replace(
    ANSWERED,  # as QG 15-1257: the reference of the group is « POnull » in one of two records
    sources=(Source(sha256="3" * 64, format="application/json"),),
    groupe=Organe(libelle="NI", libelle_long="Non inscrit"),
    restes=(Reste(libelle="question.auteur.groupe.organeRef", texte="POnull"),),
)


def test_a_value_that_was_not_understood_is_no_merit() -> None:
    for order in permutations((UNREAD, ANSWERED)):
        merged = merge(read(*order))
        assert merged.question.groupe == ANSWERED.groupe
        assert merged.question.restes == UNREAD.restes
        assert [remark.wrong[:6] for remark in merged.remarks] == ["groupe"]


SECOND = replace(ANSWER, texte="Une tout autre réponse.")


def test_two_texts_of_one_day_are_told_and_kept() -> None:
    changed = replace(ANSWERED, reponses=(SECOND,), sources=PAGE.sources)
    for order in permutations((changed, ANSWERED)):
        merged = merge(read(*order))
        assert {r.texte for r in merged.question.reponses} == {ANSWER.texte, SECOND.texte}
        [remark] = merged.remarks
        assert remark.wrong.startswith("texte de la réponse du 2025-06-03: '")
        assert "batch/" in remark.wrong and remark.remedy.startswith("both are published")


def test_two_answers_of_one_day_stay_two() -> None:
    """Given alone, with an identical copy, or with a record of one of them; and nothing is told."""
    pair = replace(ANSWERED, reponses=(ANSWER, SECOND))
    for given in ((pair,), (pair, pair), (pair, ANSWERED), (pair, pair, ANSWERED)):
        merged = merge(read(*given))
        assert merged.question.reponses == (ANSWER, SECOND) and merged.remarks == ()


def test_an_answer_without_text_is_that_of_its_day() -> None:
    bare = replace(SECOND, texte=None, page_de_section=False, jo=replace(REPONDU, page=117))
    for answers in ((ANSWER,), (ANSWER, SECOND)):
        pair = (replace(ANSWERED, reponses=answers), replace(ANSWERED, reponses=(bare,)))
        for order in permutations(pair):
            found = merge(read(*order)).question.reponses
            assert [r.texte for r in found] == [r.texte for r in answers]
            assert found[0].jo.page == 117


def test_an_erratum_stays_with_its_answer() -> None:
    """Its rank is that of the answer among those of all records; it goes with a dropped answer."""
    fault = Erratum(corrige="reponse", texte="Lire : « deux ».", rang=1)
    placed = replace(fault, texte=None, jo=JO(jour=date(2025, 7, 1)))
    first = replace(ANSWERED, reponses=(ANSWER,), errata=(fault,))
    later = replace(ANSWERED, reponses=(SECOND,), errata=(fault, placed))
    found = combine(first, later)
    assert found.errata == (fault, replace(fault, rang=2, jo=placed.jo))
    assert [r.texte for r in found.reponses] == [ANSWER.texte, SECOND.texte]
    another_day = replace(SECOND, jo=JO(jour=date(2025, 8, 1)))
    assert combine(first, replace(later, reponses=(another_day,))).errata == (fault,)


def test_a_closure_of_another_day_lends_no_place() -> None:
    end = Cloture(jour=date(2025, 6, 10), code="REP_PUB")
    other = replace(ANSWERED, cloture=end)
    assert combine(other, ANSWERED).cloture == end


def test_a_remark_names_its_record(iris: Iris, tmp_path: Path) -> None:
    """Records of one list have one path, here one line too; each remark bears its own record."""
    one, two = (json.loads(GOOD.read_text("utf-8")) for _ in range(2))
    two["question"]["inconnu"] = "x"
    (tmp_path / "list.json").write_text(json.dumps([one, two, one, two]), "utf-8")
    found = tuple(map(read_record, records([tmp_path / "list.json"])))
    made = convert_batch([found], iris, ReferenceData())
    [verdict] = made.accepted()
    told = [r.where.path for r in summary_of(verdict, made, iris).remarks if "inconnu" in r.wrong]
    assert sorted(told) == ["list.json#2", "list.json#4"]
