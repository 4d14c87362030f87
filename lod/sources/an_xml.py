"""Read the official record as XML: `question`, with or without its namespace, or the older
XML of the questions site (`…QE.htm/vue/xml`), `QUESTION`, whose names this module translates.
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml.etree import _Element

from lod.base.errors import SourceError, Where
from lod.model.identifiers import legislature, number, type_question, uid
from lod.sources.an_record import read_question
from lod.sources.fields import Entry, Fields, Reading, Values
from lod.sources.markup import attributes, inner, line_of, local, xml_record

FORMAT = "application/xml"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TEXTS = frozenset({"texte", "erratum"})  # these may hold HTML as elements, not as characters
NAME = "question"
OLDER_NAME = "QUESTION"
# path without its numbers → name of the official record; `#` stands for the number in the list.
# All were seen in the only genuine record that is known; the last is what nosdeputes.fr reads.
NAMES = {
    "@TYPE": "type",
    "LEGISLATURE": "identifiant.legislature",
    "DEPOT.@NUMERO": "identifiant.numero",
    "DEPOT.TEXTE_DEPOT": "textesQuestion.texteQuestion[#].texte",
    "AUTEUR.@ID_MANDAT": "auteur.identite.mandatRef",
    "AUTEUR.ID_ACTEUR": "auteur.identite.acteurRef",
    "AUTEUR.CIVILITE": "auteur.identite.civilite",
    "AUTEUR.PRENOM": "auteur.identite.prenom",
    "AUTEUR.NOM": "auteur.identite.nom",
    "GROUPE.@SIGLE": "auteur.groupe.abrege",
    "GROUPE.LIBELLE": "auteur.groupe.developpe",
    "GROUPE.ID_GROUPE": "auteur.groupe.organeRef",
    "CIRCONSCRIPTION.@NUMERO_CIRCONSCRIPTION": "circonscription.numero",
    "CIRCONSCRIPTION.CODE_DEPARTEMENT": "circonscription.codeDepartement",
    "CIRCONSCRIPTION.DEPARTEMENT": "circonscription.departement",
    "CIRCONSCRIPTION.REGION": "circonscription.region",
    "MINI.ABREGE": "minInt.abrege",
    "MINI.DEVELOPPE": "minInt.developpe",
    "MINI.ID_MINI": "minInt.organeRef",
    "MINA.ORDRE.ABREGE": "minAttribs.minAttrib[#].denomination.abrege",
    "MINA.ORDRE.DEVELOPPE": "minAttribs.minAttrib[#].denomination.developpe",
    "MINA.ORDRE.ID_MINA": "minAttribs.minAttrib[#].denomination.organeRef",
    "INDEXATION_AN.@RUBRIQUE": "indexationAN.rubrique",
    "INDEXATION_AN.TETE_ANALYSE": "indexationAN.teteAnalyse",
    "INDEXATION_AN.ANALYSE.ANA": "indexationAN.ANALYSE.ANA[#]",
    "REPONSE.TEXTE_REPONSE": "textesReponse.texteReponse[#].texte",
    "REPONSE.DATE_JO_REPONSE": "textesReponse.texteReponse[#].infoJO.dateJO",
    "REPONSE.PAGE_JO_REPONSE": "textesReponse.texteReponse[#].infoJO.pageJO",
    "SIGNALEMENT.DATE_DEPOT_SIGNAL": "signalement[#].dateDepotSignal",
    "RENOUVELLEMENT.ORDRE.DATE_RENOUVELLEMENT": "renouvellements.renouvellement[#].infoJO.dateJO",
    "CLOTURE.ABREGE": "cloture.codeCloture",
    "CLOTURE.LIBELLE": "cloture.libelleCloture",
    "RENOUVELLEMENT.DATE_JO": "renouvellements.renouvellement[#].infoJO.dateJO",
}
PLACES = {  # element with a place in the JO → its name
    "DEPOT": "textesQuestion.texteQuestion[#].infoJO",
    "ERRATUM_QUESTION": "erratumQuestion[#].infoJO",
    "MINA.ORDRE": "minAttribs.minAttrib[#].infoJO",
    "RENOUVELLEMENT.ORDRE": "renouvellements.renouvellement[#].infoJO",
    "SIGNALEMENT": "signalement[#].infoJO",
    "CLOTURE": "cloture.infoJO",
    "ERRATUM_REPONSE": "erratumReponse[#].infoJO",
}
PLACE = {"DATE_JO": "dateJO", "PAGE_JO": "pageJO", "TYPE_JO": "typeJO", "NUMERO_JO": "numJO"}
NAMES |= {
    f"{e}.{child}": f"{to}.{name}" for e, to in PLACES.items() for child, name in PLACE.items()
}
REFERENCES = {  # the older XML has the numbers alone
    "auteur.identite.acteurRef": "PA",
    "auteur.identite.mandatRef": "PM",
    "auteur.groupe.organeRef": "PO",
    "minInt.organeRef": "PO",
    "denomination.organeRef": "PO",
}
# ranks, which repeat the order of the elements; the number of a region that is also named
REDUNDANT = {"MINA.ORDRE.@NUMERO", "RENOUVELLEMENT.ORDRE.@NUMERO", "CIRCONSCRIPTION.CODE_REGION"}


def parse(data: bytes, path: str) -> Reading:
    fields = Fields(Values(path, leaves(xml_record(NAME, data, path))))
    return read_question(fields.at(NAME), data, FORMAT)


def leaves(root: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield (path, entry) of each value of a tree, with the paths that the JSON has."""
    todo: list[tuple[str, _Element]] = [(local(root), root)]
    while todo:
        name, element = todo.pop()
        if element.get(XSI_NIL) in ("true", "1"):
            continue
        line = line_of(element)
        for key, value in attributes(element):
            yield f"{name}.@{key}", Entry(f"{name}.@{key}", value, line)
        children = list(element)
        if not children or local(element) in TEXTS:
            value = inner(element) if children else (element.text or "").strip()
            if value:
                yield name, Entry(name, value, line)
            continue
        todo += reversed(list(_named(name, children)))


def _named(name: str, children: list[_Element]) -> Iterator[tuple[str, _Element]]:
    """Yield (path, child); children of one name are numbered from 0, as in the JSON."""
    counts = Counter(map(local, children))
    seen: Counter[str] = Counter()
    for child in children:
        own = local(child)
        yield f"{name}.{own}[{seen[own]}]" if counts[own] > 1 else f"{name}.{own}", child
        seen[own] += 1


def parse_older(data: bytes, path: str) -> Reading:
    named = list(_with_issues(list(_renamed(leaves(xml_record(OLDER_NAME, data, path))))))
    fields = Fields(Values(path, [*named, ("uid", _uid(named, path))]))
    return read_question(fields, data, FORMAT, page_de_section=False)


def _renamed(leaves: Iterator[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Yield (path of the official record, entry) for each (path, entry)."""
    seen: set[str] = set()
    for path, entry in leaves:
        bare = re.sub(r"\[\d+\]", "", path).removeprefix(f"{OLDER_NAME}.")
        name = NAMES.get(bare, bare)
        if bare in REDUNDANT or (name in seen and name == "identifiant.numero"):
            continue  # there are two `DEPOT`, perhaps both with the number
        seen.add(name)
        if "#" in name:
            place = 0  # one number, also of a list in a list
            for index in re.findall(r"\[(\d+)\]", path):
                place = place * 1000 + int(index)
            name = name.replace("#", str(place))
        prefix = next((p for end, p in REFERENCES.items() if name.endswith(end)), "")
        if prefix and entry.value.isdecimal():
            entry = entry._replace(value=prefix + entry.value)
        yield name, entry


def _with_issues(named: list[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Yield (path, entry) with the issues of the JO numbered as in the official record.

    That is the year and four digits: `20140015` for the issue 15 of a day in 2014.
    """
    days = {name: entry.value for name, entry in named if name.endswith(".infoJO.dateJO")}
    for name, entry in named:
        if name.endswith(".numJO") and entry.value.isdecimal() and len(entry.value) <= 4:
            day = days.get(f"{name.removesuffix('numJO')}dateJO", "")
            if year := re.search(r"\d{4}", day):
                entry = entry._replace(value=f"{year[0]}{int(entry.value):04d}")
        yield name, entry


def _uid(named: list[tuple[str, Entry]], path: str) -> Entry:
    """Return the uid made of legislature, type and number; raise SourceError if one is missing."""
    values = {name: entry for name, entry in reversed(named)}
    try:
        identifier = uid(
            legislature(values["identifiant.legislature"].value),
            type_question(values["type"].value),
            number(values["identifiant.numero"].value),
        )
    except (KeyError, ValueError) as error:
        raise SourceError(
            Where(path), f"no identity: {error}", "fetch the record again, whole"
        ) from error
    return Entry("uid", identifier, values["type"].line)
