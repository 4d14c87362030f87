"""Pages, pictures, JSON and feed of the weeks: written by a build and an export, or served."""

import json
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

from lod.base.tabular import indented_json
from lod.extensions.barometer.weeks import WeekFacts, week_facts, week_named, weeks_of
from lod.model.dates import midnight_utc
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import Publication, Site
from lod.publish.release import current
from lod.website.indexes.feeds import FeedEntry, feed
from lod.website.pages.kept_resources import references_of
from lod.website.pages.question_lists import QuestionLines
from lod.website.rendering import language
from lod.website.rendering.templates import FRAME, render, write_translated

PATH = "barometre"
TITLE = "Le baromètre des questions"
LEADING = 5  # ministries of the picture, and of the frame
MOST = 20  # questions of a number on a page
ENTRIES = 26  # weeks of the feed: half a year
PICTURE = "svg"


def write_barometer(site: Site) -> None:
    """Write the page of the newest week at the address that stays, with its other forms."""
    release = site.tree.folder.parent
    weeks = weeks_of(release, site.publication.data_until)
    facts = facts_of(site, release, weeks[-1])
    write_translated(site, PATH, lambda: page_of(site, facts, weeks))
    frame = f"{PATH}/{FRAME}"
    write_translated(site, frame, lambda: _frame(site, facts, frame))
    _write_pictures(site, PATH, facts)
    site.tree.write(f"{PATH}.json", indented_json(_told(facts) | {"semaines": weeks}))
    site.tree.write(f"{PATH}.atom", _feed(site, release, weeks[-ENTRIES:]))


def write_weeks(folder: Path, site: Site) -> None:
    """Write the pages that a server makes on request into an export of the current release."""
    release = current(folder)
    named = Site(site.publication, site.tree, references_of(release))
    weeks = known_weeks(site.tree.folder)
    for name in weeks:
        facts = facts_of(named, release, name)
        path = f"{PATH}/{name}"
        write_translated(named, path, partial(page_of, named, facts, weeks, path))
        _write_pictures(named, path, facts)
        site.tree.write(f"{path}.json", json_of(facts))


def known_weeks(site: Path) -> list[str]:
    """Return the weeks that a build has found, in order; none if an earlier program has built."""
    path = site / f"{PATH}.json"
    return list(json.loads(path.read_bytes())["semaines"]) if path.is_file() else []


def facts_of(site: Site, release: Path, name: str, *, with_texts: bool = True) -> WeekFacts:
    base, day = site.publication.base, site.publication.data_until
    return week_facts(release, base, week_named(name), day, with_texts=with_texts)


def page_of(site: Site, facts: WeekFacts, weeks: list[str], path: str = PATH) -> bytes:
    """Return the page of a week, which leads to those beside it."""
    beside = {later: earlier for earlier, later in pairwise(weeks)}
    after = {earlier: later for later, earlier in beside.items()}
    name = facts.week.name
    return render(
        "barometre.html",
        site.publication,
        path,
        **_values(site, facts),
        titre=TITLE,
        au_plus=MOST,
        est_derniere=name == weeks[-1],
        avant=beside.get(name, ""),
        apres=after.get(name, ""),
        dessine=True,
    )


def _frame(site: Site, facts: WeekFacts, path: str) -> bytes:
    return render("barometre_cadre.html", site.publication, path, **_values(site, facts))


def picture_of(site: Site, facts: WeekFacts) -> bytes:
    """Return the picture of a week, as SVG."""
    return render("barometre.svg", site.publication, PATH, **_values(site, facts))


def _values(site: Site, facts: WeekFacts) -> dict[str, object]:
    lines, name_of = QuestionLines(site), site.references.name_of
    return {
        "faits": facts,
        "retards": [(iri, name_of(iri), late) for iri, late in facts.late_by_ministry()],
        "premiers": LEADING,
        "lignes": lambda questions: [lines.line_of(q) for q in questions],
        "anciennete": facts.oldest_days,
        "du": between(facts)[0],
        "au": between(facts)[1],
    }


def between(facts: WeekFacts) -> tuple[str, str]:
    """Return the first and the last day of a week in words; month and year once if they are the
    same: « 6 », « 12 juillet 2026 ».
    """
    first, last = (language.iso_text(day) for day in (facts.week.first, facts.week.last))
    for same in (facts.week.last[:7], facts.week.last[:4]):
        first = first.removesuffix(f" {language.iso_text(same)}")
    return first, last


def _write_pictures(site: Site, path: str, facts: WeekFacts) -> None:
    for code, end in language.LANGUAGES.items():
        with language.written_in(code):
            site.tree.write(f"{path}{end}.{PICTURE}", picture_of(site, facts))


def json_of(facts: WeekFacts) -> bytes:
    return indented_json(_told(facts))


def _told(facts: WeekFacts) -> dict[str, object]:
    """Return what a week was, all of its questions by their IRIs."""

    def iris(questions: list[QuestionFacts]) -> list[str]:
        return [q.iri for q in questions]

    repeated = facts.repeated
    return {
        "semaine": facts.week.name,
        "du": facts.week.first,
        "au": facts.week.last,
        "compte_le": facts.day,
        "posees": iris(facts.asked),
        "reponses": [{"question": q.iri, "jours": q.delai} for q in facts.answered],
        "sans_reponse": iris(facts.waiting),
        "en_retard": {iri: iris(late) for iri, late in facts.late_by_ministry()},
        "premieres_reponses": {q.ministere: q.iri for q in facts.firsts},
        **({"deja_posees": {r.question.iri: r.times for r in repeated}} if repeated else {}),
    }


def _feed(site: Site, release: Path, weeks: list[str]) -> bytes:
    told = (facts_of(site, release, name, with_texts=False) for name in reversed(weeks))
    entries = [_entry(site.publication, facts) for facts in told]
    return feed(site.publication, PATH, TITLE, entries)


def _entry(publication: Publication, facts: WeekFacts) -> FeedEntry:
    address = f"{publication.base}{PATH}/{facts.week.name}"
    told = (
        f"{language.counted(len(facts.asked), 'question posée')}, "
        f"{language.counted(len(facts.answered), 'réponse')} aux questions écrites\u00a0; "
        f"{language.counted(len(facts.late), 'question écrite')} en retard."
    )
    return FeedEntry(
        address,
        f"Semaine du {' au '.join(between(facts))}",
        midnight_utc(date.fromisoformat(facts.day)),
        f"{address}.html",
        told,
        "Question",
        TITLE,
    )
