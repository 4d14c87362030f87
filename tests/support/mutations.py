"""Mutants: a term renamed in one place, a constraint taken away; for each, a test must fail.

    python -m tests.support.mutations                all of them, some minutes (`make mutate`)
    python -m tests.support.mutations --every 50     each fiftieth, always the same ones

Terms, places and constraints are found in the files. A rename is one occurrence of one name in a
copy of the tree, judged by the tests of `JUDGES` there; each runs in a process of its own, made
by a fork that has the libraries loaded already. A test that fails without any mutant is named and
left out, so it kills none. A constraint is judged in process, by the functions of
`shapes.py`: what its tests count must change, and the counterexamples no longer report it;
likewise what gives a shape its nodes (targets, `sh:property`). What stands inside a `sh:or` must
change what the counterexamples report. Needs fork: Linux, macOS.
"""

import argparse
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SH

import lod.build  # noqa: F401
from lod.pipeline.validation.pyshacl_engine import shapes_as_published, spread, violations
from lod.pipeline.validation.shapes import Result
from lod.rdf.ontology import ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import NAMESPACE
from tests.support.paths import ROOT
from tests.support.shapes import (
    CONSTRAINTS,
    FILES,
    attachments,
    broken,
    broken_by,
    constraints,
    local,
    seen,
)

COPIED = ("ontology", "lod", "shapes", "site", "tests", "pyproject.toml")
JUDGES = (  # the fastest first: the first failure ends a run
    "tests/project/test_names.py", "tests/project/test_vocabulary.py",
    "tests/project/test_alignments.py", "tests/pipeline/validation/test_shapes.py",
    *(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/extensions/*/test_terms.py")),
)  # fmt: skip
RELEASES = {"sample", "mixture", "vies"}  # fixtures that take seconds; their tests do not judge
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
SECONDS = 300  # a mutant that makes a test hang is found as well
ATTACHED = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.property)

Triple = tuple[URIRef, URIRef, URIRef]
M = TypeVar("M")


# ---------------------------------------------------------------- renames


@dataclass(frozen=True, slots=True)
class Rename:
    """One occurrence of a name in a file, and what stands there instead."""

    path: str
    start: int
    end: int
    line: int

    @property
    def place(self) -> str:
        text = (ROOT / self.path).read_text("utf-8")
        return f"{self.path}:{self.line}: {text[self.start : self.end]}"

    def apply(self, tree: Path) -> None:
        """Rename in a copy; its files are hard links, so the file is made anew."""
        path = tree / self.path
        text = path.read_text("utf-8")
        path.unlink()
        path.write_text(f"{text[: self.end]}Mute{text[self.end :]}", "utf-8")


def places() -> list[Path]:
    """Ontology, context, shapes, queries, templates, code."""
    wanted = (
        *("ontology/*", "shapes/*", "site/queries/*", "site/templates/*"),
        *("ontology/extensions/*/*", "shapes/extensions/*/*"),
        *("site/extensions/*/queries/*", "site/extensions/*/templates/*"),
    )
    found = [path for pattern in wanted for path in ROOT.glob(pattern) if path.is_file()]
    return sorted(found + [p for p in (ROOT / "lod").rglob("*") if p.suffix in {".py", ".ttl"}])


def renames() -> Iterator[Rename]:
    """Every occurrence of the name of a term."""
    known = {str(t.subject).strip("<>").removeprefix(NAMESPACE) for t in ontology()}
    for path in places():
        text = path.read_text("utf-8")
        forms = [r"\b(?:qp:|def#)([A-Za-z](?:[\w-]*\w)?)"]
        if path.suffix == ".py":
            forms += [r"\bQP\.([A-Za-z]\w*)", r'\bqp\("([\w-]+)"\)']
        if path.suffix == ".jsonld":
            forms += [r'"(\w+)": \{\s*"@id": "qp:']
        for match in (m for form in forms for m in re.finditer(form, text)):
            if match[1] in known:
                line = text.count("\n", 0, match.start(1)) + 1
                yield Rename(str(path.relative_to(ROOT)), match.start(1), match.end(1), line)


class Quick:
    """A plugin: leaves out the tests that build a release, and notes those that fail."""

    def __init__(self) -> None:
        self.red: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [i for i in items if not RELEASES & set(getattr(i, "fixturenames", ()))]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.red.append(report.nodeid)


def judge(tree: Path, *options: str, all_of: Quick | None = None) -> int:
    """Run the judges in a tree, in this process, which has to end then; return pytest's code."""
    for name in [n for n in sys.modules if n.partition(".")[0] in ("lod", "tests")]:
        del sys.modules[name]
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    sys.dont_write_bytecode = all_of is None  # the first run compiles for all that follow
    signal.alarm(SECONDS)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        codes = []
        for name in JUDGES:  # one after the other: to collect them all takes longer than to run one
            plugins = [all_of or Quick()]
            codes.append(int(pytest.main([*OPTIONS, *options, name], plugins=plugins)))
            if codes[-1] and not all_of:
                break
        return max(codes)


def in_child(work: Callable[[], int]) -> int:
    """Return what the work returned in a process of its own; negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(fork(work), 0)[1])


def red_without_mutant(tree: Path, workspace: Path) -> list[str]:
    """Return the judges' tests that fail already; also compiles what the copies will share."""
    file = workspace / "red.json"

    def work() -> int:
        quick = Quick()
        code = judge(tree, all_of=quick)
        file.write_text(json.dumps(quick.red))
        return code

    if in_child(work) not in (0, 1):
        raise SystemExit("the judges do not even run without a mutant: pytest them")
    found: list[str] = json.loads(file.read_text())
    if found and in_child(partial(judge, tree, *left_out_options(found))) != 0:
        raise SystemExit("without the tests that fail, the judges fail all the same: pytest them")
    return found


def left_out_options(nodes: Iterable[str]) -> list[str]:
    return ["-x", *(f"--deselect={node}" for node in nodes)]


def rename_survives(pristine: Path, workspace: Path, left_out: Sequence[str], m: Rename) -> bool:
    """Whether no test fails in a copy of the tree with the mutant in it."""
    with TemporaryDirectory(dir=workspace) as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(pristine, tree, copy_function=os.link)
        m.apply(tree)
        code = in_child(partial(judge, tree, *left_out_options(left_out)))
    # 1: a test fails; 2, 4: a module cannot be imported; below 0: it hung
    if code not in (0, 1, 2, 4, -signal.SIGALRM):
        raise SystemExit(f"{m.place}: the judges ended with {code}, which says nothing")
    return code == 0


# ---------------------------------------------------------------- constraints


def removals(shapes: Graph) -> list[Triple]:
    """Return the triples of constraints, and those that give shapes their nodes."""
    named = {SH[name] for name in CONSTRAINTS} | set(ATTACHED)
    return sorted((s, p, o) for s, p, o in shapes if p in named)  # type: ignore[misc, type-var]


def removal_survives(m: Triple) -> bool:
    """Whether the tests of the shapes would not see that the triple is gone."""
    before, after = shapes_as_published(), without(m)
    expected = constraints(before)
    component = m[1].removeprefix(str(SH))
    said = (local(m[0]), f"{component[0].upper()}{component[1:]}ConstraintComponent")
    if said in expected:  # the first test counts them, and compares those left with the broken ones
        files = [path for path in FILES if said in broken_by(path)]
        silent = all(said not in reported(path, after) for path in files)
        return not (said not in constraints(after) and files and silent)
    if gone := attachments(before) - attachments(after):  # counted and compared as well
        files = [path for path in FILES if seen_by(path) & gone]
        silent = not any(seen(read_turtle(path), results(path, after)) & gone for path in files)
        return not (files and silent)
    names = affected(m, before)
    files = [path for path in FILES if names & {shape for shape, _ in broken_by(path)}]
    still = [reported(path, after) if path in files else broken_by(path) for path in FILES]
    return set().union(*still) == expected


def without(m: Triple) -> Graph:
    """Return the shapes without the triple, and without what only qualifies it."""
    shapes = shapes_as_published()
    shapes.remove(m)
    if m[1] == SH.closed:
        shapes.remove((m[0], SH.ignoredProperties, None))
    return shapes


def affected(m: Triple, shapes: Graph) -> set[str]:
    """Return the shapes that report otherwise without the triple: its own, or the `sh:or`."""
    choices = shapes.subject_objects(SH["or"])
    outer = {local(shape) for shape, some in choices if m[0] in shapes.items(some)}
    return outer or {local(m[0])}


def results(path: Path, shapes: Graph) -> list[Result]:
    return violations(read_turtle(path), spread(shapes))


def reported(path: Path, shapes: Graph) -> set[tuple[str, str]]:
    return broken(results(path, shapes))


@cache
def seen_by(path: Path) -> set[tuple[str, str]]:
    return seen(read_turtle(path), results(path, shapes_as_published()))


# ---------------------------------------------------------------- all of them


def survivors(mutants: Sequence[M], survives: Callable[[M], bool], jobs: int, to: Path) -> list[M]:
    """Return the mutants that survive, in order; `jobs` processes share them."""

    def share(number: int) -> int:
        mine = range(number, len(mutants), jobs)
        alive = [n for n in mine if survives(mutants[n])]
        (to / f"alive-{number}.json").write_text(json.dumps(alive))
        return 0

    pids = [fork(partial(share, number)) for number in range(jobs)]
    if any([os.waitpid(pid, 0)[1] for pid in pids]):
        raise SystemExit("a process of the mutants failed; its reason stands above")
    files = [to / f"alive-{number}.json" for number in range(jobs)]
    return [mutants[n] for n in sorted(n for file in files for n in json.loads(file.read_text()))]


def fork(work: Callable[[], int]) -> int:
    """Start the work in a process of its own and return its number."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = work()
        except BaseException as error:  # the parent has only the code
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        os._exit(code)
    return pid


def report(kind: str, total: int, alive: Iterable[str]) -> int:
    """Print how many there were and who survived; return how many did."""
    names = list(alive)
    print(f"{total} {kind}: {total - len(names)} killed, {len(names)} survived")
    for name in names:
        print(f"  survived: {name}")
    return len(names)


def run(every: int, jobs: int) -> int:
    """Judge each mutant, or each of `every`; return how many survive."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        workspace = Path(folder)
        triples = removals(shapes_as_published())[::every]
        for path in FILES:
            broken_by(path), seen_by(path)  # once, for all processes
        alive = survivors(triples, removal_survives, jobs, workspace)
        names = [f"{local(s)} {p.removeprefix(str(SH))} {local(o)}" for s, p, o in alive]
        count = report("constraints taken away", len(triples), names)
        pristine = workspace / "pristine"
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            pristine.mkdir(exist_ok=True)
            copy(ROOT / name, pristine / name)
        left_out = red_without_mutant(pristine, workspace)
        for node in left_out:
            print(f"  left out, it fails without any mutant: {node}")
        mutants = list(renames())[::every]
        survives = partial(rename_survives, pristine, workspace, left_out)
        living = survivors(mutants, survives, jobs, workspace)
        return count + report("names changed in one place", len(mutants), [m.place for m in living])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="only each of so many")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    options = parser.parse_args()
    raise SystemExit(1 if run(options.every, options.jobs) else 0)


if __name__ == "__main__":
    main()
