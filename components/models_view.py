"""Models as tables: what the server has, what suits it, and how the tried ones did side by side.

Figures that the server did not give are a dash. A share is said in words and percent, never by
colour alone. Names come from a server and are drawn as plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import streamlit as st

from components.theme import table_height
from pipelines.records.models import KnownModel, ModelFacts, ServerView, Timing, TryRun

GB = 1e9
DASH = "-"


def draw_models(view: ServerView, speeds: dict[str, Sequence[Timing]]) -> str | None:
    """The server's models, the chosen one first; the name of the row that was pressed."""
    shown = sorted(view.models, key=lambda model: (model.name != view.pick, model.name))
    pressed = st.dataframe(
        [model_row(model, view, speeds.get(model.name, ())) for model in shown],
        hide_index=True,
        height=table_height(len(shown), 360),
        on_select="rerun",
        selection_mode="single-row",
        key="models:list",
        alt="Models of the server",
    )
    chosen = pressed["selection"]["rows"]
    return shown[chosen[0]].name if chosen and chosen[0] < len(shown) else view.pick


def model_row(model: ModelFacts, view: ServerView, speeds: Sequence[Timing]) -> dict[str, object]:
    """One model in a line."""
    memory = next((item for item in view.loaded if item.name == model.name), None)
    use = "writes answers" if model.name == view.pick else ""
    where = "not loaded"
    if memory is not None:
        share = memory.gpu_share
        where = f"{100 * share:.0f} % on the GPU" if share else "in memory, none on the GPU"
    return {
        "Model": model.name,
        "Use": "cloud, refused" if model.remote else use,
        "In memory": where,
        "Size": f"{model.size / GB:.1f} GB" if model.size else DASH,
        "Parameters": model.parameters or DASH,
        "Quantisation": model.quantisation or DASH,
        "Context": f"{model.context:,}" if model.context else DASH,
        "Tokens/s": _middle([t.tokens_per_s for t in speeds], "{:.0f}"),
        "First sentence": _middle([t.first_sentence_s for t in speeds], "{:.1f} s"),
        "Licence": model.licence or DASH,
        "Digest": model.digest.removeprefix("sha256:")[:12] or DASH,
    }


def draw_recommended(models: Sequence[KnownModel]) -> None:
    """Models that suit the app, by GPU memory."""
    st.dataframe(
        [
            {
                "Model": model.name,
                "GPU memory": f"{model.gpu_gb:.0f} GB",
                "Download": f"{model.size_gb:.1f} GB",
                "Licence": model.licence,
                "Note": model.note,
            }
            for model in models
        ],
        hide_index=True,
        height=table_height(len(models), 320),
        key="models:recommended",
        alt="Models that suit this app, by GPU memory",
    )


def draw_trials(runs: Sequence[TryRun]) -> None:
    """The figures of each tried model in a column of its own, then question by question."""
    st.dataframe(
        [{"": name, **{run.model: said[name] for run, said in _told(runs)}} for name in FIGURES],
        hide_index=True,
        key="models:trial",
        alt="Tried models side by side",
    )
    idents = [item.ident for item in runs[0].items] if runs else []
    st.dataframe(
        [{"Question": ident, **{run.model: _item(run, ident) for run in runs}} for ident in idents],
        hide_index=True,
        height=table_height(len(idents), 460),
        key="models:trial-items",
        alt="Each question of the trial",
    )


FIGURES = ("Right", "Withheld", "Tokens/s", "First sentence", "Whole trial")


def trial_figures(run: TryRun) -> dict[str, str]:
    """The figures of one tried model, as people read them."""
    return {
        "Right": f"{sum(item.right for item in run.items)} of {len(run.items)}",
        "Withheld": f"{100 * run.withheld_share:.0f} % of its sentences",
        "Tokens/s": _middle([run.timing.tokens_per_s], "{:.0f}"),
        "First sentence": _middle([run.timing.first_sentence_s], "{:.1f} s"),
        "Whole trial": f"{sum(item.seconds for item in run.items):.0f} s",
    }


def _told(runs: Sequence[TryRun]) -> list[tuple[TryRun, dict[str, str]]]:
    return [(run, trial_figures(run)) for run in runs]


def _item(run: TryRun, ident: str) -> str:
    item = next((item for item in run.items if item.ident == ident), None)
    if item is None:
        return DASH
    withheld = f", {item.withheld} withheld" if item.withheld else ""
    return f"{'✓ right' if item.right else '✕ wrong'}{withheld}: {item.said or 'nothing shown'}"


def _middle(known: Sequence[float | None], form: str) -> str:
    told = [number for number in known if number is not None]
    return form.format(median(told)) if told else DASH
