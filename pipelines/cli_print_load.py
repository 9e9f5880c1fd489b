"""What `load`, `refused` and `remove` print for people."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.cli_print import text
from pipelines.records.loads import (
    LoadProgress,
    LoadReport,
    OrphanGroup,
    Refusal,
    Removed,
    Retry,
)

REFUSALS_LISTED = 20
ORPHANS_LISTED = 20
REDRAW_S = 0.1
CLEAR_LINE = "\r\x1b[K"


@dataclass(slots=True)
class Progress:
    """One line on the terminal that overwrites itself, a few times a second."""

    drawn_at: float = 0.0
    is_open: bool = False

    def __call__(self, progress: LoadProgress) -> None:
        """Draw where the load is."""
        now = time.monotonic()
        is_under_way = (
            progress.files_done < progress.files_total or progress.vectors < progress.vectors_total
        )
        if is_under_way and now - self.drawn_at < REDRAW_S:
            return
        self.drawn_at, self.is_open = now, True
        sys.stderr.write(CLEAR_LINE + progress.words)
        sys.stderr.flush()

    def end(self) -> None:
        """Close the line, so that what is said next stands on its own."""
        if self.is_open:
            sys.stderr.write("\n")
            sys.stderr.flush()
            self.is_open = False


def load_report(report: LoadReport) -> None:
    """What came in, what did not and why."""
    text(
        f"{report.files} files, {report.resources} resources of {report.patients} patients "
        f"({report.unchanged} unchanged, {report.orphans} orphans) in {report.seconds:.1f} s, "
        f"{report.mb_per_s:.0f} MB/s; {report.checked}."
    )
    if report.notice:
        text(report.notice)
    _refusals(report.refused, "refused")


def retried(again: Retry) -> None:
    """What reading again did, and which files are not there any more."""
    if again.report.files:
        load_report(again.report)
    elif not again.gone:
        text("Nothing is refused.")
    for name in again.gone:
        text(f"  not there to be read again: {name}")


def refused_and_orphans(refused: Sequence[Refusal], orphans: Sequence[OrphanGroup]) -> None:
    """What was refused and not loaded since; then what belongs to nobody."""
    if refused:
        _refusals(refused, "refused and not loaded since")
    else:
        text("Nothing is refused.")
    if orphans:
        text(f"{sum(group.resources for group in orphans)} resources belong to no patient here:")
    for group in orphans[:ORPHANS_LISTED]:
        types = ", ".join(f"{number} {kind}" for kind, number in group.by_type.items())
        text(f"  {group.link}: {types}; {group.file or 'unknown file'}")
    if len(orphans) > ORPHANS_LISTED:
        text(f"  … and {len(orphans) - ORPHANS_LISTED} more (--json lists all)")


def removed(gone: Removed, written_anew: bool) -> None:
    """How much was taken out, and whether the store's file was written without it."""
    text(
        f"{gone.patient} is removed: {gone.resources} resources and {gone.refused} refusals; "
        f"{gone.files} files are forgotten. Log {gone.log_id}."
    )
    if not written_anew:
        text(
            "The store's file could not be written anew, the disk may be full: what was removed is"
            " in no table, but words of it stay in the file until the next removal."
        )


def _refusals(refused: Sequence[Refusal], what: str) -> None:
    if not refused:
        return
    text(f"{len(refused)} {what}:")
    reasons = Counter(item.reason for item in refused)
    if len(refused) > REFUSALS_LISTED:
        for reason, number in reasons.most_common(REFUSALS_LISTED):
            text(f"  {number} times: {reason}")
        text("The first of them:")
    for item in refused[:REFUSALS_LISTED]:
        where = item.file if item.entry is None else f"{item.file} entry {item.entry}"
        text(f"  {where} {item.resource or ''}: {item.reason}")
    if len(refused) > REFUSALS_LISTED:
        text(f"  … and {len(refused) - REFUSALS_LISTED} more (--json lists all)")
