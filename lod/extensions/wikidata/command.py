"""The command `lod link`."""

from pathlib import Path

import click

from lod.base.settings import read_settings
from lod.cli.options import FOLDER, progress


@click.command()
@FOLDER
@click.option("--endpoint", default="https://query.wikidata.org/sparql", show_default=True,
              metavar="URL", help="Any SPARQL endpoint with Wikidata's triples.")  # fmt: skip
@click.option(
    "--portraits",
    is_flag=True,
    help="Also bring small pictures under a free licence from Wikimedia Commons.",
)
def link(folder: Path, endpoint: str, portraits: bool) -> None:
    """Ask Wikidata which items are our deputies.

    Proposals to review come into DIR/liens. They are not published: accept rows of liens.csv and
    candidates.csv first. `contact` of lod.toml is sent to the endpoint. Answers are kept for a day.

    \b
        lod link out
        lod link out --endpoint https://qlever.dev/api/wikidata
        lod link out --portraits
    """
    from lod.extensions.wikidata.commons import CommonsClient
    from lod.extensions.wikidata.link import LINKS_FOLDER, linking_input, portraits_of
    from lod.extensions.wikidata.link import link as link_deputies
    from lod.extensions.wikidata.query_service import QueryService
    from lod.pipeline.reading.reference_data import read_review

    say, settings = progress(), read_settings()
    client = QueryService(endpoint, settings.contact, folder / LINKS_FOLDER / "cache", say=say)
    deputies = linking_input(folder, read_review(settings.revue).links, say)
    report = link_deputies(folder, client, deputies, say)
    say("")
    click.echo(str(report))
    if portraits:
        commons = CommonsClient(settings.contact, say=say)
        brought = portraits_of(client, commons, report, say)
        say("")
        click.echo(f"{brought}; {report.folder}")
