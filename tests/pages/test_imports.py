"""The Imports page, and what a load or a removal does to the other pages of an open chart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.desk import load, remove, this_process
from pipelines.desk.access import system_reader
from pipelines.records.loads import LoadProgress
from tests.contract.charts import bundle, patient, potassium, write
from tests.pages.conftest import shown, ward

OpenPage = Callable[..., AppTest]
PATIENT = "marrowby"
PAGE = "oversight/imports.py"
BAD = {**potassium("bad", 4.0, "soon"), "subject": {"reference": f"Patient/{PATIENT}"}}
LOST = {**potassium("lost", 6.6, "2026-11-20"), "subject": {"reference": "Patient/p9"}}


def upload(app: AppTest, *contents: object) -> AppTest:
    """Give the page files, press Load, wait for the load's end."""
    for number, content in enumerate(contents):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        app.file_uploader[0].upload(f"f{number}.json", data, "application/json")
    app.run()
    press(app, "Load")
    this_process.load_jobs().wait(60)
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def text_of(app: AppTest) -> str:
    return shown(app).replace("\\", "")


def test_the_page_says_where_the_inbox_is_and_what_waits_in_it(
    open_page: OpenPage, home: Path
) -> None:
    write(home / "inbox" / "export.ndjson", "{}")
    text = text_of(open_page(PAGE))
    assert str(home / "inbox") in text
    assert "export.ndjson" in text
    assert "not being watched" in text, "no app runs here that would watch"


def test_a_load_in_part_gives_reasons_with_numbers_orphans_and_a_retry(
    open_page: OpenPage,
) -> None:
    app = upload(open_page(PAGE), bundle(BAD, {**BAD, "id": "bad2"}, LOST))
    text = text_of(app)
    assert "LOADED IN PART: 2 refused" in text
    assert "<td>2</td><td>1</td>" in text, "two entries of one file for one reason"
    assert "Belongs to no patient here" in text
    assert "Patient/p9" in [name for table in app.dataframe if "Names" in table.value
                            for name in table.value["Names"]]  # fmt: skip
    press(app, "Read their files again")
    this_process.load_jobs().wait(60)
    assert "Not there to be read again" in text_of(app.run())


def test_a_retry_from_the_page_reads_a_corrected_file(
    open_page: OpenPage, home: Path, tmp_path: Path
) -> None:
    app = open_page(PAGE)
    house = this_process.house()
    path = write(tmp_path / "b.json", bundle(patient("n1"), BAD))
    load.load(house, system_reader(), [path])
    write(path, bundle(patient("n1")))
    press(app.run(), "Read their files again")
    this_process.load_jobs().wait(60)
    assert "None: everything that was given is in." in text_of(app.run())


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        pytest.param([b"{"], "✕ Nothing could be loaded: f0.json: ", id="no JSON"),
        pytest.param([bundle(BAD), b"{"], "✕ Nothing could be loaded: f0.json: ", id="all refused"),
        pytest.param([bundle(patient("n1")), patient("n2")], "✓ Loaded whole", id="good"),
    ],
)
def test_the_verdict_is_one_message(open_page: OpenPage, contents: list[object], said: str) -> None:
    app = upload(open_page(PAGE), *contents)
    messages = [item.value for kind in ("error", "warning", "success") for item in app.get(kind)]
    assert len(messages) == 1
    assert messages[0].replace("\\", "").startswith(said)


@pytest.fixture
def embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedding model in the settings, and no server that has it."""
    monkeypatch.setenv("CHARTROOM_EMBED_MODEL", "embed:1b")


def test_vectors_that_could_not_be_made_are_named_beside_the_verdict(
    embedding: None, open_page: OpenPage
) -> None:
    text = text_of(upload(open_page(PAGE), bundle(patient("n1"))))
    assert "✓ Loaded whole" in text
    assert "No model server answers at OLLAMA_URL; " in text
    assert "have no vector yet, the next load goes on." in text


def test_a_running_load_shows_its_progress_on_return_and_can_be_stopped(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, app: AppTest
) -> None:
    for limit in ("reader_pool.TOGETHER", "writer.BATCH_RESOURCES", "writer.COMMIT_RESOURCES"):
        monkeypatch.setattr(f"pipelines.charts.{limit}", 1)  # each file by itself
    import threading

    from pipelines.desk import load_job

    arrived, go, real = threading.Event(), threading.Event(), load_job._Job.note

    def note(job: load_job._Job, progress: LoadProgress) -> None:
        real(job, progress)
        arrived.set()
        assert go.wait(60)

    monkeypatch.setattr(load_job._Job, "note", note)
    open_page(PAGE)
    for number in range(3):
        data = json.dumps(patient(f"s{number}")).encode()
        app.file_uploader[0].upload(f"{number}.json", data, "application/json")
    app.run()
    press(app, "Load")
    assert arrived.wait(60)
    open_page("rounds/worklist.py")
    open_page(PAGE)
    bar = app.get("progress")[0].proto
    assert "1 of 3 files · 1 resources" in bar.text.replace("\\", "")
    assert app.file_uploader[0].proto.disabled
    press(app, "Stop")
    assert "stopping …" in text_of(app)
    go.set()
    this_process.load_jobs().wait(60)
    assert "STOPPED after 1 of 3 files" in text_of(app.run())


def test_what_was_refused_stands_on_every_page_of_the_chart(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page("rounds/briefing.py", PATIENT)
    assert "refused" not in text_of(app)
    upload(open_page(PAGE), bundle(BAD))
    said = "1 entry was refused"
    assert said in text_of(app), "the banner of the open chart, at once"
    assert f"⚠ incomplete: {said}" in text_of(open_page("rounds/briefing.py"))
    for page in ("rounds/trends.py", "oversight/exports.py"):
        assert said in text_of(open_page(page))
    open_page("rounds/ask.py")
    app.chat_input[0].set_value("What is the latest potassium?").run()
    assert f"⚠ incomplete: {said}" in text_of(app)
    rows = {row["id"]: row for row in ward(open_page("rounds/worklist.py"))}
    assert rows[PATIENT]["Worst abnormal now"].startswith("⚠ 1 refused · ")


def test_a_patient_who_is_removed_while_open_leaves_the_tab_at_the_gate(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page("rounds/briefing.py", PATIENT)
    twin = next(button for button in app.button if (button.key or "").startswith("twin:"))
    twin.click().run()
    assert "quote found word for word" in text_of(app)
    remove.remove(this_process.house(), system_reader(), PATIENT)
    text = text_of(app.run())
    assert not app.exception
    assert not app.error
    assert "No patient chosen." in text
    assert "MARROWBY" not in text + str(app.dataframe[0].value)
    assert "of:briefing" not in app.session_state
    assert "of:briefing_made" not in app.session_state
