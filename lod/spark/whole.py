"""What belongs to no partition: the description of all that questions refer to, statistics, links,
the head of the report, and last the manifest, which says that all is there.
"""

import json
from ast import literal_eval
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from lod import __version__
from lod.base import durable
from lod.base.errors import Finding, LodError
from lod.pipeline.build_report import Bilan
from lod.pipeline.findings import Remarque
from lod.pipeline.intake import Lue
from lod.pipeline.mapping import directory as annuaire
from lod.pipeline.mapping import headings as thesaurus
from lod.pipeline.mapping.descriptions import References
from lod.pipeline.mapping.links import links
from lod.pipeline.statistics import Statistiques
from lod.pipeline.validation import report as rapport
from lod.pipeline.validation.validate import versions
from lod.rdf.serialize import ntriples
from lod.spark import messages as envois
from lod.spark.messages import Chantier, Envoi, Fichier, Place
from lod.spark.settling import report
from lod.spark.task_files import Sorties

MANIFESTE = "manifest.json"


@dataclass(slots=True)
class Premiers:
    """What must be known of all records before any question is settled; small."""

    lus: dict[str, int] = field(default_factory=dict)  # input → records
    auteurs: set[str] = field(default_factory=set)  # references of persons
    donnees_au: dict[int, date] = field(default_factory=dict)  # legislature → the latest day read

    def add(self, lue: Lue) -> "Premiers":
        """Take in one record."""
        top = lue.nom.split("/")[0].split("#")[0]
        self.lus[top] = self.lus.get(top, 0) + 1
        if lue.auteur:
            self.auteurs.add(lue.auteur)
        if lue.jour:
            self._goes_to(lue.legislature, lue.jour)
        return self

    def join(self, other: "Premiers") -> "Premiers":
        """Take in what is known of other records."""
        for top, count in other.lus.items():
            self.lus[top] = self.lus.get(top, 0) + count
        self.auteurs |= other.auteurs
        for legislature, jour in other.donnees_au.items():
            self._goes_to(legislature, jour)
        return self

    def _goes_to(self, legislature: int, jour: date) -> None:
        self.donnees_au[legislature] = max(self.donnees_au.get(legislature, jour), jour)


class Ensemble:
    """What came of all partitions."""

    def __init__(self, chantier: Chantier, sent: Iterable[Envoi]) -> None:
        self._chantier = chantier
        self.bilan, self.fichiers = Bilan(), list[Fichier]()
        self._statistiques = Statistiques()
        self._said: list[tuple[Place, str]] = []
        for (kind, name, place), content in sent:
            if kind == envois.BILAN:
                self.bilan.join(content)
            elif kind == envois.CELLULE:
                self._statistiques.cells[literal_eval(name)] = content
            elif kind == envois.FICHIER:
                self.fichiers.append(content)
            else:
                self._said.append((place, name))

    def check(self, premiers: Premiers) -> None:
        """Raise LodError unless read = published + rejected, and every file can be seen."""
        bilan, read = self.bilan, sum(premiers.lus.values())
        if not read == bilan.read == bilan.published + bilan.rejected:
            raise LodError(
                f"{read} records were read, {bilan.published} published, {bilan.rejected} "
                "rejected; leave the inputs alone, and run again"
            )
        if not bilan.published:
            raise LodError(f"{read} records read, none published; see {self._chantier.folder}")
        for fichier in self.fichiers:
            path = self._chantier.folder / fichier.nom
            if not path.is_file() or path.stat().st_size != fichier.octets:
                raise LodError(
                    f"{path}: written elsewhere; --to must be a folder that all executors share"
                )

    def references(self, auteurs: set[str]) -> References:
        """Return one description of what questions refer to, in the order of questions."""
        iris, tables = self._chantier.iris, self._chantier.tables
        references = References()
        references.add(thesaurus.triples(iris))  # its labels are those that stay
        if tables.referentiel:
            references.add(annuaire.triples(tables.referentiel, iris, auteurs))
        lines = "".join(f"{line}\n" for _, line in sorted(self._said))
        references.add(q.triple for q in parse(lines, format=RdfFormat.N_TRIPLES))
        references.add(self._statistiques.triples(iris))
        return references

    def write(self, references: References, remarks: Iterable[Finding]) -> int:
        """Write what belongs to no partition; return how many links there are.

        Raises LodError if a shape refuses it.
        """
        iris, bilan = self._chantier.iris, self.bilan
        own = list(references.triples())
        stated, subjects = set(own), set(references.subjects())
        revus = self._chantier.tables.revue.liens
        found = [t for t in links(subjects, iris, revus) if t not in stated]
        results, foyers = rapport.proven([*own, *found], iris.base, self._chantier.engine)
        bilan.triples += len(own)
        bilan.foyers.update(foyers)
        with Sorties(self._chantier.folder) as sorties:
            sorties.write("parts/references.nt.gz", ntriples(own))
            sorties.write("links.nt.gz", ntriples(found))
            for result in results:
                report(result, "quality/report.nt.gz", sorties, bilan, self._chantier)
            head = rapport.head(iris.base, not bilan.constats, bilan.foyers)
            sorties.write("quality/report.nt.gz", ntriples(head))
            for f in remarks:
                bilan.remarks += 1
                said = Remarque(Path(f.where.path).name, f.where.line, f.wrong, f.remedy)
                row = rapport.remarque(said)
                sorties.write("quality/remarques.csv.gz", row, rapport.REMARQUES)
        self.fichiers += sorties.fichiers
        return len(found)

    def finish(self, lus: Mapping[str, int], liens: int) -> None:
        """Write the manifest: from here on, all is there."""
        bilan, folder = self.bilan, self._chantier.folder
        content = {
            "base": self._chantier.iris.base,
            "version": __version__,
            "shacl": versions(self._chantier.engine),
            **bilan.chiffres(),
            "triples": {"questions": bilan.triples, "links": liens},
            "inputs": [{"name": name, "records": n} for name, n in sorted(lus.items())],
            "files": {
                f.nom: {"bytes": f.octets, "sha256": f.sha256}
                for f in sorted(self.fichiers, key=lambda f: f.nom)
            },
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        durable.write(folder / MANIFESTE, text.encode())
