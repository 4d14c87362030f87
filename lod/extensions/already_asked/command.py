"""The command `lod evaluate`."""

from contextlib import closing
from pathlib import Path

import click

from lod.cli.options import FOLDER


@click.command()
@FOLDER
def evaluate(folder: Path) -> None:
    """Measure how the search finds what one answer serves.

    Each is looked for by the title of another one of its answer, by all words, by rare words, by
    meaning, and by the last two together. Two halves, by the day of the answer: choose by one,
    report the other.

    \b
        lod evaluate out
    """
    from lod.extensions.already_asked.evaluate import evaluate as scores_of
    from lod.publish import release
    from lod.publish.search.full_text import INDEX_FILE
    from lod.publish.search.search_index import SearchIndex

    searches = 0
    click.echo("half       search      titles  first  in five  MRR")
    with (
        release.holding(release.current(folder)) as current,
        closing(SearchIndex(current / INDEX_FILE)) as index,
    ):
        for score in scores_of(current, index):
            searches += score.asked
            click.echo(
                f"{score.half:9}  {score.search:10}  {score.asked:6}  {score.first:5.1%}"
                f"  {score.among_first:7.1%}  {score.mean_rank:.2f}"
            )
    click.echo(f"{searches} searches", err=True)
