"""Where `amyo` and `python -m assistant` begin."""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line, and exit with its status."""
    # What is imported and read stays to the end: to look through it for garbage, again and again,
    # would take a third of the time. `assistant.cli` wakes the collector when all is read.
    gc.disable()
    # Else pydantic looks through every installed package for plugins, which nothing here needs.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        # Importing takes time enough for Ctrl-C, and may swallow it (a KeyboardInterrupt in the
        # callback of an import lock is ignored): until the work begins it ends the process at once.
        heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if heeded:  # not where whoever started the program has it ignored
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        from assistant.cli import main as commands
        from assistant.ending import run

        if heeded:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status = run(commands)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
