"""The pages that a site has once: home, licence, downloads, quality, guides, columns, VoID …"""

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.base.tabular import group_by_key, indented_json
from lod.model.text import slug
from lod.pipeline.report.build_report import LISTED, BuildReport
from lod.pipeline.validation.shapes import targets
from lod.publish.documents import home_signposts
from lod.publish.downloads import Downloads
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import query_text, traps
from lod.publish.tables.columns import BETWEEN, OPEN_LISTS, ColumnKind, codes_of, tables
from lod.publish.void import first_day
from lod.rdf import jsonld
from lod.rdf.ontology import defined, definitions, modules, ontology
from lod.rdf.serialize import DATA_FORMS, read_turtle, written
from lod.rdf.vocab import NAMESPACE, RDFS, SKOS
from lod.sources.forms import ASSUMED, DOCUMENTED, SEEN, Evidence, evidence
from lod.website.indexes.schema_org import dataset_jsonld
from lod.website.pages.links_page import make_links_page
from lod.website.pages.page_data import embedded
from lod.website.pages.remark_words import in_french
from lod.website.pages.sparql_page import write_examples, write_sparql_page
from lod.website.rendering.compiling import UNBROKEN
from lod.website.rendering.language import FRENCH, translated, written_in
from lod.website.rendering.language import language as spoken
from lod.website.rendering.query_tables import Pictures, QueryTable, query_table
from lod.website.rendering.scrolling import scrollable
from lod.website.rendering.templates import (
    MODEL_PAGE,
    render,
    typeset,
    write_forms,
    write_page,
    write_translated,
)

TRAPS_PLACE = "<!-- pieges -->\n"  # of `site/pieges.toml` in a guide
ADDITIONS = re.compile(r"^<!-- ajouts: (\S+) -->\n", re.M)


LONGEST = 20  # letters of an example
_NUMBER = re.compile(r"(?<!\d)\d+$", re.ASCII)
REPAIRS = {  # kind of repair → its name on the page
    "numeric references": "Références numériques (&#339;) changées en lettres",
    "mojibake": "Texte UTF-8 lu comme windows-1252, relu (Ã© : é)",
    "windows-1252": "Guillemets et apostrophes de windows-1252 rétablis",
    "control characters": "Caractères de contrôle ôtés",
}
# queries that the home page shows, each if there is a picture of it
ILLUSTRATED = ("suites-par-ministere", "delais-de-reponse", "par-mois", "questions-par-siege")
FIRST_QUERY = "vie-d-une-question"  # that the home page shows
COLUMNS_PAGE = "colonnes"
KIND_NAMES: dict[ColumnKind, str] = {
    "texte": "texte",
    "prose": "texte",
    "nombre": "nombre entier",
    "decimal": "nombre",
    "jour": "date",
    "booleen": "true ou false",
    "code": "code",
    "adresse": "adresse",
}
VOID = ".well-known/void"
Fact = tuple[str, str, str]  # property, text, IRI that the text leads to, or ""
SEVERITY_NAMES = {"Violation": "Rejet", "Warning": "Remarque", "Info": "Information"}


def guide_text(guide: Path) -> str:
    """Return the text of a guide; the line `<!-- ajouts: NAME.md -->` shows what extensions add."""
    return ADDITIONS.sub(
        lambda place: "".join(
            (packaged.SITE / path).read_text("utf-8") for path in packaged.additions(place[1])
        ),
        guide.read_text("utf-8"),
    )


def trap_text(language: str) -> str:
    """Return the traps as a guide in a language tells them, in Markdown."""
    wrong, right = ("faux", "juste") if language == FRENCH else ("wrong", "right")
    return "\n".join(
        f"{trap.dit if language == FRENCH else trap.dit_en}\n\n"
        f"```sparql\n# {wrong}\n{trap.fausse}\n```\n\n"
        f"```sparql\n# {right}\n{trap.juste}\n```\n"
        for trap in traps()
    )


def write_guides(site: Site) -> None:
    """Write a page for each guide, `NAME.md` or `NAME.LANGUAGE.md`; its first line is its title,
    `{base}` the address at which the site begins. Each heading can be linked to.
    """
    for guide in packaged.with_extensions(packaged.SITE, "pages", "*.md"):
        name, _, language = guide.stem.partition(".")
        text = guide_text(guide).replace("{base}", site.publication.base)
        text = text.replace(TRAPS_PLACE, trap_text(language or FRENCH))
        title = text.partition("\n")[0].removeprefix("# ")
        with written_in(language or FRENCH):
            values = {"titre": typeset(title), "texte": Markup(_html_of(text, spoken()))}
            write_page(site, name, render("guide.html", site.publication, name, **values))


@cache  # of text and language: a process that builds several releases has the same guides
def _html_of(text: str, _language: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table")
    markdown.core.ruler.push("anchors", _name_headings)
    markdown.core.ruler.push("typography", _set_spaces)
    return scrollable(markdown.render(text))


def _name_headings(state: StateCore) -> None:
    """Give each heading below the title an `id`, made of its words."""
    for token, content in pairwise(state.tokens):
        if token.type == "heading_open" and token.tag != "h1":
            token.attrSet("id", slug(content.content))


def _set_spaces(state: StateCore) -> None:
    """Set no-break spaces in what is no code; English has none before its signs."""
    for block in state.tokens:
        for token in block.children or ():
            if token.type == "text":
                token.content = UNBROKEN.sub("\u00a0", token.content)


def search_examples(query_cache: QueryCache, recent: QueryTable, base: str) -> Iterator[str]:
    """Yield what the field of the home page suggests, each of which finds something: the commonest
    heading and deputy with a short name, and the number of the newest question.
    """
    names = {
        name: [row["nom"].value for row in query_table(query_cache, name, base).rows]
        for name in ("rubriques", "deputes")
    }
    surnames = [name.partition(" ")[2] for name in names["deputes"]]
    for some in (names["rubriques"], surnames):
        yield from [name for name in some if name.isalpha() and len(name) <= LONGEST][:1]
    numbers = (_NUMBER.search(row["nom"].iri) for row in recent.rows[:1])
    yield from (number[0] for number in numbers if number)


def write_pages(
    site: Site,
    report: BuildReport,
    downloads: Downloads,
    query_cache: QueryCache,
    pictures: Pictures,
) -> None:
    """Write all these pages."""
    settings = downloads.settings
    quality = quality_values(report) | {
        "couverture": query_table(query_cache, "couverture", site.publication.base)
    }
    files = {"fichiers": downloads.files, "version": downloads.version}
    pages: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("licence", "licence.html", {}),
        ("telechargements/index", "telechargements.html", files),
        ("qualite", "qualite.html", quality),
    )
    for path, template, values in pages:
        more = {"bilan": report, "settings": settings, **values}
        write_translated(site, path, partial(render, template, site.publication, path, **more))
    links = partial(make_links_page, site, report.reviewed_links, query_cache)
    write_translated(site, "liens", links)
    write_translated(site, "index", partial(home_page, site, downloads, query_cache, pictures))
    write_examples(site, query_cache)
    write_sparql_page(site, query_cache.store)
    write_guides(site)
    write_codebook(site)
    write_ontology(site)


def home_page(
    site: Site, downloads: Downloads, query_cache: QueryCache, pictures: Pictures
) -> bytes:
    """Return the home page: totals, pictures, the newest questions, a query; and the dataset."""
    base, names = site.publication.base, ("totaux", "types", "recentes")
    values: dict[str, Any] = {name: query_table(query_cache, name, base) for name in names}
    illustrated = (query_table(query_cache, name, base) for name in ILLUSTRATED)
    values["images"] = [picture for table in illustrated for picture in pictures(table)]
    values["bornes"] = home_signposts(site.publication)
    values["exemple"] = query_text(FIRST_QUERY)
    values["exemples"] = list(search_examples(query_cache, values["recentes"], base))
    dataset = dataset_jsonld(
        downloads.settings,
        # dcat.ttl has all
        [file for file in downloads.files if not file.name.endswith(".parquet")],
        version=downloads.version,
        data_until=site.publication.data_until.isoformat(),
        start=first_day(query_cache.store),
    )
    return embedded(render("index.html", site.publication, "index", **values), dataset)


def quality_values(report: BuildReport) -> dict[str, Any]:
    """Return what the quality page shows of a report: results of SHACL, repairs, controls."""
    repairs, focus_nodes = report.repairs, report.focus_nodes
    counts, order = report.shape_counts.values(), list(SEVERITY_NAMES)
    return {
        "resultats": sorted(counts, key=lambda one: (order.index(one.severity), -one.count)),
        "gravites": SEVERITY_NAMES,
        "limite": LISTED,
        "reparations": [(name, repairs[kind]) for kind, name in REPAIRS.items() if repairs[kind]],
        "foyers": [(shape.rpartition("#")[2], focus_nodes[shape]) for shape in sorted(targets())],
        "ecarts": list(report.control_rows.items()),
        "preuves": evidence_by_form(),
        "en_francais": in_french,
    }


def evidence_by_form() -> dict[str, dict[str, list[Evidence]]]:
    """Return form of record → what proves it → the fields that are read so."""
    by_form: dict[str, dict[str, list[Evidence]]] = {}
    for proof in evidence():
        kinds = by_form.setdefault(proof.form, {kind: [] for kind in (SEEN, DOCUMENTED, ASSUMED)})
        kinds[proof.constat].append(proof)
    return by_form


def write_ontology(site: Site) -> None:
    """Write the ontology, and each of its modules, in every form for programs; its JSON-LD has the
    whole context, so that other documents may name it as theirs.
    """
    site.tree.copy(site.tree.folder.parent / "dumps" / "ontology.ttl", "def.ttl")
    stated = [*dict.fromkeys((*ontology(), *definitions(site.publication.base)))]
    context, document = jsonld.context(), orjson.loads(written(stated, "jsonld"))
    document["@context"] |= context
    site.tree.write("def.jsonld", indented_json(document))
    for form in ("nt", "rdf"):
        site.tree.write(f"def.{form}", written(stated, form))
    for name, triples in modules().items():
        write_forms(
            site.tree, f"def/{name}", **{form: written(triples, form) for form in DATA_FORMS}
        )


def write_codebook(site: Site) -> None:
    """Write the page, of `site/tables.csv`, `site/colonnes.csv` and the ontology."""
    columns = ((table, column) for table in tables().values() for column in table.columns)
    listed = group_by_key((c.liste, f"{table.nom}.{c.nom}") for table, c in columns if c.liste)
    terms = [term.value.removeprefix(NAMESPACE) for term in defined()]
    anchors = {f"qp:{name}": name for name in terms} if packaged.has_template(MODEL_PAGE) else {}

    def page() -> bytes:
        return render(
            "colonnes.html",
            site.publication,
            COLUMNS_PAGE,
            tables=list(tables().values()),
            genres=KIND_NAMES,
            listes=listed,
            codes={name: codes_of(name, spoken()) for name in listed},
            ouvertes=OPEN_LISTS,
            entre=BETWEEN.strip(),
            ancres=anchors,
            sens_de=lambda column: translated(column.stated) or column.comment(spoken()),
        )

    write_translated(site, COLUMNS_PAGE, page)


def write_void(site: Site, dump: Path) -> None:
    """Write the Turtle file of VoID in every form, at the path that clients try first."""
    triples = read_turtle(dump)
    html = render("void.html", site.publication, VOID, sujets=list(described_subjects(triples)))
    forms = {form: written(triples, form) for form in DATA_FORMS}
    write_forms(site.tree, VOID, html=html, **forms | {"ttl": dump.read_bytes()})


def described_subjects(triples: list[Triple]) -> Iterator[tuple[str, str, list[Fact]]]:
    """Yield the label of every subject, or its IRI if it has none; the fragment of its IRI, or "";
    and its facts, in the order of the file.
    """
    names: dict[str, str] = {}
    for s, p, o in triples:
        if p in (RDFS.label, SKOS.prefLabel):
            names.setdefault(s.value, o.value)
    for iri, about in group_by_key((s.value, (p, o)) for s, p, o in triples).items():
        facts = [(jsonld.compact(p.value), *_object_text(o, names)) for p, o in about]
        yield names.get(iri, iri), iri.partition(f"{VOID}#")[2], facts


def _object_text(value: NamedNode | Literal, names: dict[str, str]) -> tuple[str, str]:
    """Return the object of a triple as a text, and its IRI, or "" for a literal."""
    if isinstance(value, NamedNode):
        return names.get(value.value) or jsonld.compact(value.value), value.value
    return value.value, ""
