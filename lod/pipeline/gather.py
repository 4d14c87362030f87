"""The first pass of a build: every record is read, every question settled, what is said of all
other things gathered.

Every record is kept byte for byte: below `site/sources` by its hash, or in `rejected` with the
reasons. What is published of the questions is in the files of `tranches`. In memory stay counts,
what questions refer to, and which documents there are.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import groupby
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from lod.base.errors import Finding
from lod.base.output_tree import Site
from lod.model.text import slug
from lod.pipeline import partitions as tranches
from lod.pipeline.build_report import LISTED, Bilan
from lod.pipeline.findings import Refus, Remarque, refus_of
from lod.pipeline.intake import Connue, Lecteur, Lue, Recueil, gamme_of, lire
from lod.pipeline.mapping.descriptions import References
from lod.pipeline.mapping.question_triples import nom_du
from lod.pipeline.partition_summary import Sommaire
from lod.pipeline.partitions import Etabli
from lod.pipeline.statistics import Statistiques
from lod.pipeline.usage import Classes, Usages, classes_of, usages
from lod.pipeline.validation import report as rapport
from lod.pipeline.validation.validate import REFERENCE, Result
from lod.rdf.iris import Iris, document_of, source_path
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import QP
from lod.sources.forms import Record


class Collecte:
    """The open files of the first pass; a context manager, consumed tranche by tranche.

    `before` is the release before, if there is one; `fabrication` the hash of what all is made
    with: program, tables, settings.
    """

    def __init__(
        self, work: Path, iris: Iris, before: Path | None = None, fabrication: str = ""
    ) -> None:
        self.work, self.iris, self.before, self.fabrication = work, iris, before, fabrication
        self.site = Site(work / "site", before and before / "site")
        self.bilan, self.references = Bilan(), References()
        self.statistiques = Statistiques()
        self.tranches: list[str] = []
        self.usages: Usages = Counter()
        self.classes: Classes = {}  # of what questions refer to, once that is proven
        self.retires: dict[str, set[str]] = {}  # tranche → answers that an earlier one has
        self._written: set[str] = set()
        self._reponses: dict[str, list[str]] = {}
        self._rappels: list[Triple] = []
        self._said: set[bytes] = set()  # of what questions refer to: lines of N-Triples
        self._reported: set[tuple[str, str]] = set()
        self._files = ExitStack()
        self._identity = hashlib.sha256()

    def __enter__(self) -> "Collecte":
        for name in ("dumps", "quality", "rejected", "site", "site/sources", tranches.FOLDER):
            (self.work / name).mkdir()
        enter = self._files.enter_context
        self._recueil = Recueil(enter((self.work / "lectures.pickle").open("w+b")))
        self._report = enter(self.report.open("wb"))
        self._reasons = enter((self.work / "rejected" / "index.csv").open("wb"))
        self._remarks = enter((self.work / "quality" / "remarques.csv").open("wb"))
        self._reasons.write(rapport.MOTIFS)
        self._remarks.write(rapport.REMARQUES)
        return self

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    @property
    def report(self) -> Path:
        """The results of SHACL, as N-Triples."""
        return self.work / "report.nt"

    @property
    def identity(self) -> str:
        """The hash of all that was read, in order: names and bytes."""
        return self._identity.hexdigest()

    # ---- records

    def read(self, records: Iterable[Record], jobs: int) -> Iterator[int]:
        """Read every record, and lay it aside; yield how many there are so far.

        What the release before has read in the same way is not read again.
        """
        before = self.before and self.before / tranches.FOLDER
        lecteur = Lecteur(self.site, tranches.read_lues(before, self.fabrication))
        for record, found in lire(records, lecteur, jobs):
            self._keep(record, found)
            yield self.bilan.read

    def _keep(self, record: Record, found: Lue) -> None:
        self.bilan.read += 1
        self._identify(found)
        if not found.findings:
            self._recueil.add(found)
            return
        self.bilan.rejected += 1
        refus = refus_of(found.nom, found.path, found.sha256, found.findings)
        self._refuse(refus, self.bilan.rejected, record.data)

    def _identify(self, found: Lue) -> None:
        line = f"{found.nom}\0{found.sha256}\n"
        self._identity.update(line.encode())
        top = found.nom.split("/")[0].split("#")[0]
        count, so_far = self.bilan.sources.get(top, (0, ""))
        self.bilan.sources[top] = count + 1, hashlib.sha256((so_far + line).encode()).hexdigest()

    @property
    def auteurs(self) -> set[str]:
        """The references of the persons who are authors of a record."""
        return self._recueil.auteurs

    @property
    def donnees_au(self) -> dict[int, date]:
        """The day up to which the data of each legislature goes."""
        return self._recueil.donnees_au

    def remark(self, finding: Finding, nom: str) -> None:
        """Write down a remark that is about no question; `nom` is what may be published."""
        self.bilan.remarks += 1
        self._remark(Remarque(nom, finding.where.line, finding.wrong, finding.remedy))

    # ---- questions

    def settle(self, etabli: Etabli, jobs: int) -> Iterator[int]:
        """Settle every question; yield how many records have their fate so far."""
        self.bilan.au = dict(self.donnees_au)
        lues: dict[str, Connue] = {}
        made = tranches.faire(etabli, self._recueil.tranches(), jobs)
        for _, gamme in groupby(made, key=lambda sommaire: gamme_of(sommaire.nom)):
            references: dict[int, bytes] = {}
            for sommaire in gamme:
                self._add(sommaire)
                references |= sommaire.references
                lues |= sommaire.lues
                yield self.bilan.published + self.bilan.rejected
            for numero in sorted(references):
                self._refer(references[numero])
        tranches.write_lues(etabli.folder, self.fabrication, lues)

    def _add(self, sommaire: Sommaire) -> None:
        """Take in one tranche of questions."""
        self.tranches.append(sommaire.nom)
        new = {iri for iri in sommaire.documents if iri not in self._written}
        if len(new) < len(sommaire.documents):  # an answer came with an earlier question
            self.retires[sommaire.nom] = sommaire.documents.keys() - new
        for iri, used in sommaire.usages.items():
            if not iri or iri in new:
                self.usages.update(used)
        self._written |= new
        self.bilan.triples += sum(sommaire.documents[iri] for iri in new)
        for iri in new:
            self.bilan.foyers.update(sommaire.foyers.get(iri, {}))
        for iri, uids in sommaire.reponses.items():
            self._reponses.setdefault(iri, []).extend(uids)
        self._rappels += sommaire.rappels
        self.statistiques.update(sommaire.statistiques)
        for remarque in sommaire.remarques:
            self._remark(remarque)
        for number, refus in enumerate(sommaire.refus, start=self.bilan.rejected + 1):
            self._refuse(refus, number, self._raw(refus.sha256).read_bytes())
        for refus in sommaire.refus:  # last: two records may be the same bytes
            self._raw(refus.sha256).unlink(missing_ok=True)
        self.bilan.update(sommaire.decompte)
        for result in sommaire.results:
            # what several questions refer to is told once, by `prove`
            if document_of(result.focus) in new or self._refused(result):
                self._result(result)

    def _refer(self, nt: bytes) -> None:
        """Take in what a question says of others; what was said already adds nothing."""
        new = [line for line in nt.splitlines(keepends=True) if line not in self._said]
        self._said.update(new)
        self.references.add(triples(b"".join(new)))

    def _raw(self, sha256: str) -> Path:
        return self.site.folder / source_path(sha256)

    def _remark(self, remarque: Remarque) -> None:
        self._remarks.write(rapport.remarque(remarque))
        if len(self.bilan.remarked) < LISTED:
            self.bilan.remarked.append((f"{remarque.nom}:{remarque.line}", remarque.wrong))

    def _refuse(self, refus: Refus, number: int, data: bytes) -> None:
        name = f"{number:06d}-{slug(refus.nom)[-80:].strip('-')}"
        (self.work / "rejected" / name).write_bytes(data)
        self._reasons.write(rapport.motifs(name, refus))
        for motif in refus.motifs:
            if len(self.bilan.rejections) < LISTED:
                self.bilan.rejections.append((f"{motif.nom}:{motif.line}", motif.wrong))

    def _refused(self, result: Result) -> bool:
        """Say whether a result refuses records, and was not told yet; tranches repeat some."""
        key = (result.focus, result.shape + result.component)
        known = key in self._reported
        self._reported.add(key)
        return result.severity == "Violation" and not known

    def _result(self, result: Result) -> None:
        self.bilan.count(result)
        number = sum(c.count for c in self.bilan.constats.values())
        self._report.write(ntriples(rapport.triples(result, self.iris.base, number)))

    # ---- what is known when all questions are settled

    def rest(self) -> list[Triple]:
        """Return what the questions refer to, what counts them, and which earlier ones they recall
        of those that are published.
        """
        self.references.add(self.statistiques.triples(self.iris))
        rappels = [t for t in self._rappels if self._known(t.object)]
        nodes = (node for t in rappels for node in (t.subject, t.object))
        about = {n.value: [QP.Question.value] for n in nodes if isinstance(n, NamedNode)}
        self.usages.update(usages(rappels, about))
        found = [*self.references.triples(), *rappels]
        self.bilan.triples += len(found)
        return found

    def prove(self, described: Iterable[Triple], engine: str = REFERENCE) -> None:
        """Validate what the questions refer to, and the links, as one whole; count what is used
        there; close the report.

        Batches have seen them one record at a time. Raises LodError.
        """
        described = list(described)
        self.classes = classes_of(described)
        self.usages.update(usages(described, self.classes))
        results, foyers = rapport.proven(described, self.iris.base, engine)
        for result in results:
            self._result(result)
        self.bilan.foyers.update(foyers)
        conforms = not self.bilan.constats
        self._report.write(ntriples(rapport.head(self.iris.base, conforms, self.bilan.foyers)))

    def _known(self, document: object) -> bool:
        """Say whether a document was published."""
        return isinstance(document, NamedNode) and document.value in self._written

    def partages(self) -> dict[str, list[tuple[str, str]]]:
        """Return answer → the questions (IRI, name) that it serves, where there are several."""
        return {
            iri: sorted((self.iris.question(uid).value, nom_du(uid)) for uid in uids)
            for iri, uids in self._reponses.items()
            if len(uids) > 1
        }

    def rappelees(self) -> dict[str, list[tuple[str, str]]]:
        """Return question → the later ones (IRI, name) that recall it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for triple in self._rappels:
            if self._known(triple.object):
                assert isinstance(triple.subject, NamedNode) and isinstance(
                    triple.object, NamedNode
                )
                uid = triple.subject.value.rpartition("/")[2]
                named = (triple.subject.value, nom_du(uid))
                found.setdefault(triple.object.value, []).append(named)
        return {iri: sorted(those, key=lambda one: one[::-1]) for iri, those in found.items()}

    def tidy(self) -> None:
        """Remove the files that only the build needs."""
        for path in (self.report, self.work / "lectures.pickle"):
            path.unlink()
