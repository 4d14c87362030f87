"""The stages of `lod build`, in their order; and `lod check`, which is the first of them."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from lod import __version__, annuaire, dump, faits, files, historique, release, thesaurus
from lod.bilan import Bilan
from lod.collect import Collecte
from lod.comptes import compter
from lod.controles import ecarts, unseen
from lod.convert import Publie, Recueil, Rejete, Tables, lots, readings
from lod.dataset import describe_service, describe_void, first_day, read_turtle
from lod.errors import Finding, LodError
from lod.historique import Histoire
from lod.iris import Iris
from lod.liens_revus import LiensRevus
from lod.links import element, links
from lod.ontology import ontology
from lod.recherche.index import FICHIER, write_index
from lod.referentiel.archives import read_referentiel
from lod.release import Suite
from lod.revue import read_revue, short_of
from lod.settings import Settings
from lod.sources import records
from lod.store import load, open_store
from lod.telechargements import Fichier, count_triples, describe_files, write_dumps
from lod.vocab import LABELS, OWL_SAME_AS
from lod.website import Contexte, write_site
from lod.website.changements import manifested, write_changements
from lod.website.description import write_void
from lod.website.machines import write_machines
from lod.website.pages import write_pages
from lod.website.recherche_statique import write_recherche
from lod.website.requetes import exemples
from lod.website.resources import Entrants, Resources, incoming, recalled, shared_answers
from lod.website.statistiques import write_csv

Say = Callable[[str], None]


def check(
    inputs: Iterable[Path], settings: Settings, jobs: int = 1, reference: Sequence[Path] = ()
) -> Iterator[Finding | Bilan]:
    """Yield every finding about the records, and last what was counted; publish nothing."""
    bilan = Bilan()
    tables, findings = read_tables(settings, reference)
    yield from findings
    with TemporaryFile() as file:
        recueil = Recueil(file)
        for _, read in readings(records(inputs), jobs):
            bilan.read += 1
            if read.reading:
                recueil.add(read)
            else:
                bilan.add(Rejete((read,), read.findings))
                yield from read.findings
        tables = replace(tables, donnees_au=recueil.donnees_au)
        for lot in lots(recueil.questions(), Iris(settings.base), tables, jobs):
            for fate in lot.fates:
                bilan.add(fate)
                yield from fate.remarks if isinstance(fate, Publie) else fate.findings
            for result in lot.results:
                bilan.count(result)
    bilan.short = list(short_of(bilan.par_legislature, tables.revue.effectifs))
    yield bilan


def read_tables(
    settings: Settings, reference: Sequence[Path]
) -> tuple[Tables, tuple[Finding, ...]]:
    """Return what the publisher has reviewed, and the archives AMO if there are any."""
    revue = read_revue(settings.revue)
    if not reference:
        return Tables(revue), ()
    referentiel, findings = read_referentiel(reference)
    return Tables(revue, referentiel), findings


def build(
    inputs: Iterable[Path],
    folder: Path,
    settings: Settings,
    jobs: int = 1,
    say: Say = lambda text: None,
    sample: bool = False,
    reference: Sequence[Path] = (),
) -> Bilan:
    """Publish the records as a release in `folder` and return what was done.

    Nothing of a release is seen before all of it is there. Raises LodError if no record can be
    published, or if two counts that must agree do not: `current` then stays as it was.
    """
    tables, findings = read_tables(settings, reference)
    before = release.previous(folder)
    with release.building(folder) as work:
        with Collecte(work, Iris(settings.base), before and before / "site") as collecte:
            _collect(inputs, collecte, tables, findings, jobs, say)
        bilan = collecte.bilan
        if not bilan.published:
            raise LodError(
                f"{bilan.read} records read, none published; the current release is left as it is"
            )
        bilan.short = list(short_of(bilan.par_legislature, tables.revue.effectifs))
        bilan.fell = list(short_of(bilan.par_legislature, _published_in(before)))
        suite = release.suite(folder, _identity(collecte, settings, tables, sample))
        _write_release(work, collecte, settings, suite, sample, jobs, say)
        release.publish(work, folder, suite.identite)
    return bilan


def _collect(
    inputs: Iterable[Path],
    collecte: Collecte,
    tables: Tables,
    findings: Iterable[Finding],
    jobs: int,
    say: Say,
) -> None:
    """Read every record, then settle every question: the fate of each is written down."""
    for finding in findings:
        collecte.remark(finding, Path(finding.where.path).name)
    for record, read in readings(records(inputs), jobs):
        collecte.keep(record, read)
        if collecte.bilan.read % 100 == 0:
            say(f"{collecte.bilan.read} records read")
    tables = replace(tables, donnees_au=collecte.donnees_au)
    collecte.references.add(thesaurus.triples(collecte.iris))  # its labels are those that stay
    if tables.referentiel:
        known = annuaire.triples(tables.referentiel, collecte.iris, collecte.auteurs)
        collecte.references.add(known)
    for lot in lots(collecte.questions_read(), collecte.iris, tables, jobs):
        collecte.add(lot)
        say(f"{collecte.bilan.questions} questions proven")
    say("links, and what the questions refer to")
    collecte.close_triples()
    _write_links(collecte, tables.revue.liens)
    collecte.prove(_described(collecte))


def _write_release(
    work: Path,
    collecte: Collecte,
    settings: Settings,
    suite: Suite,
    sample: bool,
    jobs: int,
    say: Say,
) -> None:
    """Write links, dumps, store, site and descriptions from what was collected."""
    say("store, dumps")
    write_dumps(work, collecte.ntriples)
    store, histoire = _fill_store(work, collecte, settings, suite)
    _control(store, collecte.bilan)
    say("pages")
    entrants = incoming(store)
    contexte = _contexte(work, collecte, settings, store, entrants, sample)
    resources = Resources(_described(collecte), settings.base)
    observations = list(collecte.statistiques.observations())
    write_site(contexte, collecte.questions(), resources, entrants, work / "store", jobs)
    write_csv(work / "dumps" / "statistiques.csv", observations, contexte)
    say("full-text index")
    write_index(
        work / FICHIER, collecte.questions(), collecte.iris, contexte.nom, contexte.proprietes()
    )
    write_recherche(contexte, work / FICHIER)
    counts = count_triples(work, collecte.bilan.triples, store)
    dated = {"donnees_au": collecte.bilan.donnees_au, "debut": first_day(store)}
    fichiers = describe_files(work, settings, counts, version=suite.identite, **dated)
    write_pages(contexte, collecte.bilan, fichiers, settings, store, suite.identite)
    say("changes since the release before")
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
    (work / "links.nt").unlink()
    (work / "faits.nt").unlink()
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
    hashed = hashlib.sha256()
    stated = (settings.base, settings.editeur, settings.licence, settings.contact)
    publisher = (*stated, tables.revue.empreinte)
    hashed.update(f"{__version__}\n{publisher}\n{sample}\n{collecte.identity}\n".encode())
    for value in tables.referentiel.valeurs() if tables.referentiel else ():
        hashed.update(f"{value}\n".encode())
    for path in files.published():
        hashed.update(path.name.encode() + b"\0" + dump.sha256(path).encode())
    return hashed.hexdigest()[:16]


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


def _fill_store(
    work: Path, collecte: Collecte, settings: Settings, suite: Suite
) -> tuple[Store, Histoire]:
    """Load data and links, then what describes them and counts them, and beside them the facts of
    Wikidata and the history; reopen read-only.
    """
    load(work / "store", [collecte.ntriples, work / "links.nt"])
    store = open_store(work / "store")
    if unlooked := next(unseen(store, collecte.bilan.foyers), None):
        raise LodError(f"{unlooked}; this is a fault of the program, please report it")
    histoire = historique.write(work, settings.base, suite, collecte.bilan.donnees_au, store)
    more = work / "descriptions.nt"
    described = _write_descriptions(work, collecte.bilan, settings, store, histoire)
    more.write_bytes(dump.ntriples(described))
    del store  # closed before the store is opened for writing again
    beside = {faits.GRAPHE: "faits.nt", historique.GRAPHE: historique.NT}
    load(work / "store", [more], {settings.base + iri: work / nt for iri, nt in beside.items()})
    more.unlink()
    return open_store(work / "store"), histoire


def _write_descriptions(
    work: Path, bilan: Bilan, settings: Settings, store: Store, histoire: Histoire
) -> list[Triple]:
    """Write VoID, examples and the description of the service; return all that goes beside the
    data.
    """
    dumps, comptes = work / "dumps", compter(store)
    dated = {"donnees_au": bilan.donnees_au, "faits": bilan.faits}
    void = {"legislatures": bilan.legislatures, "lectures": faits.lectures(bilan.faits)}
    void_ttl = describe_void(settings, store, comptes, **dated, **void, histoire=histoire)
    (dumps / "void.ttl").write_bytes(void_ttl)
    queries = dump.ntriples(exemples(settings.base))
    (dumps / "exemples.ttl").write_bytes(dump.turtle(queries))
    parts = {name: read_turtle(dumps / f"{name}.ttl") for name in ("exemples", "void")}
    parts["ontologie"] = list(ontology())
    service = describe_service(settings, store, comptes, parts, **dated)
    (dumps / "service.ttl").write_bytes(service)
    return [*chain(*parts.values()), *read_turtle(dumps / "service.ttl")]


def _control(store: Store, bilan: Bilan) -> None:
    """Count what does not agree in the store; raise LodError unless it is a mere warning."""
    for ecart in ecarts(store):
        if ecart.controle.severity == "Violation":
            raise LodError(
                f"{ecart.sujet}: {ecart.controle.en} ({ecart.valeur}); "
                f"control {ecart.controle.nom}, a fault of the program, please report it"
            )
        bilan.ecarts.setdefault(ecart.controle, []).append(ecart.sujet)


def _described(collecte: Collecte) -> Iterator[Triple]:
    """Yield what is published of the resources that are neither questions nor answers."""
    yield from collecte.references.triples()
    with (collecte.work / "links.nt").open("rb") as file:
        yield from (q.triple for q in parse(file, format=RdfFormat.N_TRIPLES))


def _contexte(
    work: Path,
    collecte: Collecte,
    settings: Settings,
    store: Store,
    entrants: Entrants,
    sample: bool,
) -> Contexte:
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
        partages=shared_answers(store),
        rappelees=recalled(entrants),
        licence=settings.licence,
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
        "sample": sample,
        "donnees_au": bilan.donnees_au.isoformat(),
        "read": bilan.read,
        "published": bilan.published,
        "rejected": bilan.rejected,
        "remarks": bilan.remarks,
        "warnings": bilan.warnings,
        "retenues": dict(sorted(bilan.retenues.items())),
        "controls": {c.nom: len(found) for c, found in bilan.ecarts.items()},
        "triples": counts,
        "inputs": [
            {"name": name, "records": count, "sha256": sha256}
            for name, (count, sha256) in sorted(bilan.sources.items())
        ],
        "questions": {
            f"{legislature}-{type_}": n
            for (legislature, type_), n in sorted(bilan.par_legislature.items())
        },
        "files": {f.nom: {"bytes": f.octets, "sha256": f.sha256} for f in fichiers},
    }
