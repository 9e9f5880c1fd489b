"""The words of the command line. What is not built yet is absent: it ends with status 2."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipelines import cli_brief, cli_cohort, cli_evaluate, cli_fetch, cli_models


def parse(arguments: Sequence[str] | None, verbs: Mapping[str, Callable[..., int]]) -> Namespace:
    """The options, checked against each other; exits with status 2 and the usage."""
    top = parser(verbs)
    options = top.parse_args(arguments)
    _check(top, options)
    return options


def parser(verbs: Mapping[str, Callable[..., int]]) -> ArgumentParser:
    """The parser; `options.verb` is the function of the chosen verb."""
    top = ArgumentParser(
        prog="chartroom",
        description="Ask a patient's chart, see the source.",
        epilog="chartroom VERB --help says more of a verb.",
    )
    top.add_argument("--home", type=Path, default=None, metavar="DIR", help="what is kept")
    subparsers = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, build in _VERBS.items():
        sub = subparsers.add_parser(name, help=build.__doc__, description=build.__doc__)
        sub.add_argument("--json", action="store_true", help="one JSON value on stdout")
        build(sub)
        sub.set_defaults(verb=verbs[name], name=name)
    return top


def _load(sub: ArgumentParser) -> None:
    """FHIR files and folders into the chart store"""
    sub.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    sub.add_argument("--validate", choices=("full", "sample", "off"), default=None)


def _refused(sub: ArgumentParser) -> None:
    """what was refused, and why; what belongs to no patient"""
    sub.add_argument("--retry", action="store_true", help="read the files again")


def _remove(sub: ArgumentParser) -> None:
    """one patient out of the store; the log stays"""
    sub.add_argument("patient", metavar="PATIENT")


def _patients(sub: ArgumentParser) -> None:
    """one row a patient"""


def _ask(sub: ArgumentParser) -> None:
    """one cited answer, or many with --batch"""
    sub.add_argument("patient", nargs="?", metavar="PATIENT")
    sub.add_argument("question", nargs="?", metavar="QUESTION")
    _batch_options(sub)
    sub.add_argument("--engine", choices=("auto", "embedded", "ollama"), default="auto")
    sub.add_argument("--as-of", default=None, metavar="T", help="read nothing after this time")


def _redact(sub: ArgumentParser) -> None:
    """text with PHI removed, on stdout"""
    sub.add_argument("file", nargs="?", metavar="FILE", help="a text file, or - for stdin")
    sub.add_argument("--patient", default=None, help="also remove this chart's identifiers")
    sub.add_argument("--mode", choices=("safe-harbor",), default="safe-harbor")
    _batch_options(sub)


def _export(sub: ArgumentParser) -> None:
    """an answer, a conversation or a briefing, redacted and re-scanned"""
    sub.add_argument("kind", choices=("answer", "thread", "briefing"))
    sub.add_argument("id", metavar="ID")
    sub.add_argument("--to", type=Path, required=True, metavar="FILE")
    sub.add_argument("--format", choices=("md",), default="md")
    sub.add_argument("--mode", choices=("safe-harbor",), default="safe-harbor")


def _log(sub: ArgumentParser) -> None:
    """the ledger: list, show, verify"""
    what = sub.add_subparsers(dest="what", required=True, metavar="list|show|verify")
    for name in ("list", "show", "verify"):
        action = what.add_parser(name)
        # SUPPRESS keeps a `--json` that was given before the sub-verb.
        action.add_argument("--json", action="store_true", default=SUPPRESS)
        if name == "show":
            action.add_argument("id", metavar="ID")


def _settings(sub: ArgumentParser) -> None:
    """what is in force and where each came from"""


def _demo_model(sub: ArgumentParser) -> None:
    """a scripted server that speaks Ollama's protocol, labelled as such"""
    sub.add_argument("--port", type=_port, default=11434, metavar="N")
    sub.add_argument("--mode", type=_mode, default="ok", metavar="MODE", help="how it behaves")


def _serve(sub: ArgumentParser) -> None:
    """the app"""
    sub.add_argument("--port", type=_port, default=None, metavar="N")


_VERBS: Mapping[str, Callable[[ArgumentParser], None]] = {
    "load": _load,
    "fetch": cli_fetch.words,
    "refused": _refused,
    "remove": _remove,
    "patients": _patients,
    "ask": _ask,
    "cohort": cli_cohort.words,
    "brief": cli_brief.words,
    "redact": _redact,
    "export": _export,
    "log": _log,
    "evaluate": cli_evaluate.words,
    "models": cli_models.words,
    "settings": _settings,
    "demo-model": _demo_model,
    "serve": _serve,
}


def _batch_options(sub: ArgumentParser) -> None:
    sub.add_argument("--batch", type=Path, default=None, metavar="IN.jsonl")
    sub.add_argument("--out", type=Path, default=None, metavar="OUT.jsonl")


def _check(top: ArgumentParser, options: Namespace) -> None:
    if options.name == "brief":
        cli_brief.check(top, options)
    if options.name not in ("ask", "redact"):
        return
    single = options.question if options.name == "ask" else options.file
    if (options.batch is None) != (options.out is None):
        top.error("--batch and --out go together")
    if options.batch is None and single is None:
        top.error("name what to work on, or give --batch and --out")
    if options.batch is not None and single is not None:
        top.error("--batch takes its work from the file")
    if options.batch is not None and _same_file(options.batch, options.out):
        top.error("--out must be another file than --batch")


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _mode(text: str) -> str:
    from pipelines.desk.demo_model import modes

    if text not in modes():
        raise ArgumentTypeError(f"one of {', '.join(modes())}")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise ArgumentTypeError("a port from 0 to 65535")
    return int(text)
