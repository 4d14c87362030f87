"""The description and the links of the package, as a registry shows them.

A registry has no files beside the description: links of README.md must lead to the repository. The
variable REPOSITORY, which the workflow of a release sets, is its address on GitHub. Without it, in
a build for oneself, links stay as they are, and the package names no address.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


def absolute(text: str, repository: str, tag: str) -> str:
    """Return a document whose relative links lead to a tag of a repository on GitHub."""
    text = re.sub(r"(!\[[^]]*\]\()(?!https?:)", rf"\g<1>{repository}/raw/{tag}/", text)
    return re.sub(r"(\]\()(?!https?:|#)", rf"\g<1>{repository}/blob/{tag}/", text)


class Metadata(MetadataHookInterface):
    """What pyproject.toml calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the description, and the links if the repository is known."""
        text, tag = Path(self.root, "README.md").read_text("utf-8"), f"v{metadata['version']}"
        metadata["urls"] = {}
        if repository := os.environ.get("REPOSITORY"):
            text = absolute(text, repository, tag)
            metadata["urls"] = {
                "Source": repository,
                "Issues": f"{repository}/issues",
                "Changelog": f"{repository}/blob/{tag}/CHANGELOG.md",
            }
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
