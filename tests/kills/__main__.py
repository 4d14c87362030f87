"""`python -m tests.kills [NAME [KILLS]]`: the killing that is too long for the suite.

NAME is a module of this folder, or an extension whose tests have a module `kills`; or `all`.
"""

import importlib
import sys

from tests.support.paths import TESTS


def main() -> None:
    """Run the killing of a name, or each, fifty times unless told otherwise."""
    own = {path.stem: f"tests.kills.{path.stem}" for path in TESTS.glob("kills/[a-z]*.py")}
    added = [path.parent.name for path in sorted(TESTS.glob("extensions/*/kills.py"))]
    modules = own | {name: f"tests.extensions.{name}.kills" for name in added}
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    chosen = [name for name in sys.argv[1:2] if name != "all"]
    for name in chosen or sorted(modules):
        if name not in modules:
            sys.exit(f"'{name}' is not one of {', '.join(sorted(modules))}")
        importlib.import_module(modules[name]).main(kills)


if __name__ == "__main__":
    main()
