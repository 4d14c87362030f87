"""Groups that are one over legislatures: each row of the table has the evidence that it states."""

from datetime import timedelta
from itertools import combinations

from lod.base.packaged import MAPPINGS
from lod.base.tabular import rows
from lod.model.text import fold
from lod.reference.tables import GroupRow, group_rows, lineage_codes, lineages

GROUPS = {g.ref: g for g in group_rows()}


def evidence(a: GroupRow, b: GroupRow) -> set[str]:
    """What joins two groups, by the table of groups alone."""
    first, then = sorted((a, b), key=lambda g: g.debut)
    eve = then.debut - timedelta(days=1)
    alone = sum(g.fin == eve for g in GROUPS.values()) == 1
    alone &= sum(g.debut == then.debut for g in GROUPS.values()) == 1
    follows = first.fin == eve and a.legislature == b.legislature and alone
    joined = {"élément": a.qid and a.qid == b.qid, "jours": follows}
    joined["nom"] = len({fold(g.libelle.partition(" - ")[0]) for g in (a, b)}) == 1
    joined["sigle"] = a.sigle == b.sigle == "NI"
    return {kind for kind, is_so in joined.items() if is_so}


def test_each_row_has_the_evidence_that_it_states() -> None:
    """Its lineage is one by such rows alone, from its oldest group on."""
    joined = [row for row in rows(MAPPINGS / "lignees.csv", "lignee", "organeRef") if row["avec"]]
    for row in joined:
        assert row["preuve"] in evidence(GROUPS[row["organeRef"]], GROUPS[row["avec"]]), row
    for groups in lineages().values():
        known = {groups[-1].ref}
        for _ in groups:
            pairs = [{row["organeRef"], row["avec"]} for row in joined]
            known |= set().union(*(pair for pair in pairs if pair & known))
        assert known == {g.ref for g in groups}


def test_no_evidence_joins_groups_of_two_lineages_or_of_none() -> None:
    codes = lineage_codes()
    for a, b in combinations(GROUPS.values(), 2):
        assert not evidence(a, b) or codes.get(a.ref, a.ref) == codes.get(b.ref), (a, b)
    assert (len(lineages()), len(codes), len(GROUPS)) == (16, 62, 77)
