"""Running models from the desk: the choice is kept and logged, work goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers.scripted_server import ScriptedServer
from pipelines.desk import models
from pipelines.desk.access import system_reader
from pipelines.desk.house import House, open_house
from pipelines.desk.model_jobs import BUSY, ModelJobs
from pipelines.errors import ChartroomError, ModelUnavailable
from pipelines.records.models import Loaded, ServerView
from pipelines.settings import Settings

MODELS = ("qwen3:8b", "small:4b")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(models=MODELS) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, server: ScriptedServer) -> Iterator[House]:
    settings = Settings.read(tmp_path / "home", {"CHARTROOM_OLLAMA_URL": server.url})
    opened = open_house(settings, writing=True)
    yield opened
    opened.close()


def actions(house: House) -> list[str]:
    return [entry.action for entry in house.ledger.entries()]


def test_a_chosen_model_is_in_force_at_once_kept_for_the_next_start_and_logged(
    house: House,
) -> None:
    assert models.choose(house, system_reader(), "small:4b") == "small:4b"
    assert models.status(house.settings).pick == "small:4b"
    again = Settings.read(house.settings.home, {})
    assert (again.model, again.sources["model"]) == ("small:4b", "settings.toml")
    assert actions(house) == ["model"]


def test_other_lines_of_the_settings_stay_as_they_are(house: House) -> None:
    path = house.settings.home / "settings.toml"
    path.write_text("# ours\nnum_ctx = 8192 # small GPU\nmodel = 'old'\n")
    models.choose(house, system_reader(), "small:4b")
    assert path.read_text() == '# ours\nnum_ctx = 8192 # small GPU\nmodel = "small:4b"\n'
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_model_that_the_environment_names_is_not_changed(house: House) -> None:
    house.settings = replace(house.settings, sources={"model": "environment"})
    with pytest.raises(ChartroomError, match="CHARTROOM_MODEL"):
        models.choose(house, system_reader(), "small:4b")
    assert not (house.settings.home / "settings.toml").exists()


@pytest.mark.parametrize("name", ["gone:1b", "big:cloud"])
def test_a_model_that_cannot_write_is_not_chosen(house: House, name: str) -> None:
    with pytest.raises(ModelUnavailable):
        models.choose(house, system_reader(), name)
    assert house.settings.model == "qwen3:8b"
    assert not house.has_ledger


def test_a_file_that_cannot_be_changed_changes_nothing(house: House) -> None:
    path = house.settings.home / "settings.toml"
    path.write_text("model = [broken\n")
    with pytest.raises(ChartroomError, match="cannot be written"):
        models.choose(house, system_reader(), "small:4b")
    assert path.read_text() == "model = [broken\n"


def test_two_models_are_tried_side_by_side_and_logged_without_a_patient(house: House) -> None:
    jobs = ModelJobs(house)
    jobs.trial(system_reader(), MODELS)
    with pytest.raises(ChartroomError, match=BUSY[:20]):
        jobs.trial(system_reader(), MODELS)
    jobs.wait(60)
    job = jobs.view()
    jobs.close()
    assert job is not None
    assert (job.running, job.fault) == (False, None)
    assert [run.model for run in job.runs] == list(MODELS)
    entries = house.ledger.entries(action="trial")
    assert [entry.patient for entry in entries] == [None, None]
    assert set(entries[0].payload) == {
        "model", "digest", "accuracy", "withheld_share", "timing", "items",
    }  # fmt: skip


def test_a_fetched_model_is_told_and_logged(house: House) -> None:
    jobs = ModelJobs(house)
    jobs.pull(system_reader(), "new:4b")
    jobs.wait(30)
    job = jobs.view()
    jobs.close()
    assert job is not None
    assert job.told == "new:4b is on the server."
    assert job.share == 1.0
    assert actions(house) == ["model"]


def test_a_fault_of_the_work_is_one_sentence(house: House, server: ScriptedServer) -> None:
    jobs = ModelJobs(house)
    jobs.warm("gone:1b")
    jobs.wait(30)
    job = jobs.view()
    jobs.close()
    assert job is not None
    assert job.fault == "The model gone:1b is not on the Ollama server."


@pytest.mark.parametrize(
    ("loaded", "said"),
    [
        ((), False),
        ((Loaded("a", 100, 0),), True),
        ((Loaded("a", 100, 40),), False),
        ((Loaded("a", 100, 0), Loaded("b", 100, 100)), False),
    ],
)
def test_that_all_runs_on_the_processor_is_said(loaded: tuple[Loaded, ...], said: bool) -> None:
    view = ServerView("http://127.0.0.1", "1", (), loaded, None)
    assert (models.on_cpu(view) is not None) is said


def test_what_suits_a_gpu_needs_no_more_memory_than_it_has() -> None:
    fit = models.recommended(12)
    assert fit
    assert all(model.gpu_gb <= 12 for model in fit)
    assert len(models.recommended(None)) > len(fit)
    assert all(model.licence for model in models.recommended(None))
