"""Proposals which item of Wikidata is which deputy, with reasons, for a person to decide; portraits
of linked deputies, from Wikimedia Commons.
"""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from click import Group

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Last, Output


def _commands(group: Group) -> None:
    from lod.extensions.wikidata.command import link

    group.add_command(link)


def _annotations(folder: Path | None) -> dict[str, dict[str, Any]]:
    from lod.extensions.wikidata.commons import page_of
    from lod.extensions.wikidata.portraits import reviewed_portraits

    return {
        path: {"portrait": {**asdict(portrait), "page": page_of(portrait.fichier)}}
        for path, portrait in reviewed_portraits(folder).items()
    }


def _outputs(draft: Draft) -> Iterable[Output]:
    from lod.extensions.wikidata.portraits import write_pictures

    return (Last(write_pictures, draft.site, draft.plan.settings.revue),)


EXTENSION = Extension(
    purpose="proposals which item of Wikidata is which deputy, for a person to review",
    reviewed=("portraits.csv",),
    annotations=_annotations,
    outputs=_outputs,
    commands=_commands,
)
