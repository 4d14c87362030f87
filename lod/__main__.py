"""`python -m lod` is `lod`."""

import os
import signal


def main() -> None:
    """Run a command; Ctrl+C ends its imports without their traceback."""
    usual = signal.signal(signal.SIGINT, _end)
    from lod.cli import main as commands

    signal.signal(signal.SIGINT, usual)
    commands()


def _end(*_: object) -> None:
    os.write(2, b"lod: interrupted\n")
    os._exit(130)


if __name__ == "__main__":
    main()
