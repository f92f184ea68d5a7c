"""The `amyo` command: one short function for each sub-command.

What is heavy is imported by the function that needs it, so that the first question appears at
once. Errors are one line on standard error and exit status 2 (see `assistant.ending`).
"""

from __future__ import annotations

import gc
import locale
import os
import sys
import tempfile
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.ending import INTERRUPTED, Commands, Refusal
from assistant.language.catalogue import LANGUAGES
from rules.model import Tier

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.dialogue.evaluate import CaseResult
    from assistant.dialogue.events import Session, Settings
    from assistant.dialogue.replay_report import Report
    from assistant.reasoning.differential import Reasoner
    from assistant.records.cohort import Cohort, KnownCase
    from rules.model import Knowledge

VERSION = "0.1.0"
MOST_BYTES = 5_000_000  # read of a case


def default_language() -> str:
    """French if the user's locale is French, else English."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return "fr" if (named or locale.getlocale()[0] or "").lower().startswith("fr") else "en"


_lang = click.option(
    "--lang", type=click.Choice(LANGUAGES), default=default_language, help="Language (fr or en)."
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="amyo")
def main() -> None:
    """A guided interview on muscle wasting. Without a command: the interview, with its options.

    A teaching and decision-support tool, not a medical device.
    """


@main.command()
@_lang
@click.option("--record", type=click.Path(path_type=Path), help="Write the session as a dialogue.")
@click.option("--plain", is_flag=True, help="Numbered ASCII menus, line by line.")
@click.option(
    "--tier", type=click.Choice([tier.value for tier in Tier]), default=Tier.GENETICS.value,
    help="The furthest kind of finding that may be asked for.",
)  # fmt: skip
def interview(lang: str, record: Path | None, plain: bool, tier: str) -> None:
    """The guided interview."""
    from assistant.dialogue.events import Settings
    from assistant.terminal.run import interview as hold
    from assistant.terminal.run import open_terminal

    if record is not None:
        _try_to_write(record)
    reasoner = _reasoner()
    settings = Settings(lang=lang, today=date.today(), tier=Tier(tier))
    terminal = open_terminal(reasoner, plain=plain)
    session = hold(reasoner, settings, terminal, VERSION)
    if record is not None and session.answers:
        _record(session, reasoner, record)


@main.command()
def check() -> None:
    """Verify the knowledge: every problem, with file and line."""
    from rules.check import problems
    from rules.files import knowledge_files
    from rules.load import read

    knowledge, sources = read(knowledge_files())
    found = problems(knowledge, sources)
    for problem in found:
        click.echo(str(problem))
    if found or knowledge is None:
        raise click.exceptions.Exit(1)
    click.echo(
        f"{len(knowledge.diagnoses)} diagnoses, {len(knowledge.findings)} findings, "
        f"{len(knowledge.patterns)} patterns, {len(knowledge.red_flags)} red flags, "
        f"{len(knowledge.references)} references: no problem found"
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@_lang
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--export-phenopacket", "export", type=click.Path(path_type=Path),
              help="Write the case, as it was understood, as a Phenopacket.")  # fmt: skip
def diagnose(file: Path, lang: str, form: str, export: Path | None) -> None:
    """Conclude on one case: a Phenopacket or a dialogue file.

    A GA4GH Phenopacket (version 2, JSON), or the patient of a dialogue file; - reads standard input.
    """
    from assistant.records.case import CaseError, as_json, as_text, read_case
    from assistant.records.export import write_phenopacket
    from assistant.terminal.plain import printed

    if export is not None:
        _try_to_write(export, "--export-phenopacket")
    reasoner = _reasoner()
    try:
        case = read_case(file, _text_of(file), reasoner.knowledge)
    except CaseError as error:
        raise Refusal(str(error)) from None
    if export is not None:
        write_phenopacket(export, case, reasoner.knowledge, datetime.now(UTC), VERSION)
    click.echo(
        as_json(reasoner, case) if form == "json" else printed(as_text(reasoner, case, lang))
    )


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--expected", type=click.Path(path_type=Path),
              help="A table, tab-separated: file and expected (the id of a diagnosis).")  # fmt: skip
@click.option("--interview", "by_interview", is_flag=True,
              help="Each case answers only what it is asked.")  # fmt: skip
@click.option(
    "--tier", type=click.Choice([tier.value for tier in Tier]),
    help="The furthest kind of finding that may be asked for (else as the case says).",
)  # fmt: skip
@click.option("--strategy", type=click.Choice(["information", "fixed", "random"]),
              default="information", help="With --interview: how the next question is chosen.")  # fmt: skip
@click.option(
    "--cap", type=click.IntRange(1, 400), help="With --interview: at most so many questions."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@_lang
def evaluate(
    paths: tuple[Path, ...],
    expected: Path | None,
    by_interview: bool,
    tier: str | None,
    strategy: str,
    cap: int | None,
    form: str,
    lang: str,
) -> None:
    """Measure how often the right diagnosis leads over cases.

    PATHS are dialogue files, Phenopackets, or folders of them. What each case is stands in the
    table, else in the dialogue (expect.leading).

    \b
    Recall: of the findings and patterns that speak for the right diagnosis when
    everything is known, the share that the interview obtained.
    Precision: of the answers that it obtained, the share that speaks for or
    against the right diagnosis or its nearest rival.
    """
    from assistant.dialogue import evaluate_report
    from assistant.dialogue.evaluate import Accuracy
    from assistant.language.catalogue import say
    from assistant.terminal.progress import tracked

    reasoner = _reasoner()
    cohort = _cohort(paths, expected, reasoner.knowledge)
    if cohort.left_out:
        count, file = len(cohort.left_out), cohort.left_out[0]
        click.echo(say(lang, "evaluate_left_out", count=count, file=file), err=True)
    held = partial(_settings, lang, Tier(tier) if tier else None, strategy, cap)
    measure = _measure(reasoner, held if by_interview else None)
    results = [measure(case) for case in tracked(cohort.cases, say(lang, "evaluate_progress"))]
    done, all_ = len(results), len(cohort.cases)
    found = Accuracy(tuple(results), by_interview)
    if form == "json":
        click.echo(evaluate_report.as_json(found, cohort.left_out, interrupted=done < all_))
    else:
        click.echo(evaluate_report.text(reasoner.knowledge, found, lang))
    if done < all_:
        click.echo(say(lang, "evaluate_interrupted", done=done, all=all_), err=True)
        raise click.exceptions.Exit(INTERRUPTED)


def _cohort(paths: tuple[Path, ...], expected: Path | None, knowledge: Knowledge) -> Cohort:
    """The cases to evaluate. Every problem is one line; Refusal if none can be evaluated."""
    from assistant.records.cohort import CohortError, Truths, find_cases, read_cohort

    files = find_cases(paths)
    truths = None if expected is None else Truths(expected, _text_of(expected))
    try:
        cohort = read_cohort({file: _text_of(file) for file in files}, paths, truths, knowledge)
    except CohortError as error:
        *others, last = error.problems
        for problem in others:
            click.echo(f"Error: {problem}", err=True)
        raise Refusal(last) from None
    where = ", ".join(map(str, paths))
    if not files:
        raise Refusal(f"no case (*.yaml, *.json) found in {where}: name a file or a folder")
    if not cohort.cases:
        raise Refusal(f"nothing says what the cases in {where} are: give a table with --expected")
    return cohort


def _settings(
    lang: str, tier: Tier | None, strategy: str, cap: int | None, case: KnownCase
) -> Settings:
    """How the interview with a case is held. Without a `tier`, as far as the case says."""
    from assistant.dialogue.events import Settings
    from assistant.reasoning.inquiry import DEFAULT_CAP, Strategy

    return Settings(
        lang,
        date.today(),
        tier=tier or case.tier,
        cap=cap or DEFAULT_CAP,
        strategy=Strategy(strategy),
    )


def _measure(
    reasoner: Reasoner, held: Callable[[KnownCase], Settings] | None
) -> Callable[[KnownCase], CaseResult]:
    """How a case is evaluated: by an interview that is `held` so, or with all answers at once."""
    from assistant.dialogue.evaluate import evaluate, evaluate_interview

    def measure(case: KnownCase) -> CaseResult:
        if held is None:
            return evaluate(reasoner, case.file, case.answers, case.expected)
        return evaluate_interview(reasoner, case.file, case.answers, case.expected, held(case))

    return measure


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "junit"]), default="text")
@click.option("--accept", is_flag=True, help="Offer to rewrite expectations that were not met.")
def replay(paths: tuple[Path, ...], form: str, accept: bool) -> None:
    """Run dialogue files (without a path: those of the program).

    Each runs in French and in English. Exit 1 if one fails, 2 if none was found.
    """
    from assistant.dialogue import replay_report
    from assistant.dialogue.run import run_all, shipped_dialogues

    chosen = paths or (shipped_dialogues(),)
    reasoner = _reasoner()
    reports = []
    for report in run_all(reasoner, chosen):
        reports.append(report)
        if form == "text":
            click.echo(replay_report.text(report))
    if not reports:
        raise Refusal(
            f"no dialogue (*.yaml) found in {', '.join(map(str, chosen))}: name a file or a folder"
        )
    if form == "json":
        click.echo(replay_report.as_json(reports))
    elif form == "junit":
        click.echo(replay_report.as_junit(reports))
    failed = [report for report in reports if not report.passed]
    click.echo(f"{len(reports) - len(failed)} passed, {len(failed)} failed", err=form != "text")
    if accept:
        _offer_to_accept(reasoner, failed)
    if failed:
        raise click.exceptions.Exit(1)


@main.group(name="knowledge", invoke_without_command=True)
@click.pass_context
def knowledge_(ctx: click.Context) -> None:
    """Read the knowledge: list, show ID, graph, stats."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@knowledge_.command(name="list")
@_lang
def list_(lang: str) -> None:
    """Every diagnosis, by group, with its id."""
    from assistant.language.page import listing
    from assistant.terminal.plain import printed

    click.echo(printed(listing(_reasoner().knowledge, lang)))


@knowledge_.command()
@click.argument("name")
@_lang
def show(name: str, lang: str) -> None:
    """The page of a diagnosis, by its id or name."""
    from assistant.language.page import page
    from assistant.terminal.plain import printed

    knowledge = _reasoner().knowledge
    click.echo(printed(page(knowledge, _diagnosis(knowledge, name), lang)))


@knowledge_.command()
@click.argument("names", nargs=-1)
@_lang
@click.option("--format", "form", type=click.Choice(["mermaid", "dot"]), default="mermaid")
def graph(names: tuple[str, ...], lang: str, form: str) -> None:
    """From findings to diagnoses (all, or those named)."""
    from assistant.language.graph import dot, mermaid

    knowledge = _reasoner().knowledge
    ids = [_diagnosis(knowledge, name) for name in names] or list(knowledge.diagnoses)
    click.echo((mermaid if form == "mermaid" else dot)(knowledge, ids, lang))


@knowledge_.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def stats(form: str) -> None:
    """Rules, findings, references, share of judgement, and rules that no dialogue fires."""
    import json

    from assistant.dialogue.replay import find_dialogues
    from assistant.dialogue.run import shipped_dialogues
    from assistant.dialogue.script import read_dialogue
    from assistant.dialogue.stats import stats as count

    reasoner = _reasoner()
    paths = find_dialogues([shipped_dialogues()])
    found = count(reasoner, (read_dialogue(path, reasoner.knowledge) for path in paths))
    if form == "json":
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for key, value in found.items():
        told = len(value) if isinstance(value, list) else value
        click.echo(f"{key.replace('_', ' ')}: {told}")
        if isinstance(value, list):
            for item in value:
                click.echo(f"  {item}")


def _diagnosis(knowledge: Knowledge, name: str) -> str:
    """The id of the diagnosis that a name means. Refusal if none or several are."""
    from assistant.language.names import diagnosis_names, look_up

    found = look_up(name, diagnosis_names(knowledge))
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal(f"“{name}” may be {', '.join(found)}: name one of them")
    raise Refusal(f"no diagnosis “{name}”: see amyo knowledge list")


def _offer_to_accept(reasoner: Reasoner, failed: list[Report]) -> None:
    from assistant.dialogue.accept import accepted, rewrite
    from assistant.dialogue.script import read_dialogue

    for report in failed:
        if report.unreadable:
            continue
        expect = accepted(read_dialogue(Path(report.name), reasoner.knowledge), report.results)
        if click.confirm(f"Rewrite what {report.name} expects?", default=False, err=True):
            rewrite(Path(report.name), expect)


def _reasoner() -> Reasoner:
    """The shipped knowledge, made ready."""
    from platformdirs import user_cache_path

    from assistant.reasoning.differential import Reasoner
    from rules.cache import load_cached
    from rules.problem import KnowledgeError

    try:
        reasoner = Reasoner.of(load_cached(user_cache_path("amyo")))
    except KnowledgeError as error:
        first, *others = error.problems
        more = f" (and {len(others)} more)" if others else ""
        raise Refusal(f"{first}{more}. All that is wrong in the knowledge: amyo check") from None
    gc.freeze()
    gc.enable()
    return reasoner


def _text_of(path: Path) -> str:
    """The text of a file or of standard input. Refusal if it cannot be read."""
    if path == Path("-"):
        return sys.stdin.buffer.read(MOST_BYTES).decode("utf-8", "replace")
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(MOST_BYTES)
    except UnicodeDecodeError:
        raise Refusal(f"{path}: not a text in UTF-8: name a JSON or YAML file") from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}") from None


def _try_to_write(path: Path, option: str = "--record") -> None:
    """Refusal, before the first question, if no file can be made there."""
    if path.exists() or path.is_symlink():
        raise Refusal(f"{path} exists already: name another file for {option}")
    if not path.parent.is_dir():
        raise Refusal(f"there is no folder {path.parent}: make it, or name another for {option}")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise Refusal(
            f"nothing can be written in {path.parent} ({error.strerror}): name another folder"
            f" for {option}"
        ) from None


def _record(session: Session, reasoner: Reasoner, path: Path) -> None:
    from assistant.dialogue.record import write_session
    from assistant.language.catalogue import say

    try:
        write_session(session, reasoner, path)
    except OSError as error:
        failure = click.ClickException(
            f"the session could not be recorded in {path} ({error.strerror}): make room, or name"
            " another file, and hold it again"
        )
        raise failure from None
    click.echo(say(session.lang, "recorded", path=path), err=True)
