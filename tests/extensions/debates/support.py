"""Invented sittings, as their official records state them."""

from collections.abc import Iterable
from html import escape

# name, identifier, what is said; then code, seconds, anchor
Said = tuple[str, ...]


def paragraph(
    name: str, person: str, said: str, code: str = "PAROLE_GENERIQUE", stime: str = "",
    anchor: str = "",
) -> str:  # fmt: skip
    stated = f' stime="{stime}"' if stime else ""
    acteur = f' id_acteur="PA{person}"' if person else ""
    mark = f' id_syceron="{anchor}"' if anchor else ""
    speaker = f"<orateur><nom>{escape(name)}</nom><id>{person}</id><qualite/></orateur>"
    return (
        f'<paragraphe{acteur} code_grammaire="{code}"{mark}>'
        f"<orateurs>{speaker if name else ''}</orateurs>"
        f"<texte{stated}>{escape(said)}</texte></paragraphe>"
    )


def point(title: str, *said: Said, code: str = "QG_1_1", anchor: str = "") -> str:
    mark = f' id_syceron="{anchor}"' if anchor else ""
    inside = "".join(f"\n   {paragraph(*one)}" for one in said)
    return (
        f'\n  <point nivpoint="2" code_grammaire="{code}"{mark}>'
        f"<orateurs/><texte>{escape(title)}</texte>{inside}\n  </point>"
    )


def sitting(points: Iterable[str], uid: str = "CRSANR5L17S2025O1N901",
            moment: str = "20250217150000000") -> bytes:  # fmt: skip
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<compteRendu xmlns="http://schemas.assemblee-nationale.fr/referentiel">\n'
        f" <uid>{uid}</uid>\n <metadonnees><dateSeance>{moment}</dateSeance></metadonnees>\n"
        f" <contenu>{''.join(points)}\n </contenu>\n</compteRendu>\n"
    ).encode()
