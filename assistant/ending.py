"""How the program ends: an error is one line, Ctrl-C or a closed pipe leave no traceback."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from typing import Any

import click

FAILED, REFUSED, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141  # the last two as a shell counts them


class Refusal(click.ClickException):
    """What cannot be done: one line that says what is wrong, where, and what to do next."""

    exit_code = REFUSED


class Commands(click.Group):
    """The commands of the program. Without one it is the first of them, to which options go."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read us has read enough
            _let_go_of_output()
            ctx.exit(PIPE_CLOSED)


def run(command: click.Command) -> int:
    """Run a command with the arguments of this process. Its exit status."""
    _make_output_lenient()
    try:
        status = command.main(prog_name="amyo", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        click.echo(f"Error: {_one_line(error)}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_output()
        return PIPE_CLOSED
    except OSError as error:
        _let_go_of_output()
        where = error.filename or "what was to be printed"
        click.echo(f"Error: {where} cannot be written or read: {error.strerror}", err=True)
        return REFUSED
    return status if isinstance(status, int) else 0


def _one_line(error: click.ClickException) -> str:
    text = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError):
        text += f" See {error.ctx.command_path if error.ctx else 'amyo'} --help."
    return text


def _let_go_of_output() -> None:
    """Nothing more is written: the interpreter would fail at its last flush."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):  # there is no such output
        sys.stdout = None


# --- output that has no accents -----------------------------------------------------------


def _make_output_lenient() -> None:
    """What the encoding of the output cannot say loses its accents, and nothing fails."""
    codecs.register_error("amyo", _without_accents)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="amyo")


def _without_accents(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = unicodedata.normalize("NFKD", error.object[error.start : error.end])
    return text.encode("ascii", "ignore").decode(), error.end
