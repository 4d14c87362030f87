"""In which group the author was on the day of the question: membership, else label and day."""

from pathlib import Path

import pytest

from lod.model.question import Auteur, Organe, Question
from lod.pipeline.settling.resolve import complete
from lod.reference.directory import NO_ARCHIVES, Directory
from lod.sources.fields import Reading
from lod.website.pages.remark_words import in_french
from tests.support import amo
from tests.support.amo import bien_lu
from tests.support.chantier import question

LR = Organe(libelle="LES-REP", libelle_long="Les Républicains", ref="PO707869")
NI = Organe(libelle="NI", libelle_long="Non inscrit")
UDI = Organe(libelle="UDI et Indépendants")


def asked(legislature: int, day: str, groupe: Organe | None) -> Question:
    auteur = Auteur(acteur_ref="PA1")
    return question(day, legislature=legislature, auteur=auteur, groupe=groupe)


def resolved(q: Question, directory: Directory = NO_ARCHIVES) -> tuple[Question, list[str]]:
    """The question with its group, and what is remarked of it."""
    done = complete(Reading(q), "record.json", directory)
    about_it = [r for r in done.remarks if r.wrong.startswith("group '")]
    assert all(in_french(r.wrong) for r in about_it)
    return done.question, [str(r) for r in about_it]


@pytest.fixture
def archives(tmp_path: Path) -> Directory:
    """A member of the UMP, then of Les Républicains, that were founded when the UMP had ended."""
    memberships = (
        amo.adhesion("PM1", "PO656006", "2012-06-26", "2015-06-01"),
        amo.adhesion("PM2", "PO707869", "2015-06-02", "2017-06-20"),
    )
    names = {"legislature": "14", "libelleAbrege": "UMP"}
    ump = "Union pour un Mouvement Populaire"
    return bien_lu(
        tmp_path,
        amo.acteur("PA1", "Alix", "Exemple", *memberships),
        amo.organe("PO656006", "GP", ump, "2012-06-26", "2015-06-01", **names),
    )


def test_the_membership_of_the_day_decides(archives: Directory) -> None:
    """As in records of 2012 that name a group of 2015: the label stays as printed."""
    q, remarks = resolved(asked(14, "2012-11-20", LR), archives)
    assert q.groupe and q.groupe.ref == "PO656006"
    assert q.libelle_groupe == "Les Républicains"
    assert remarks == [
        "record.json:1: group 'Les Républicains' (PO707869), but on 2012-11-20 the author was a "
        "member of 'Union pour un Mouvement Populaire' (PO656006); that group is published, the "
        "printed label kept"
    ]
    q, remarks = resolved(asked(14, "2015-06-02", LR), archives)
    assert q.groupe == LR and remarks == []


def test_an_unreadable_reference_does_not_hide_the_membership(archives: Directory) -> None:
    """As in the records with `POnull`, which print « Non inscrit » for members of a group."""
    q, [remark] = resolved(asked(14, "2013-11-20", NI), archives)
    assert q.groupe and q.groupe.ref == "PO656006" and q.libelle_groupe == "Non inscrit"
    assert q.groupe_imprime and q.groupe_imprime.ref == "PO645633"  # and no group without one
    assert "group 'Non inscrit' (PO645633), but on 2013-11-20 the author was a member" in remark


def test_a_spelling_that_no_group_has_is_one_of_the_members_group(archives: Directory) -> None:
    q, remarks = resolved(asked(14, "2013-11-20", Organe(libelle="Groupe UMP")), archives)
    assert q.groupe == Organe(libelle="Groupe UMP", ref="PO656006") and remarks == []


def test_a_group_that_did_not_exist_is_told_and_not_linked() -> None:
    """Without archives nobody knows the group of the day."""
    q, [remark] = resolved(asked(14, "2012-11-20", LR))
    assert q.groupe is None and q.libelle_groupe == "Les Républicains"
    assert "(PO707869), but on 2012-11-20 that group did not exist; its label" in remark


@pytest.mark.parametrize(
    ("day", "ref"), [("2019-07-02", "PO765636"), ("2020-06-02", "PO771889"), ("2019-11-05", None)]
)
def test_a_label_that_two_groups_bore_means_that_of_the_day(day: str, ref: str | None) -> None:
    """Between the two there was another one, which had another label."""
    q, remarks = resolved(asked(15, day, UDI))
    assert (q.groupe.ref if q.groupe else None, remarks) == (ref, [])
    if ref:
        stated = Organe(libelle=UDI.libelle, ref="PO765636")
        q, remarks = resolved(asked(15, day, stated))
        assert q.groupe and q.groupe.ref == ref and len(remarks) == (ref != "PO765636")
