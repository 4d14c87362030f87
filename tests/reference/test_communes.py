"""The table of communes: each once, in a department that elects deputies."""

import re

from lod.reference.tables import communes, departements


def test_the_table_is_whole() -> None:
    """All communes of a department that elects deputies, and the districts of three cities."""
    found = list(communes())
    assert len(found) == 35_008
    assert [row.code for row in found] == sorted({row.code for row in found})
    named = {(row.nom, row.departement) for row in found}
    assert len(named) == len(found)  # homonyms are told apart by their departments
    # all but citizens abroad, who live in no commune
    assert {row.departement for row in found} == {*departements()} - {"099"}
    for row in found:
        assert all(re.fullmatch(r"\d{5}", code) for code in row.codes_postaux.split()), row
    without = {row.nom for row in found if not row.codes_postaux}
    assert without == {"Paris", "Lyon", "Marseille"}  # their districts have them
    districts = [row for row in found if row.nom.endswith(" Arrondissement")]
    assert len(districts) == 20 + 9 + 16


def test_a_code_tells_the_department() -> None:
    """But for Saint-Martin, which votes with Saint-Barthélemy."""
    for row in communes():
        start = row.code[: 3 if row.code.startswith("97") or row.code.startswith("98") else 2]
        assert row.departement == ("977" if start == "978" else start), row
