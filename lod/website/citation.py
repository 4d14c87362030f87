"""The citation of a question for programs that keep references: BibTeX and RIS."""

import re

from lod.model.question import Question
from lod.pipeline.mapping.question_triples import question_name
from lod.publish.publication import Publication
from lod.rdf.iris import Iris

BODY, JOURNAL = "Assemblée nationale", "Journal officiel"
SPECIAL = re.compile(r"([\\{}$&#^_%~])")  # characters that TeX reads as commands
TEX = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def bibtex(q: Question, publication: Publication) -> bytes:
    """Return the citation as an entry of BibTeX."""
    fields = {
        "author": _author(q),
        "title": f"{{{_tex(_title(q))}}}",
        "howpublished": _tex(JOURNAL if q.parution else BODY),
        "note": _tex(_place(q)),
        "language": "french",
        "url": _iri(q, publication),
    }
    if q.parution:
        fields |= {"year": f"{q.parution.jour:%Y}", "month": f"{q.parution.jour.month}"}
    lines = (f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{q.uid},\n{''.join(lines)}}}\n".encode()


def ris(q: Question, publication: Publication) -> bytes:
    """Return the citation as a record of RIS, whose lines end with CR LF."""
    jo = q.parution
    tags = (
        ("TY", "GOVDOC"),
        ("AU", _author(q)),
        ("TI", _title(q)),
        ("T2", JOURNAL if jo else ""),
        ("DA", f"{jo.jour:%Y/%m/%d}" if jo else ""),
        ("SP", f"{jo.page}" if jo and jo.page else ""),
        ("IS", jo.numero or "" if jo else ""),
        ("PB", BODY),
        ("N1", _place(q)),
        ("LA", "fr"),
        ("UR", _iri(q, publication)),
    )
    lines = (f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in tags if value)
    return f"{''.join(lines)}ER  - \r\n".encode()


CITATIONS = {  # extension → media type, and what writes it
    "bib": ("application/x-bibtex", bibtex),
    "ris": ("application/x-research-info-systems", ris),
}


def _iri(q: Question, publication: Publication) -> str:
    return Iris(publication.base).question(q.uid).value


def _title(q: Question) -> str:
    return q.titre or question_name(q)


def _author(q: Question) -> str:
    """Return the author as « Family name, First name »: the first word is the first name."""
    first, _, last = (q.auteur.nom or "").partition(" ")
    return f"{last}, {first}" if last else first


def _place(q: Question) -> str:
    """Return number and legislature of the question, and its page in the JO."""
    page = f", p. {q.parution.page}" if q.parution and q.parution.page else ""
    return f"{question_name(q)}{page}"


def _tex(text: str) -> str:
    return SPECIAL.sub(lambda found: TEX.get(found[0], f"\\{found[0]}"), text)
