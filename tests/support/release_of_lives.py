"""A release of invented questions that lived through all that can happen to one."""

from pathlib import Path
from random import Random

from msgspec.structs import replace

from lod.base.settings import Settings
from lod.build import build
from lod.model.question import Organe
from lod.reference.reviewed_files import OUTSIDE_TEXTS
from tests.support.archive_of_lives import archive_of_lives
from tests.support.outside_texts import outside_row, outside_table, passage_of
from tests.support.paths import CASES, PAGE, TESTS
from tests.support.synthetic import lives
from tests.support.synthetic.forms import FORMS

# of a fiche that was saved as text: neither day nor author, ministry or heading
UNDATED = "Texte de la QUESTION :\n|\nQuestion synthétique, sans jour.\n|\n"
# a group is of one legislature
GROUP = Organe(libelle="EPR", libelle_long="Ensemble pour la République", ref="PO845407")
# lives that go on in the legislature that does; those of the 15th have ended with it
WAITING = ("open", "re-attributed four times", "question orale open", "erratum on the question")


def build_lives(folder: Path) -> None:
    """Build it in `out`, of `records`, of what is told elsewhere, of an archive AMO, and of rows
    about texts published elsewhere.
    """
    form, records = FORMS["JSON L15"], folder / "records"
    records.mkdir()
    written = [q for q in lives.cases(form.legislature).values() if q.type == "QE" and q.texte]
    (folder / "revue").mkdir()
    rows = [outside_row(q.uid, passage_of(q.texte or "")) for q in written[:2]]
    (folder / "revue" / OUTSIDE_TEXTS).write_bytes(outside_table(*rows))
    for question in lives.cases(form.legislature).values():
        (records / f"{question.uid}.json").write_bytes(form.write(question, Random(1)))
    for number, name in enumerate(WAITING, start=701):
        question = lives.live(lives.PLANS[name], Random(name), 17, number)
        question = replace(question, groupe=GROUP)
        data = FORMS["JSON L17"].write(question, Random(1))
        (records / f"{question.uid}.json").write_bytes(data)
    (records / "9-90001QE.txt").write_text(UNDATED, "utf-8")
    names = ("plain", "recalls", "shared_answer")
    told = [CASES / f"an_json/{name}/source.json" for name in names]
    told.append(CASES / "page_fiche/retired_without_day/source.html")
    inputs = [records, TESTS / "queries/records", *told, PAGE]
    archive = archive_of_lives(folder / "amo.zip")
    settings = Settings(revue=folder / "revue")
    build(inputs, folder / "out", settings, jobs=2, reference=[archive])
