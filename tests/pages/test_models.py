"""The Models page: no server, a server with models, the choice of one, a trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components.models_view import model_row, trial_figures
from pipelines.answers.scripted_server import ScriptedServer
from pipelines.desk import this_process
from pipelines.records.models import Loaded, ModelFacts, ServerView, Timing, TryItem, TryRun
from tests.pages.conftest import shown

PAGE = "oversight/models.py"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    with ScriptedServer(models=("qwen3:8b", "small:4b")) as running:
        monkeypatch.setenv("CHARTROOM_OLLAMA_URL", running.url)
        yield running


def press(app: AppTest, name: str) -> AppTest:
    return next(button for button in app.button if button.label == name).click().run()


def test_without_a_server_the_page_says_so_and_what_can_be_done(
    open_page: Callable[..., AppTest],
) -> None:
    app = open_page(PAGE)
    assert "No model server answers at" in shown(app)
    assert "docs/gpu-host.md" in shown(app)
    assert "this is the embedded answer" not in shown(app)
    assert "Fetch" not in [button.label for button in app.button]


def test_the_models_of_the_server_stand_with_what_is_known_of_them(
    home: object, server: ScriptedServer, open_page: Callable[..., AppTest]
) -> None:
    this_process.close()
    app = open_page(PAGE)
    listed = app.dataframe[0].value
    assert list(listed["Model"]) == ["qwen3:8b", "small:4b"]
    assert list(listed["Use"]) == ["writes answers", ""]
    assert "No part of the model is on a GPU" in shown(app)


def test_a_trial_goes_on_by_itself_and_its_figures_stand_side_by_side(
    home: object, server: ScriptedServer, open_page: Callable[..., AppTest]
) -> None:
    this_process.close()
    app = open_page(PAGE)
    app.multiselect[0].set_value(["qwen3:8b", "small:4b"])
    press(app, "Try")
    this_process.model_jobs().wait(60)
    app.run()
    figures, items = app.dataframe[1].value, app.dataframe[2].value
    assert {"qwen3:8b", "small:4b"} <= set(figures.columns)
    assert len(items) == 10
    assert len(this_process.house().ledger.entries(action="trial")) == 2


VIEW = ServerView("http://127.0.0.1", "1", (), (Loaded("half:8b", 100, 50),), "half:8b")
FACTS = ModelFacts("half:8b", "sha256:abcdef0123456789", 5_200_000_000, context=40960)


@pytest.mark.parametrize(
    ("model", "column", "said"),
    [
        (FACTS, "Use", "writes answers"),
        (FACTS, "In memory", "50 % on the GPU"),
        (FACTS, "Size", "5.2 GB"),
        (FACTS, "Context", "40,960"),
        (FACTS, "Digest", "abcdef012345"),
        (FACTS, "Tokens/s", "40"),
        (FACTS, "Quantisation", "-"),
        (ModelFacts("big:cloud", "", 0, remote=True), "Use", "cloud, refused"),
        (ModelFacts("other:1b", "", 0), "In memory", "not loaded"),
    ],
)
def test_a_line_says_what_is_known_and_a_dash_for_what_is_not(
    model: ModelFacts, column: str, said: str
) -> None:
    speeds = [Timing(tokens_per_s=30.0), Timing(tokens_per_s=50.0), Timing()]
    assert model_row(model, VIEW, speeds)[column] == said


def test_the_figures_of_a_trial_count_questions_and_sentences() -> None:
    items = (TryItem("a", "?", True, 1, 4, 2.0, "x"), TryItem("b", "?", False, 0, 0, 1.0, ""))
    run = TryRun("m", None, items, Timing(first_sentence_s=0.8))
    assert trial_figures(run) == {
        "Right": "1 of 2",
        "Withheld": "25 % of its sentences",
        "Tokens/s": "-",
        "First sentence": "0.8 s",
        "Whole trial": "3 s",
    }
