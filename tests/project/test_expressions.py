"""Every expression of the package takes time in proportion to the text that it is asked about."""

import ast
import functools
import importlib
import inspect
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.paths import ROOT
from tests.support.programs import returned

PARSER, COMPILER = (importlib.import_module(f"re.{name}") for name in ("_parser", "_compiler"))
Found = dict[str, tuple[re.Pattern[Any], set[str]]]  # where it is made → it, and how it is asked
METHODS = "fullmatch|match|search|finditer|findall|subn?|split"
EXPRESSIONS = 360  # at least
SHORT, LONG = 4_000, 16_000  # characters
GROWTH, QUICK = 8, 0.020  # times; seconds
SECONDS = 120  # of processor; all together take twenty, one with nested repeats has no end
SIGNS = " x7É\n\u00a0<"  # each that a part accepts is tried in its place
ENDS = ("", "\x01")
INSIDE = {  # sees no text from outside → what it sees
    "lod.extensions.charts.files": "our style sheet",
    "lod.extensions.static_app.pages": "our page of SPARQL",
    "lod.extensions.stream.text": "a page that we wrote, which has each question once",
    "lod.pipeline.validation.constraints": "the queries of our shapes",
    "lod.publish.query_catalogue": "our queries",
    "lod.publish.reference_tables": "the README of our tables",
    "lod.website.pages.changelog": "a page that we wrote, which has each question once",
}
# what a function asks by an expression of a table of ours: short, of a text that is bounded
OF_TABLES = {"row.serveur", "row['motif']", "register.motif", "pattern", "pattern % day"}


def modules() -> Iterator[ModuleType]:
    for path in sorted((ROOT / "lod").rglob("*.py")):
        if path.stem != "__main__":
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield importlib.import_module(name.removesuffix(".__init__"))


def source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text("utf-8")


def methods(text: str) -> dict[str, set[str]]:
    """Return the name of a constant → how it is asked; "" → how variables are."""
    asked: dict[str, set[str]] = {"": set()}
    for name, method in re.findall(rf"\b(\w+)\.({METHODS})\(", text):
        if name.strip("_").isupper():
            asked.setdefault(name, set()).add(method)
        elif name != "re" and method != "split":
            asked[""].add(method)
    return asked


def expressions() -> Found:
    found: Found = {}
    everywhere = methods("\n".join(map(source, modules())))
    for module in modules():
        own = methods(source(module))
        made = [(name, held, None) for name, held in held_in(vars(module))]
        for name, expression, method in (*made, *written_in(module)):
            asks = own if name[:1] in ("", "_") else everywhere
            asked = {method} if method else asks.get(name) or own[""] or {"search"}
            key = f"{module.__name__} {expression.pattern!r} {expression.flags}"
            found.setdefault(key, (expression, set()))[1].update(asked)
    return found


def held_in(value: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the expressions of a module's names, also in collections, classes, cached functions."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, type) and value.__module__.startswith("lod.") and depth < 4:
        yield from held_in(dict(vars(value)), name, depth + 1)
    elif isinstance(value, functools._lru_cache_wrapper):
        signature = inspect.signature(value)
        if not signature.parameters and "Pattern" in str(signature.return_annotation):
            yield from held_in(value(), "", depth + 1)
    elif isinstance(value, dict | tuple | list | set | frozenset) and depth < 4:
        for key, item in value.items() if isinstance(value, dict) else ((name, v) for v in value):
            yield from held_in(item, str(key) if depth == 0 else name, depth + 1)


def written_in(module: ModuleType) -> Iterator[tuple[str, Any, str | None]]:
    """Yield the expressions that a module writes where it asks them, `x` for what is put in."""
    tree = ast.parse(source(module))
    held = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and call not in held
            and (asked := re.fullmatch(rf"re\.({METHODS}|compile)", ast.unparse(call.func)))
        ):
            said = text_of(call.args[0], module)
            flags = [word.value for word in call.keywords if word.arg == "flags"]
            flags += [node for node in call.args[1:] if ast.unparse(node).startswith("re.")]
            if said is not None:
                flag = eval(ast.unparse(flags[0]), {"re": re}) if flags else 0
                yield "", re.compile(said, flag), None if asked[1] == "compile" else asked[1]
            elif asked[1] != "compile" and ast.unparse(call.args[0]) not in OF_TABLES:
                raise AssertionError(f"{module.__name__}: {ast.unparse(call)} is not tried")


def text_of(node: ast.expr, module: ModuleType) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            value = getattr(module, node.id, None)
            return value if isinstance(value, str | bytes) else None
        case ast.JoinedStr():
            return "".join(str(text_of(part, module) or "x") for part in node.values)
        case ast.FormattedValue():
            return text_of(node.value, module)
        case ast.BinOp(op=ast.Mod()):
            said = text_of(node.left, module)
            return said and re.sub(rb"%\w", b"x", said)
    return None


def inside(value: Any) -> list[Any]:
    """Return the sequences of parts that a part of an expression has."""
    if isinstance(value, PARSER.SubPattern):
        return [value]
    return (
        [one for item in value for one in inside(item)] if isinstance(value, tuple | list) else []
    )


def signs(part: Any) -> str:
    """Return of SIGNS those that a part for one character accepts, else the first that it does."""
    state = PARSER.State()
    state.str = ""
    one = COMPILER.compile(PARSER.SubPattern(state, [part]), re.S)
    return "".join(filter(one.match, SIGNS)) or next(
        filter(one.match, map(chr, range(33, 256))), ""
    )


def example(parts: Sequence[Any]) -> str:
    """Return what a sequence of parts accepts, or nearly."""
    text = ""
    for part in parts:
        kind, value = str(part[0]), part[1]
        if kind in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            text += chr(value) if kind == "LITERAL" else signs(part)[:1]
        elif (within := inside(value)) and not kind.startswith("ASSERT"):
            text += example(within[0]) * (max(1, min(value[0], 9)) if "REPEAT" in kind else 1)
    return text


def runs(parts: Sequence[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield what may come once and what may then come again and again, at each place."""
    ends = [
        n
        for n, part in enumerate(parts)
        if n == 0 or {str(part[0]), str(parts[n - 1][0])} != {"LITERAL"}
    ]
    examples = [example(parts[a:b]) for a, b in zip(ends, [*ends[1:], len(parts)], strict=False)]
    for place, start in enumerate(ends):
        so_far = before + "".join(examples[:place])
        for end in range(place + 1, len(ends) + 1):
            yield so_far, "".join(examples[place:end])
        kind, value = parts[start]
        if str(kind) in ("NOT_LITERAL", "IN", "ANY"):
            yield from ((so_far, sign) for sign in signs(parts[start]))
        for within in inside(value):
            yield from runs(within, so_far)


def is_slow(ask: Callable[[Any], object], short: str | bytes, long: str | bytes) -> bool:
    """Whether time grows too much, each time of three: others may work on the machine as well."""

    def seconds(text: str | bytes, clock: Callable[[], float]) -> float:
        start = clock()
        ask(text)
        return clock() - start

    return seconds(short, time.perf_counter) * GROWTH**2 > QUICK and all(
        seconds(long, time.process_time) > max(QUICK, GROWTH * seconds(short, time.perf_counter))
        for _ in range(3)
    )


def slow_texts(expression: re.Pattern[Any], asked: set[str]) -> Iterator[str]:
    """Yield the texts made of parts of an expression on which its time grows too much."""
    is_bytes = isinstance(expression.pattern, bytes)
    sub = functools.partial(expression.sub, b"" if is_bytes else "")
    asks = {getattr(expression, m) if m in ("fullmatch", "match", "search") else sub for m in asked}
    for before, run in dict.fromkeys(runs(PARSER.parse(expression.pattern, expression.flags))):
        for end in ENDS if run else ():
            texts = [before + run * (size // len(run)) + end for size in (SHORT, LONG)]
            if any(is_slow(ask, *(t.encode() if is_bytes else t for t in texts)) for ask in asks):
                yield f"{before!r}, again and again {run!r}, {end!r}"


def try_all() -> int:
    """Ask each expression as the program does; tell which are slow, return how many there are."""
    found = expressions()
    for key, (expression, asked) in found.items():
        if key.split()[0] not in INSIDE:
            print(key, file=sys.stderr, flush=True)
            if slow := next(slow_texts(expression, asked), ""):
                print(f"SLOW {key} {asked}: {slow}")
    return len(found)


@pytest.mark.slow
def test_expressions_take_time_in_proportion() -> None:
    said = returned(__name__, "try_all", SECONDS)
    assert said.isdecimal() and int(said) > EXPRESSIONS, said
