"""The stages of `lod build`, in their order; and `lod check`, which is the first of them."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from lod import __version__
from lod.base import compression
from lod.base import packaged as files
from lod.base.errors import Finding, LodError
from lod.base.progress import Progres
from lod.base.settings import Settings
from lod.pipeline.build_report import Bilan
from lod.pipeline.convert import Publie
from lod.pipeline.gather import Collecte
from lod.pipeline.intake import Lecteur, Recueil, lire
from lod.pipeline.mapping import directory as annuaire
from lod.pipeline.mapping import headings as thesaurus
from lod.pipeline.mapping import wikidata_facts as faits
from lod.pipeline.mapping.links import element, links
from lod.pipeline.partition_set import Publiees
from lod.pipeline.partitions import FOLDER, Etabli, lots
from lod.pipeline.reference_data import Tables, read_tables
from lod.pipeline.review import short_of
from lod.pipeline.validation.validate import FAST, REFERENCE, versions
from lod.publish import history as historique
from lod.publish import release
from lod.publish.downloads import Fichier, count_triples, describe_files
from lod.publish.fill_store import fill
from lod.publish.release import Suite
from lod.publish.void import first_day
from lod.rdf import serialize as dump
from lod.rdf.iris import Iris
from lod.rdf.ontology import ontology
from lod.rdf.vocab import LABELS, OWL_SAME_AS
from lod.reference.reviewed_links import LiensRevus
from lod.sources.forms import records
from lod.website.changelog import manifested, write_changements
from lod.website.query_cache import Guichet
from lod.website.resources import Resources
from lod.website.robots import write_machines
from lod.website.single_pages import write_pages
from lod.website.statistics_pages import write_csv
from lod.website.void_pages import write_void
from lod.website.writer import Contexte, write_site

RIEN = Progres()  # nobody looks


def check(
    inputs: Iterable[Path],
    settings: Settings,
    jobs: int = 1,
    reference: Sequence[Path] = (),
    engine: str = REFERENCE,
) -> Iterator[Finding | Bilan]:
    """Yield every finding about the records, and last what was counted; publish nothing."""
    bilan = Bilan()
    tables, findings = read_tables(settings, reference)
    yield from findings
    with TemporaryFile() as file:
        recueil = Recueil(file)
        for _, one in lire(records(inputs), Lecteur(), jobs):
            bilan.read += 1
            if one.findings:
                bilan.rejected += 1
                yield from one.findings
            else:
                recueil.add(one)
        tables = replace(tables, donnees_au=recueil.donnees_au)
        for made in lots(recueil.tranches(), Iris(settings.base), tables, jobs, engine):
            for fate in made.fates:
                bilan.add(fate)
                yield from fate.remarks if isinstance(fate, Publie) else fate.findings
            for result in made.results:
                bilan.count(result)
    bilan.short = list(short_of(bilan.par_legislature, tables.revue.effectifs))
    yield bilan


def build(
    inputs: Iterable[Path],
    folder: Path,
    settings: Settings,
    jobs: int = 1,
    progres: Progres = RIEN,
    sample: bool = False,
    reference: Sequence[Path] = (),
    engine: str = FAST,
) -> Bilan:
    """Publish the records as a release in `folder` and return what was done.

    Nothing of a release is seen before all of it is there. Raises LodError if no record can be
    published, or if two counts that must agree do not: `current` then stays as it was.
    """
    tables, findings = read_tables(settings, reference)
    before, engines = release.previous(folder), versions(engine)
    fabrication = _fabrication(settings, tables, engines)
    with release.building(folder) as work:
        with Collecte(work, Iris(settings.base), before, fabrication) as collecte:
            collecte.bilan.engines = engines
            _collect(inputs, collecte, tables, findings, settings, jobs, progres, engine)
        bilan = collecte.bilan
        if not bilan.published:
            raise LodError(
                f"{bilan.read} records read, none published; the current release is left as it is"
            )
        bilan.short = list(short_of(bilan.par_legislature, tables.revue.effectifs))
        bilan.fell = list(short_of(bilan.par_legislature, _published_in(before)))
        suite = release.suite(folder, _identity(collecte, settings, tables, sample))
        _write_release(work, collecte, settings, suite, sample, jobs, progres)
        progres.stage("all of it on the disk")
        release.publish(work, folder, suite.identite)
    progres.end()
    return bilan


def _collect(
    inputs: Iterable[Path],
    collecte: Collecte,
    tables: Tables,
    findings: Iterable[Finding],
    settings: Settings,
    jobs: int,
    progres: Progres,
    engine: str,
) -> None:
    """Read every record, then settle every question: the fate of each is written down."""
    for finding in findings:
        collecte.remark(finding, Path(finding.where.path).name)
    progres.stage("reading records")
    for count in collecte.read(records(inputs), jobs):
        progres.done(count)
    collecte.references.add(thesaurus.triples(collecte.iris))  # its labels are those that stay
    if tables.referentiel:
        known = annuaire.triples(tables.referentiel, collecte.iris, collecte.auteurs)
        collecte.references.add(known)
    etabli = Etabli(
        folder=collecte.work / FOLDER,
        site=collecte.site.folder,
        iris=collecte.iris,
        tables=replace(tables, donnees_au=collecte.donnees_au),
        fabrication=collecte.fabrication,
        engine=engine,
        before=collecte.before and collecte.before / FOLDER,
    )
    progres.stage("settling questions", collecte.bilan.read)
    for count in collecte.settle(etabli, jobs):
        progres.done(count)
    progres.stage("links, and what the questions refer to")
    (collecte.work / "reste.nt").write_bytes(dump.ntriples(collecte.rest()))
    _write_links(collecte, tables.revue.liens)
    collecte.prove(_described(collecte), engine)


def _write_release(
    work: Path,
    collecte: Collecte,
    settings: Settings,
    suite: Suite,
    sample: bool,
    jobs: int,
    progres: Progres,
) -> None:
    """Write links, dumps, store, site and descriptions from what was collected."""
    contexte = _contexte(collecte, settings, sample)
    resources = Resources(_described(collecte), settings.base)
    publiees = Publiees(work, tuple(collecte.tranches), collecte.retires, collecte.before)
    publiees.keep()
    guichet = Guichet(work / "store", work / "reponses")
    progres.stage("pages, dumps, full-text index, store")
    with ThreadPoolExecutor(1) as other:  # the store is filled while all else is written
        filled = other.submit(fill, publiees, collecte, settings, suite)
        write_site(contexte, publiees, resources, filled.result, guichet, jobs)
        store, histoire = filled.result()
    progres.stage("single pages, descriptions")
    observations = list(collecte.statistiques.observations())
    write_csv(work / "dumps" / "statistiques.csv", observations, contexte)
    counts = count_triples(work, collecte.bilan.triples, store)
    dated = {"donnees_au": collecte.bilan.donnees_au, "debut": first_day(store)}
    fichiers = describe_files(work, settings, counts, version=suite.identite, **dated)
    write_pages(contexte, collecte.bilan, fichiers, settings, guichet, suite.identite)
    progres.stage("changes since the release before")
    write_changements(contexte, histoire, work, store)
    collecte.bilan.motif = histoire.versions[-1].motif if histoire.versions else ""
    write_void(contexte, work / "dumps" / "void.ttl")
    write_machines(contexte, settings, collecte.bilan.questions)  # last: it lists the pages
    _write_quality(work, collecte)
    collecte.bilan.reused, collecte.bilan.files = collecte.site.reused()
    content = _manifest(suite, collecte.bilan, settings, counts, fichiers, sample)
    content["versions"] = manifested(histoire.versions)
    release.write_manifest(work, content)
    (work / "sources").symlink_to(Path("site") / "sources")
    collecte.tidy()
    guichet.tidy()
    historique.tidy(work)


def _published_in(before: Path | None) -> dict[tuple[int, str], int]:
    """Return (legislature, type) → nine tenths of what a release has, if there is one."""
    counted = release.manifest(before)["questions"] if before else {}
    keys = (key.split("-") for key in counted)
    return {
        (int(legislature), type_): n * 9 // 10
        for (legislature, type_), n in zip(keys, counted.values(), strict=True)
    }


def _identity(collecte: Collecte, settings: Settings, tables: Tables, sample: bool) -> str:
    """Return the hash of all that a release is made of: records, settings, software, its files."""
    hashed = hashlib.sha256(collecte.fabrication.encode())
    publisher = (settings.editeur, settings.licence, settings.contact, tables.revue.empreinte)
    hashed.update(f"{publisher}\n{sample}\n{collecte.identity}\n".encode())
    return hashed.hexdigest()[:16]


def _fabrication(settings: Settings, tables: Tables, engines: dict[str, str]) -> str:
    """Return the hash of what questions are made with: software, its files, archives AMO, base."""
    hashed = hashlib.sha256(f"{__version__}\n{settings.base}\n{engines}\n".encode())
    for value in tables.referentiel.valeurs() if tables.referentiel else ():
        hashed.update(f"{value}\n".encode())
    for path in (*files.published(), *files.program()):
        hashed.update(path.name.encode() + b"\0" + compression.sha256(path).encode())
    return hashed.hexdigest()


def _write_links(collecte: Collecte, revus: LiensRevus) -> None:
    """Write the links of what is published, and what Wikidata says of the deputies among it."""
    iris, stated = collecte.iris, set(collecte.references.triples())
    published = set(collecte.references.subjects())
    found = [t for t in links(published, iris, revus) if t not in stated]
    (collecte.work / "links.nt").write_bytes(dump.ntriples(found))
    qids = (element(t.object) for t in found if t.predicate == OWL_SAME_AS)
    collecte.bilan.liens, collecte.bilan.faits = revus, faits.publies(qids, revus)
    said = dict.fromkeys(faits.triples(collecte.bilan.faits))  # many share a gender, a party
    (collecte.work / "faits.nt").write_bytes(dump.ntriples(said))


def _described(collecte: Collecte) -> Iterator[Triple]:
    """Yield what is published of the resources that are neither questions nor answers."""
    yield from collecte.references.triples()
    with (collecte.work / "links.nt").open("rb") as file:
        yield from (q.triple for q in parse(file, format=RdfFormat.N_TRIPLES))


def _contexte(collecte: Collecte, settings: Settings, sample: bool) -> Contexte:
    noms: dict[str, Triple] = {}
    for triple in (*ontology(), *collecte.references.triples()):
        french = getattr(triple.object, "language", None) in (None, "fr")
        if triple.predicate in LABELS and french and isinstance(triple.subject, NamedNode):
            noms.setdefault(triple.subject.value, triple)
    return Contexte(
        site=collecte.site,
        base=settings.base,
        editeur=settings.editeur,
        donnees_au=collecte.bilan.donnees_au,
        sample=sample,
        noms=noms,
        partages=collecte.partages(),
        rappelees=collecte.rappelees(),
        licence=settings.licence,
        fabrication=collecte.fabrication,
    )


def _write_quality(work: Path, collecte: Collecte) -> None:
    """Write the report of SHACL as Turtle, for the release and for its site."""
    target = work / "quality" / "report.ttl"
    with target.open("wb") as file:
        dump.write_turtle(collecte.report, file)
    os.link(target, work / "site" / "qualite.ttl")


def _manifest(
    suite: Suite,
    bilan: Bilan,
    settings: Settings,
    counts: dict[str, int],
    fichiers: list[Fichier],
    sample: bool,
) -> dict[str, object]:
    return {
        "id": suite.identite,
        "noyau": suite.noyau,
        "precedente": suite.precedente,
        "base": settings.base,
        "version": __version__,
        "shacl": bilan.engines,
        "sample": sample,
        **bilan.chiffres(),
        "controls": {c.nom: len(found) for c, found in bilan.ecarts.items()},
        "triples": counts,
        "inputs": [
            {"name": name, "records": count, "sha256": sha256}
            for name, (count, sha256) in sorted(bilan.sources.items())
        ],
        "files": {f.nom: {"bytes": f.octets, "sha256": f.sha256} for f in fichiers},
    }
