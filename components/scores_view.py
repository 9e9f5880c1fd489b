"""Scored keys: one run a row, newest first, and the table by kind of the one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.theme import table_height
from pipelines.records.scores import Evaluation, KindScore


def draw_runs(runs: Sequence[Evaluation]) -> Evaluation:
    """The runs, oldest first as given; the one whose row was pressed, else the newest."""
    shown = list(reversed(runs))
    pressed = st.dataframe(
        [run_row(run) for run in shown],
        hide_index=True,
        height=table_height(len(shown), 320),
        on_select="rerun",
        selection_mode="single-row",
        key="quality:runs",
        alt="Runs of keys, newest first",
    )
    chosen = pressed["selection"]["rows"]
    return shown[chosen[0]] if chosen and chosen[0] < len(shown) else shown[0]


def draw_kinds(run: Evaluation) -> None:
    """The table by kind of one run, the line over all kinds last."""
    st.dataframe(
        [{"Kind": kind.kind, **figures(kind)} for kind in run.kinds],
        hide_index=True,
        height=table_height(len(run.kinds), 640),
        key=f"quality:kinds:{run.log_id}",
        alt="Scores by kind of question",
    )


def run_row(run: Evaluation) -> dict[str, object]:
    """One run in a line: when, which key, who wrote, the figures over all kinds."""
    return {
        "Time (UTC)": run.time[:16].replace("T", " "),
        "Key": run.key,
        "Key digest": run.key_sha256[:8],
        "Engine": ", ".join(run.models) or run.engine,
        **figures(run.total),
        "Log": run.log_id[:8],
    }


def figures(kind: KindScore) -> dict[str, object]:
    """The figures of a line as people read them; a dash where no question could have it."""
    return {
        "Questions": kind.items,
        "Right": share(kind.accuracy),
        "Evidence found": share(kind.evidence_recall),
        "Evidence exact": share(kind.evidence_precision),
        "Declined rightly": share(kind.abstention),
        "Declined wrongly": share(kind.false_abstention),
        "Wrong but confident": share(kind.wrong_but_confident),
        "Failed": share(kind.failed),
        "Half within (ms)": round(kind.p50_ms),
        "95 % within (ms)": round(kind.p95_ms),
    }


def share(value: float | None) -> str:
    """A share in percent, with one decimal."""
    return "-" if value is None else f"{100 * value:.1f} %"
