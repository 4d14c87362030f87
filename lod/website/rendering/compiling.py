"""How templates are compiled: with no-break spaces, and once a machine, as Python keeps modules."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from lod.base import packaged

UNBROKEN = re.compile(r" (?=[:;?!»])|(?<=«) |(?<=n°) |(?<=page) (?=\d)")  # they break no line
CODE = re.compile(r"(</?(?:code|pre|script|textarea)\b)")  # where spaces stay as they are


class Typography(Extension):
    """Sets no-break spaces in the text of the templates of pages, as `typeset` does in values."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template; code in its HTML stays as it is."""
        is_page, depth = (stream.name or "").endswith(".html"), 0
        for token in stream:
            if token.type != "data" or not is_page:
                yield token
                continue
            parts = []
            for part in CODE.split(str(token.value)):
                if CODE.fullmatch(part):
                    depth += -1 if part.startswith("</") else 1
                parts.append(part if depth else UNBROKEN.sub("\u00a0", part))
            yield Token(token.lineno, token.type, "".join(parts))


class BesideTemplates(FileSystemBytecodeCache):
    """Compiled templates, beside the templates; where none can be written, each process compiles
    its own.
    """

    def __init__(self) -> None:
        super().__init__(str(packaged.TEMPLATES / "__pycache__"), "%s.pyc")
        self._made_by = sha256(Path(__file__).read_bytes()).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """Return what a compiled template is valid for: its text, and what this module does."""
        return f"{super().get_source_checksum(source)} {self._made_by}"

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template, if Python may write compiled modules."""
        with suppress(OSError):
            if not sys.dont_write_bytecode:
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
