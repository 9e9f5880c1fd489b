"""The report beside what the inbox refused: counts, and each refusal without chart text.

It names file, entry number, resource type and reason. Ids are left out, because a hospital's
can be record numbers.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.records.loads import LoadReport, Refusal

ENDING = ".report.txt"
REFUSALS_LISTED = 1_000


def write(path: Path, report: LoadReport) -> Path:
    """Write the report of what now lies at `path` beside it, readable by its owner alone."""
    beside = path.with_name(path.name + ENDING)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(text(path.name, report))
    return beside


def text(name: str, report: LoadReport) -> str:
    """The words of the report."""
    lines = [
        f"{name}: {report.resources:,} resources of {report.patients:,} patients are in "
        f"({report.unchanged:,} were there before), {len(report.refused):,} refused.",
        "Correct what was refused and put it into the inbox again, or run `chartroom refused"
        " --retry` after correcting it here.",
        "",
    ]
    if not (report.resources or report.refused):
        lines.append("Nothing in it is a FHIR resource.")
    lines += [_line(item) for item in report.refused[:REFUSALS_LISTED]]
    more = len(report.refused) - REFUSALS_LISTED
    if more > 0:
        lines.append(f"and {more:,} more; `chartroom refused` lists all")
    return "\n".join(lines) + "\n"


def _line(item: Refusal) -> str:
    where = "whole file" if item.entry is None else f"entry {item.entry}"
    kind = (item.resource or "").partition("/")[0]
    return f"{Path(item.file).name}, {where}{f', {kind}' if kind else ''}: {item.reason}"
