"""Where `amyo` and `python -m assistant` begin."""

import gc
import os
import sys


def main() -> None:
    """Run the command line, and exit with its status."""
    # What is imported and read stays to the end: to look through it for garbage, again and again,
    # would take a third of the time. `assistant.cli` wakes the collector when all is read.
    gc.disable()
    # Else pydantic looks through every installed package for plugins, which nothing here needs.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from assistant.cli import main as commands  # here: importing takes time enough for Ctrl-C
        from assistant.ending import run

        status = run(commands)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
