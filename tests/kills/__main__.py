"""`python -m tests.kills NAME [KILLS]`: the killing that is too long for the suite."""

import importlib
import sys


def main() -> None:
    """Run the killing of a name, fifty times unless told otherwise."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m tests.kills NAME [KILLS], NAME a module of tests/kills")
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    importlib.import_module(f"tests.kills.{sys.argv[1]}").main(kills)


if __name__ == "__main__":
    main()
