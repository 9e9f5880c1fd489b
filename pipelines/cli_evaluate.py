"""`chartroom evaluate`: a key scored; its words, its verb and the table that people see."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from pipelines import cli_print
from pipelines.records.scores import Evaluation, KindScore
from pipelines.settings import Settings

RUNS_LISTED = 10
COLUMNS = (
    ("right", "accuracy"),
    ("recall", "evidence_recall"),
    ("precision", "evidence_precision"),
    ("abstained", "abstention"),
    ("false abst.", "false_abstention"),
    ("wrong", "wrong_but_confident"),
    ("failed", "failed"),
)


def words(sub: ArgumentParser) -> None:
    """answers scored against a key, by kind, beside earlier runs of it"""
    sub.add_argument("key", type=Path, metavar="GOLD.jsonl")
    sub.add_argument("--patient", default=None, help="for questions that name no patient")
    sub.add_argument("--engine", choices=("auto", "embedded", "ollama"), default="embedded")
    sub.add_argument("--wrong", action="store_true", help="name the questions that failed")


def evaluate(options: Namespace, settings: Settings) -> int:
    """`evaluate GOLD.jsonl`: every question asked, logged, scored."""
    from pipelines.desk import access
    from pipelines.desk import evaluate as desk
    from pipelines.desk.house import open_house

    house = open_house(settings)
    request = desk.EvaluateRequest(options.key, options.patient, options.engine)
    made = desk.evaluate(house, access.system_reader(), request, _progress)
    runs = desk.history(house, made.key_sha256)
    if options.json:
        cli_print.json_line(as_json(made, runs))
    else:
        _print(made, runs, with_wrong=options.wrong)
    return 0


def as_json(made: Evaluation, runs: tuple[Evaluation, ...]) -> dict[str, object]:
    """The run with all of its items, and the totals of every run of the same key."""
    return {
        "key": made.key,
        "key_sha256": made.key_sha256,
        "engine": made.engine,
        "models": dict(made.models),
        "kinds": [asdict(kind) for kind in made.kinds],
        "items": [asdict(item) for item in made.items],
        "history": [
            {"time": run.time, "log_id": run.log_id, "engine": run.engine, **asdict(run.total)}
            for run in runs
        ],
        "log_id": made.log_id,
    }


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {of} questions" + ("\n" if done == of else ""))
        sys.stderr.flush()


def _print(made: Evaluation, runs: tuple[Evaluation, ...], *, with_wrong: bool) -> None:
    cli_print.text(_head("kind"))
    for kind in made.kinds:
        cli_print.text(_line(kind.kind, kind))
    if with_wrong:
        failed = [i for i in made.items if i.verdict in ("wrong", "false abstention", "failed")]
        for item in failed:
            cli_print.text(f"{item.verdict:16} {item.item_id}  log {item.log_id}")
    if len(runs) > 1:
        cli_print.text("")
        cli_print.text(_head("run of this key"))
        for run in runs[-RUNS_LISTED:]:
            cli_print.text(_line(f"{run.time[:16]} {run.engine}", run.total))


def _head(first: str) -> str:
    names = " ".join(f"{name:>11}" for name, _ in COLUMNS)
    return f"{first:26} {'n':>5} {names} {'p50 ms':>8} {'p95 ms':>8}"


def _line(first: str, kind: KindScore) -> str:
    shares = " ".join(f"{_share(getattr(kind, field)):>11}" for _, field in COLUMNS)
    return f"{first:26} {kind.items:5} {shares} {kind.p50_ms:8.1f} {kind.p95_ms:8.1f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
