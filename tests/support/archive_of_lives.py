"""An invented archive AMO about some authors of the release of lives, and about nobody else.

It makes what a query may take for a question, or count twice: seats and groups have a legislature,
seats a constituency, ministries and governments their days. One deputy has two seats of one
legislature, one sits where nobody asks, one has changed her group; a ministry follows another one.
"""

from pathlib import Path
from typing import Any

from tests.support import amo

PARIS = {"region": "Ile-de-France", "departement": "Paris", "numDepartement": "75",
         "numCirco": "12"}  # fmt: skip
REUNION = {"region": "Outre-mer", "departement": "Réunion", "numDepartement": "974",
           "numCirco": "1"}  # fmt: skip


def seat(ref: str, legislature: int, lieu: dict[str, str], debut: str, fin: str | None) -> Any:
    """A seat of any legislature and constituency."""
    where = {"election": {"lieu": lieu}}
    return amo.siege(ref, debut, fin, legislature=str(legislature), **where)


def group(ref: str, legislature: int, libelle: str, sigle: str, debut: str, fin: str | None) -> Any:
    """A group of any legislature."""
    names = {"libelleAbrege": sigle, "libelleAbrev": sigle, "legislature": str(legislature)}
    return amo.organe(ref, "GP", libelle, debut, fin, **names)


MEMBERS = (
    amo.acteur(
        "PA721764",
        "Olivia",
        "Grégoire",
        seat("PM843001", 16, PARIS, "2022-06-22", "2022-08-04"),
        seat("PM843416", 17, PARIS, "2024-07-07", None),
        amo.adhesion("PM844001", "PO845407", "2024-07-19"),
    ),
    amo.acteur(
        "PA610681",
        "Ericka",
        "Bareigts",
        seat("PM610001", 15, REUNION, "2017-06-21", "2017-12-31"),
        seat("PM610002", 15, REUNION, "2018-01-01", "2022-06-21"),
        amo.adhesion("PM611001", "PO980003", "2017-06-27", "2022-06-21"),
    ),
    amo.EXEMPLE[0],  # sits for a constituency that nobody asks from; has changed her group
    *amo.EXEMPLE[1:3],  # groups
    amo.gouvernement("PO847639", "BARNIER", "2024-09-06", "2024-12-13"),
    amo.gouvernement("PO855052", "BAYROU", "2024-12-14", "2025-09-09"),
    group("PO845407", 17, "Ensemble pour la République", "EPR", "2024-07-18", None),
    group("PO980003", 15, "Démocrate (MoDem et Indépendants)", "DEM", "2017-06-27", "2022-06-21"),
    amo.ministere(
        "PO855000",
        "Ministère de l’économie d’avant",
        "Économie d’avant",
        "PO847639",
        "2024-09-21",
        "2024-12-13",
    ),
    amo.ministere(
        "PO855083",
        "Ministère de l’économie et des finances",
        "Économie et finances",
        "PO855052",
        "2024-12-23",
        organePrecedentRef="PO855000",
    ),
)


def archive_of_lives(path: Path) -> Path:
    """Write the archive, a zip."""
    return amo.archive(path, MEMBERS)
