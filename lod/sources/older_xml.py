"""Read the older XML of the questions site (`…QE.htm/vue/xml`): `QUESTION` in capitals.

It has the content of the official record under other names, which this module translates.
"""

import re
from collections.abc import Iterator
from functools import reduce

from lod.base.errors import SourceError, Where
from lod.model.identifiers import legislature, number, type_question, uid
from lod.sources.an_record import read_question
from lod.sources.an_xml import leaves
from lod.sources.fields import Entry, Fields
from lod.sources.markup import is_xml_of, xml_record
from lod.sources.reading import Reading

FORMAT = "application/xml"
NAME = "QUESTION"
# path without its numbers → name of the official record; `#` stands for the number in the list
NAMES = {
    "@TYPE": "type",
    "LEGISLATURE": "identifiant.legislature",
    "DEPOT.@NUMERO": "identifiant.numero",
    "DEPOT.DATE_JO": "textesQuestion.texteQuestion[#].infoJO.dateJO",
    "DEPOT.PAGE_JO": "textesQuestion.texteQuestion[#].infoJO.pageJO",
    "DEPOT.TEXTE_DEPOT": "textesQuestion.texteQuestion[#].texte",
    "AUTEUR.ID_ACTEUR": "auteur.identite.acteurRef",
    "AUTEUR.CIVILITE": "auteur.identite.civilite",
    "AUTEUR.PRENOM": "auteur.identite.prenom",
    "AUTEUR.NOM": "auteur.identite.nom",
    "AUTEUR.GROUPE": "auteur.groupe.developpe",
    "MINI.ABREGE": "minInt.abrege",
    "MINI.DEVELOPPE": "minInt.developpe",
    "MINA.ORDRE.ABREGE": "minAttribs.minAttrib[#].denomination.abrege",
    "MINA.ORDRE.DEVELOPPE": "minAttribs.minAttrib[#].denomination.developpe",
    "MINA.ORDRE.DATE_JO": "minAttribs.minAttrib[#].infoJO.dateJO",
    "INDEXATION_AN.@RUBRIQUE": "indexationAN.rubrique",
    "INDEXATION_AN.TETE_ANALYSE": "indexationAN.teteAnalyse",
    "INDEXATION_AN.ANALYSE.ANA": "indexationAN.ANALYSE.ANA[#]",
    "REPONSE.DATE_JO_REPONSE": "textesReponse.texteReponse[#].infoJO.dateJO",
    "REPONSE.PAGE_JO_REPONSE": "textesReponse.texteReponse[#].infoJO.pageJO",
    "REPONSE.TEXTE_REPONSE": "textesReponse.texteReponse[#].texte",
    "CLOTURE.DATE_JO": "cloture.dateCloture",
    "CLOTURE.LIBELLE": "cloture.libelleCloture",
    "RENOUVELLEMENT.DATE_JO": "renouvellements.renouvellement[#].infoJO.dateJO",
    "SIGNALEMENT.DATE_JO": "signalement[#].infoJO.dateJO",
}


def is_record(data: bytes) -> bool:
    """Whether a record is XML that holds a `QUESTION`."""
    return is_xml_of(NAME.encode(), data)


def parse(data: bytes, path: str) -> Reading:
    """Read the one `QUESTION` of an XML file; raise SourceError if it cannot be read."""
    named = list(_renamed(leaves(xml_record(NAME, data, path))))
    fields = Fields(path, [*named, ("uid", _uid(named, path))])
    return read_question(fields, data, FORMAT, page_de_section=False)


def _renamed(leaves: Iterator[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Yield (path of the official record, entry) for each (path, entry)."""
    seen: set[str] = set()
    for path, entry in leaves:
        bare = re.sub(r"\[\d+\]", "", path).removeprefix(f"{NAME}.")
        name = NAMES.get(bare, bare)
        if "#" in name:
            name = name.replace("#", str(_position(re.findall(r"\[(\d+)\]", path))))
        elif name in seen and name == "identifiant.numero":
            continue  # there may be two `DEPOT`, both with the number
        elif name == "auteur.identite.acteurRef" and entry.value.isdecimal():
            entry = entry._replace(value=f"PA{entry.value}")
        seen.add(name)
        yield name, entry


def _position(numbers: list[str]) -> int:
    """Return one index for an item of lists inside lists, in the order of the items."""
    return reduce(lambda position, index: position * 1000 + int(index), numbers, 0)


def _uid(named: list[tuple[str, Entry]], path: str) -> Entry:
    """Return the uid made of legislature, type and number; raise SourceError if one is missing."""
    values = {name: entry for name, entry in reversed(named)}
    try:
        made = uid(
            legislature(values["identifiant.legislature"].value),
            type_question(values["type"].value),
            number(values["identifiant.numero"].value),
        )
    except (KeyError, ValueError) as error:
        raise SourceError(
            Where(path), f"no identity: {error}", "fetch the record again, whole"
        ) from error
    return Entry("uid", made, values["type"].line)
