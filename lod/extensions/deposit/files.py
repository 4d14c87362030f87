"""The files that archives and catalogues ask for, beside those of an export."""

import gzip
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import RdfFormat

from lod.base import packing
from lod.extensions.deposit.description import CRATE, DOWNLOADS, SOURCE, read_deposit, ro_crate
from lod.publish import release
from lod.publish.dumps import NTRIPLES
from lod.publish.publication import Site
from lod.publish.publication_log import instant_of
from lod.rdf.serialize import DATA_FORMS
from lod.rdf.vocab import PREFIXES
from lod.website.rendering.templates import load_template

TEXTS = ("datacite.xml", "data.gouv.fr.md")
RDF_XML = "questions.rdf.gz"  # only where a release is exported: the slowest form to write
MEDIA = DATA_FORMS["rdf"].media


def write_deposit(folder: Path, site: Site) -> None:
    """Write the dump of RDF/XML, and what archives and catalogues ask for, below an exported site;
    `folder` has the release.
    """
    root, published_on = site.tree.folder, instant_of(release.current(folder))[:10]
    write_rdf_xml(root / DOWNLOADS)
    more = (RDF_XML, "Questions, réponses, tout ce qu’elles désignent, liens (RDF/XML)", MEDIA)
    deposit = read_deposit(root, site.publication.base, [more], published_on)
    site.tree.write(CRATE, ro_crate(deposit))
    for name in TEXTS:
        text = load_template(name).render(deposit=deposit, source=SOURCE)
        site.tree.write(name, text.encode())


def write_rdf_xml(dumps: Path) -> None:
    """Write the dump of N-Triples as RDF/XML, one triple at a time."""
    with gzip.open(dumps / NTRIPLES) as source, packing.gzipped(dumps / RDF_XML) as file:
        triples = pyoxigraph.parse(cast("IO[bytes]", source), format=RdfFormat.N_TRIPLES)
        pyoxigraph.serialize(triples, file, RdfFormat.RDF_XML, prefixes=PREFIXES)
