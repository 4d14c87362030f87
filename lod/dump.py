"""Files to download: N-Triples, Turtle, CSV; gzip without a clock; sums.

Each is put together from pieces, every one a gzip member of its own (RFC 1952, 2.2), so that
pieces are made in any order, in several processes, and kept from one release to the next.
"""

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import RdfFormat, Triple

from lod import delais
from lod.iris import Iris
from lod.jsonld import compact
from lod.model import Question
from lod.rdf import adresse
from lod.vocab import PREFIXES, RDF_TYPE

CSV_HEADER = (
    "iri", "uid", "legislature", "typeQuestion", "numero", "titre", "auteur", "nomAuteur",
    "groupe", "libelleGroupe", "circonscription", "rubrique", "ministereInterroge",
    "libelleMinistereInterroge", "ministereAttributaire", "libelleMinistereAttributaire",
    "dateParution", "page", "numeroJO", "dateReponse", "dateSignalement", "dateRetrait",
    "libelleMotifRetrait", "dateCloture", "codeCloture", "regleDelai", "dateLimite",
    "dateLimiteSignalement", "delaiJours", "statut", "statutAu", "adresse",
)  # fmt: skip
LEVEL = 5  # of zlib: a third less work than 6, for files 4 % larger
TURTLE: dict[str, Any] = {"format": RdfFormat.TURTLE, "prefixes": PREFIXES}
_NAMESPACE = re.compile(f"<({'|'.join(map(re.escape, PREFIXES.values()))})".encode())


@contextmanager
def gzipped(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file whose bytes depend on what is written alone: no name, no time."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=LEVEL) as file,
    ):
        yield cast("IO[bytes]", file)


def ntriples(triples: Iterable[Triple]) -> bytes:
    """Return the triples, one a line."""
    return pyoxigraph.serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def triples(nt: bytes) -> Iterator[Triple]:
    """Yield the triples of a text that is N-Triples."""
    return (quad.triple for quad in pyoxigraph.parse(nt, format=RdfFormat.N_TRIPLES))


def turtle(nt: bytes, triples: Iterable[Triple] | None = None) -> bytes:
    """Return N-Triples as Turtle, with those of our prefixes that are used.

    `triples` are the same, where they are at hand: the text need not be read again.
    """
    found = set(_NAMESPACE.findall(nt))
    used = {prefix: iri for prefix, iri in PREFIXES.items() if iri.encode() in found}
    quads = triples or pyoxigraph.parse(nt, format=RdfFormat.N_TRIPLES)
    return pyoxigraph.serialize(quads, format=RdfFormat.TURTLE, prefixes=used) or b""


def write_turtle(nt: Path, file: IO[bytes]) -> None:
    """Write a file of N-Triples as Turtle, streamed."""
    with nt.open("rb") as source:
        quads = pyoxigraph.parse(source, format=RdfFormat.N_TRIPLES)
        pyoxigraph.serialize(quads, file, RdfFormat.TURTLE, prefixes=PREFIXES)


@cache
def turtle_head() -> bytes:
    """Return our prefixes, as they stand before the pieces of one Turtle file."""
    some = pyoxigraph.serialize([Triple(RDF_TYPE, RDF_TYPE, RDF_TYPE)], **TURTLE) or b""
    return b"".join(line for line in some.splitlines(True) if line.startswith(b"@prefix"))


def turtle_piece(triples: Iterable[Triple]) -> bytes:
    """Return triples as a part of a Turtle file that has our prefixes at its head."""
    text = pyoxigraph.serialize(triples, **TURTLE) or b""
    return text.removeprefix(turtle_head())


def compress(source: Path, target: Path) -> None:
    """Write a gzip copy of a file."""
    with source.open("rb") as file, gzipped(target) as zipped:
        while block := file.read(1 << 20):
            zipped.write(block)


def gzipped_member(data: bytes) -> bytes:
    """Return bytes as one gzip member without name and time; members in a row are one file."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def csv_line(values: Iterable[Any]) -> bytes:
    """Return one line of CSV as RFC 4180 has it, in UTF-8; None is empty."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(["" if value is None else value for value in values])
    return buffer.getvalue().encode()


def csv_row(q: Question, iris: Iris) -> tuple[Any, ...]:
    """Return the row of one question, in the order of CSV_HEADER; labels as the record has them."""
    interroge, attributaire, parution = q.ministere_interroge, q.ministere_attributaire, q.parution
    lieu = q.circonscription if q.circonscription and q.circonscription.departement else None
    rule, state = delais.regle(q), delais.statut(q)
    return (
        iris.question(q.uid).value, q.uid, q.legislature, q.type, q.numero, q.titre,
        iris.auteur(q).value, q.auteur.nom,
        iris.groupe(q, q.groupe).value if q.groupe else None,
        q.groupe and (q.groupe.libelle_long or q.groupe.libelle),
        iris.circonscription(lieu).value if lieu else None, q.rubrique,
        iris.ministere(interroge).value if interroge else None,
        interroge and interroge.libelle,
        iris.ministere(attributaire).value if attributaire else None,
        attributaire and attributaire.libelle,
        parution and parution.jour, parution and parution.page, parution and parution.numero,
        q.date_reponse, q.date_signalement,
        q.retrait and q.retrait.jour, q.retrait and q.retrait.libelle,
        q.cloture and q.cloture.code and q.cloture.jour, q.cloture and q.cloture.code,
        rule and compact(rule.iri.value), delais.date_limite(q), delais.date_limite_signalement(q),
        delais.delai_jours(q), state and compact(state[0].value), state and state[1], adresse(q),
    )  # fmt: skip


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
