"""The Quality page: an empty home says how to score; runs and their kinds are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.scores_view import figures
from pipelines.desk import evaluate, this_process
from pipelines.records.chart import Reader
from pipelines.records.scores import KindScore
from tests.pages.conftest import shown

PAGE = "oversight/quality.py"
ITEM = {
    "id": "q",
    "patient": "marrowby",
    "question": "What is the latest potassium?",
    "kind": "value",
    "answer": None,
    "evidence": [],
}


def test_a_home_without_runs_says_how_a_key_is_scored(open_page: Callable[..., AppTest]) -> None:
    app = open_page(PAGE)
    assert "No key was scored in this home yet." in shown(app)
    assert "chartroom evaluate" in shown(app)


def test_runs_stand_newest_first_with_the_kinds_of_the_newest(
    open_page: Callable[..., AppTest], tmp_path: Path
) -> None:
    for name in ("old", "new"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({**ITEM, "id": name}))
        request = evaluate.EvaluateRequest(tmp_path / f"{name}.jsonl")
        evaluate.evaluate(this_process.house(), Reader("informaticist"), request)
    app = open_page(PAGE)
    runs, kinds = (table.value for table in app.dataframe)
    assert list(runs["Key"]) == ["new.jsonl", "old.jsonl"]
    assert list(kinds["Kind"]) == ["value", "all"]
    assert list(kinds["Wrong but confident"]) == ["100.0 %", "100.0 %"]


@pytest.mark.parametrize(
    ("share", "written"), [(None, "-"), (0.0, "0.0 %"), (0.9675, "96.8 %"), (1.0, "100.0 %")]
)
def test_a_share_that_cannot_be_told_is_no_zero(share: float | None, written: str) -> None:
    kind = KindScore("all", 3, share, None, None, None, None, 0.0, 0.0, 1.0, 2.0)
    assert figures(kind)["Right"] == written
