"""How long an index takes to write, and a search: `python -m tests.bench.search [COUNT]`.

Questions of real length, 5,000 characters with their answers, of invented words that come as often
as words do in French (Zipf). Seconds are those of the processor for the index, of the clock for
searches; p95 must stay below 50 ms, that of suggestions below 30 ms.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

from msgspec.structs import replace

from lod.base import packaged
from lod.base.tabular import rows
from lod.model.question import Question
from lod.model.text import slug
from lod.publish.search.indexing import INDEX_FILE, write_index
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import search_results
from lod.publish.search.search_index import SearchIndex
from lod.rdf.iris import Iris
from lod.reference.tables import departements, deputy_rows, names_by_person
from lod.website.indexes.static_search import write_static_search
from tests.support.site import site_in
from tests.support.synthetic.lives import questions

COUNT = 45_000
SEARCHES = 1_000
LEXICON = 60_000
SYLLABLES = [c + v for c in "bcdfglmnprstv" for v in ("a", "e", "é", "i", "o", "ou", "u")]
NAMED = (  # communes, rightly and wrongly spelled, and laws by number
    *("Saugues", "43170", "saint privat d'alier", "Saint-Denis Réunion", "Mo Nistrol", "xqzwv"),
    *("Sainte-Colombe", "paris 13", "loi 2005-102", "2012-33", "monistrol sur loir"),
)
ENDINGS = ("", "s", "tion", "tions", "ment", "eur", "aire", "aires", "ique", "é", "ée", "ées")


def lexicon(rng: Random) -> list[str]:
    """Return invented words, the short ones first."""
    made = {
        "".join(rng.choices(SYLLABLES, k=rng.randrange(1, 5))) + rng.choice(ENDINGS)
        for _ in range(LEXICON * 2)
    }
    return sorted(made, key=lambda word: (len(word), word))[:LEXICON]


def invented(count: int) -> Iterator[Question]:
    """Yield questions as long as real ones, with titles of one to eight words."""
    rng = Random(1)
    words = lexicon(rng)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    pool = rng.choices(words, cum_weights=weights, k=2_000_000)

    def prose(length: int) -> str:
        start = rng.randrange(len(pool) - length)
        return " ".join(pool[start : start + length]).capitalize() + "."

    subjects = words[200:8_000]
    for q in questions(count, 1, 17):
        titre = " ".join(rng.choices(subjects, k=rng.randrange(1, 9))).capitalize()
        year, serial = rng.randrange(2000, 2025), rng.randrange(1, 200)
        law = f"loi n° {year}-{serial} du 11 février {year}" if rng.random() < 0.4 else ""
        texte = f"{titre} : {prose(rng.randrange(150, 550))} {law}"
        reponses = tuple(replace(r, texte=prose(rng.randrange(250, 900))) for r in q.reponses)
        yield replace(q, titre=titre, texte=texte, reponses=reponses)


def searches(titles: list[str], rng: Random) -> Iterator[SearchRequest]:
    """Yield one to three words of titles: some filtered, as phrases, by their begin, with signs, or
    mistyped.
    """
    for number in range(SEARCHES):
        words = rng.choice(titles).lower().split()
        start = rng.randrange(len(words))
        q = " ".join(words[start : start + rng.randrange(1, 4)])
        if number % 10 == 0:
            q = f'"{q}"'
        elif number % 10 == 1:
            q = f"{q[: max(4, len(q) - 2)].rstrip()}*"
        elif number % 10 == 2:
            q = f"{q} -{rng.choice(words)}"
        elif number % 10 == 3:
            q = f"{q} ou {rng.choice(rng.choice(titles).lower().split())}"
        elif number % 10 == 4:
            q = f"{q}qx"  # a typing mistake
        filters = (("type", "QE"),) if number % 4 == 0 else ()
        yield SearchRequest(q=q, filters=filters, tri="date" if number % 7 == 0 else "")


def quantile(times: list[float], share: float) -> float:
    """Return what so large a share of the times stays below, in milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(corpus: SearchIndex, asked: list[SearchRequest]) -> str:
    """Ask each; return the figures as a line."""
    times, hits = [], []
    for demande in asked:
        start = time.perf_counter()
        hits.append(search_results(corpus, demande).total)
        times.append(time.perf_counter() - start)
    p50, p95, p99 = (quantile(times, share) for share in (0.5, 0.95, 0.99))
    told = f"p50 {p50:.1f} ms  p95 {p95:.1f} ms  p99 {p99:.1f} ms  max {1000 * max(times):.1f} ms"
    return f"{told}  ({len(asked)} searches, median {sorted(hits)[len(hits) // 2]} hits)"


def suggested(corpus: SearchIndex, rng: Random) -> str:
    """Type the beginnings of names, right and wrong; return the figures as a line."""
    with corpus.connection() as connection:
        communes = [thing.name for thing, _, _ in corpus.communes.in_order(connection)]
    names = [*corpus.things.names(), *rng.sample(communes, len(communes) // 10)]
    times, found = [], []
    for number in range(SEARCHES):
        name = rng.choice(names)
        typed = name[: rng.randrange(2, len(name) + 1)]
        if number % 5 == 0 and len(typed) > 4:  # a letter is missing
            place = rng.randrange(1, len(typed) - 1)
            typed = typed[:place] + typed[place + 1 :]
        start = time.perf_counter()
        found.append(len(corpus.things_named(typed, is_typing=True)))
        times.append(time.perf_counter() - start)
    p50, p95, p99 = (quantile(times, share) for share in (0.5, 0.95, 0.99))
    told = f"p50 {p50:.1f} ms  p95 {p95:.1f} ms  p99 {p99:.1f} ms  max {1000 * max(times):.1f} ms"
    return f"{told}  ({len(names)} things, {sum(map(bool, found))} of {SEARCHES} found some)"


def names_of_things() -> dict[str, str]:
    """Return IRI → name of as many things as a whole release has: deputies, places, headings."""
    base = "http://localhost:8000/"
    names = {f"{base}depute/{ref}": of_it[0] for ref, of_it in names_by_person().items()}
    for row in deputy_rows():
        place = f"{row.departement.lower()}-{row.circonscription}"
        names[f"{base}circonscription/{place}"] = f"{row.nom_departement} ({row.circonscription}e)"
    names |= {f"{base}departement/{c.lower()}": d.nom for c, d in departements().items()}
    # a ministry that never had to answer is not shown: in its place, a portfolio of its name
    for path, kind in (("rubriques.csv", "rubrique"), ("ministeres.csv", "portefeuille")):
        for row in rows(packaged.MAPPINGS / path):
            names[f"{base}{kind}/{slug(row['libelle'])}"] = row["libelle"]
    return names


def static(index: Path, folder: Path) -> str:
    """Write the index of a static host; return what it cost, and the heaviest files."""
    site = site_in(folder)
    start = time.process_time()
    write_static_search(site, index)
    took = time.process_time() - start
    sizes = {
        kind: [path.stat().st_size for path in (folder / "recherche" / kind).iterdir()]
        for kind in ("mots", "blocs", "choses", "communes")
    }
    told = ", ".join(
        f"{kind} {len(of)} files, {sum(of) / 1e6:.1f} MB, at most {max(of) / 1e3:.0f} kB"
        for kind, of in sizes.items()
    )
    return f"without a server:    {took:.1f} CPU s; {told}"


def main() -> None:
    """Print what the index cost, then a line for each kind of searches."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    titles: list[str] = []
    size = 0

    def kept(made: Iterator[Question]) -> Iterator[Question]:
        nonlocal size
        for q in made:
            titles.append(q.titre or "")
            size += sum(len(text) for text in (q.texte, *(r.texte for r in q.reponses)) if text)
            yield q

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / INDEX_FILE
        start = time.process_time()
        for _ in invented(count):
            pass
        making = time.process_time() - start
        start = time.process_time()
        write_index(
            path, kept(invented(count)), Iris("http://localhost:8000/"), str, {}, names_of_things()
        )
        writing = time.process_time() - start - making
        weight = path.stat().st_size
        print(
            f"{count} questions, {size / 1e6:.0f} M characters: index {writing:.1f} CPU s, "
            f"{weight / 1e6:.0f} MB",
            flush=True,
        )
        start = time.perf_counter()
        corpus = SearchIndex(path)
        print(f"opened in {1000 * (time.perf_counter() - start):.0f} ms")
        named = [SearchRequest(q=q) for q in NAMED] * 20
        print("communes and laws: ", measure(corpus, named), flush=True)
        print("words of titles:   ", measure(corpus, list(searches(titles, Random(2)))), flush=True)
        common = [SearchRequest(q=q) for q in ("ba", "be de", '"ba be"', "con*", "pro*", "")] * 5
        print("the commonest words:", measure(corpus, common))
        print("suggestions:       ", suggested(corpus, Random(3)), flush=True)
        corpus.close()
        print(static(path, Path(folder) / "site"))


if __name__ == "__main__":
    main()
