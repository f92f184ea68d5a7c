"""Where `amyo` and `python -m assistant` begin."""

import sys


def main() -> None:
    """Run the command line, and exit with its status."""
    try:
        from assistant.cli import main as commands  # here: importing takes time enough for Ctrl-C
        from assistant.ending import run

        status = run(commands)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
