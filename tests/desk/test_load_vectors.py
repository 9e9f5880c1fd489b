"""A load with EMBED_MODEL set: vectors in the same load, only what is new, no fault of the load."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers import embed
from pipelines.answers.scripted_server import DIGEST, ScriptedServer
from pipelines.charts import vectors
from pipelines.cli_print_load import load_report
from pipelines.desk import contract, load, remove
from pipelines.desk.access import open_chart
from pipelines.desk.house import House, open_house
from pipelines.errors import LoadStopped, ModelUnavailable
from pipelines.records.loads import LoadProgress, LoadReport
from pipelines.settings import Settings
from tests.charts.fhir_files import bundle, note, patient, write
from tests.desk.conftest import READER

MODEL = "embed:1b"
CHART = bundle(patient(), note("d1", "Go home. Come back."), note("d2", "Slept well."))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server that has the embedding model."""
    with ScriptedServer(model=MODEL) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: ScriptedServer) -> Iterator[House]:
    """An empty home whose settings name the model."""
    opened = open_with(tmp_path, server.url)
    yield opened
    opened.close()


def open_with(tmp_path: Path, url: str, **more: str) -> House:
    named = {"CHARTROOM_OLLAMA_URL": url, "CHARTROOM_EMBED_MODEL": MODEL, **more}
    return open_house(Settings.read(tmp_path / "home", named), writing=True)


def take(house: House, tmp_path: Path, content: object, name: str = "a.json") -> LoadReport:
    return load.load(house, READER, [write(tmp_path / name, content)])


def kept(house: House) -> list[str]:
    rows = house.charts.rows(
        "select p.text from passage_vector v join passage p using (resource, number) order by 1", {}
    )
    return [text for (text,) in rows]


def long_chart(sentences: int) -> dict[str, object]:
    return bundle(patient(), note("d1", " ".join(f"Day {n} was calm." for n in range(sentences))))


def test_vectors_are_made_in_the_load_that_brings_the_notes(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    report = take(desk, tmp_path, CHART)
    assert report.notice is None
    assert kept(desk) == ["Come back.", "Go home.", "Slept well."]
    (asked,) = [one for one in server.requests if one.path == "/api/embed"]
    assert (asked.body["model"], asked.body["keep_alive"]) == (MODEL, "10m")
    assert not {"authorization", "cookie"} & set(asked.headers)
    of_model = desk.charts.rows("select distinct model, model_digest from passage_vector", {})
    assert of_model == [(MODEL, DIGEST)]


def test_the_same_words_lie_nearest(desk: House, tmp_path: Path) -> None:
    take(desk, tmp_path, CHART)
    (asked,) = embed.embed(["Slept well."], desk.settings)
    chart = open_chart(desk, READER, "p1", "look")
    found = vectors.nearest(chart, asked, DIGEST)
    assert found[0].text == "Slept well."
    assert found[0].score == pytest.approx(1.0, abs=1e-5)
    assert len(found) == 3


def test_a_second_load_asks_for_no_vector(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    take(desk, tmp_path, CHART)
    server.requests.clear()
    again = take(desk, tmp_path, CHART)
    assert (again.unchanged, again.notice, server.embedded()) == (again.resources, None, [])


def test_only_the_passages_of_a_changed_note_are_asked_for(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    take(desk, tmp_path, CHART)
    server.requests.clear()
    take(desk, tmp_path, bundle(note("d1", "Stay here.")), "b.json")
    assert server.embedded() == ["Stay here."]
    assert kept(desk) == ["Slept well.", "Stay here."]


def test_a_sentence_that_notes_copy_forward_is_asked_for_once(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    take(desk, tmp_path, bundle(patient(), note("d1", "Go home."), note("d2", "Go home.")))
    assert (server.embedded(), kept(desk)) == (["Go home."], ["Go home."] * 2)


def test_a_request_holds_64_passages_and_progress_is_told(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    told: list[LoadProgress] = []
    path = write(tmp_path / "a.json", long_chart(130))
    load.load(desk, READER, [path], None, told.append)
    sizes = [len(one.body["input"]) for one in server.requests if one.path == "/api/embed"]
    assert sizes == [64, 64, 2]
    assert told[-1].words.endswith("vectors of 130 of 130 passages")


def gone(server: ScriptedServer) -> None:
    server.__exit__(None, None, None)


def in_mode(mode: str) -> Callable[[ScriptedServer], None]:
    return lambda server: setattr(server, "mode", mode)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(gone, "No model server answers at OLLAMA_URL", id="no server"),
        pytest.param(
            in_mode("missing_model"), "The model embed:1b is not on the Ollama server", id="absent"
        ),
        pytest.param(in_mode("busy"), "Ollama answered with error 503", id="busy"),
        pytest.param(in_mode("error_before"), "Ollama answered with error 500", id="broken"),
        pytest.param(
            in_mode("cloud"),
            "The model embed:1b runs in Ollama's cloud, where no chart may go", id="cloud",
        ),
    ],
)  # fmt: skip
def test_a_model_that_fails_leaves_a_sentence_and_the_load_stands(
    desk: House,
    server: ScriptedServer,
    tmp_path: Path,
    spoil: Callable[[ScriptedServer], None],
    said: str,
) -> None:
    spoil(server)
    report = take(desk, tmp_path, CHART)
    assert report.notice == f"{said}; 3 passages have no vector yet, the next load goes on."
    assert (report.resources, kept(desk)) == (3, [])
    assert contract.load_json(report)["notice"] == report.notice
    assert desk.ledger.entries(action="load")[-1].payload["notice"] == report.notice


def test_the_notice_is_printed_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    load_report(replace(load.NO_FILES, notice="1 passage has no vector yet."))
    assert "1 passage has no vector yet.\n" in capsys.readouterr().out


def test_a_load_of_unchanged_files_makes_what_is_missing(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    server.mode = "missing_model"
    assert take(desk, tmp_path, CHART).notice is not None
    server.mode = "ok"
    again = take(desk, tmp_path, CHART)
    assert (again.unchanged, again.notice) == (again.resources, None)
    assert len(kept(desk)) == 3


def test_what_was_made_before_the_model_stopped_is_kept(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    def stop_it(progress: LoadProgress) -> None:
        server.mode = "busy" if progress.vectors else "ok"

    path = write(tmp_path / "a.json", long_chart(130))
    report = load.load(desk, READER, [path], None, stop_it)
    assert report.notice == (
        "Ollama answered with error 503; 66 passages have no vector yet, the next load goes on."
    )
    server.mode = "ok"
    server.requests.clear()
    assert load.load(desk, READER, [path]).notice is None
    assert (len(server.embedded()), len(kept(desk))) == (66, 130)


def test_a_server_that_is_gone_is_no_news_where_no_vector_is_missing(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    take(desk, tmp_path, CHART)
    gone(server)
    assert take(desk, tmp_path, CHART).notice is None


def test_a_model_that_stalls_is_left_when_its_time_is_over(
    server: ScriptedServer, tmp_path: Path
) -> None:
    server.mode = "stall"
    house = open_with(tmp_path, server.url, CHARTROOM_MODEL_TIMEOUT_S="0.3")
    notice = take(house, tmp_path, CHART).notice
    house.close()
    assert str(notice).startswith("Ollama did not answer in time; 3 passages")


def test_a_host_that_is_not_allowed_gets_no_word(tmp_path: Path) -> None:
    house = open_with(tmp_path, "http://192.0.2.7:11434")
    notice = take(house, tmp_path, CHART).notice
    house.close()
    assert str(notice).startswith("The model host 192.0.2.7 is not in ALLOWED_HOSTS; 3 passages")


def test_nor_does_a_direct_request(server: ScriptedServer) -> None:
    settings = replace(Settings(), ollama_url="http://192.0.2.7:11434", embed_model=MODEL)
    with pytest.raises(ModelUnavailable, match="ALLOWED_HOSTS"):
        list(embed.embed(["Go home."], settings))


def test_without_a_model_in_the_settings_nothing_is_asked_or_imported(
    server: ScriptedServer, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.json", CHART)
    code = (
        "import sys; from pipelines import cli; "
        f"cli.main(['--home', {str(tmp_path / 'home')!r}, 'load', {str(path)!r}]); "
        "print([m for m in ('ollama', 'haystack', 'pipelines.answers.embed')"
        " if m in sys.modules])"
    )
    environment = {"CHARTROOM_OLLAMA_URL": server.url, "PATH": ""}
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert ended.stdout.splitlines()[-1] == "[]", ended.stderr
    assert server.requests == []


def test_a_stop_between_requests_keeps_what_was_made(
    desk: House, server: ScriptedServer, tmp_path: Path
) -> None:
    stop = threading.Event()

    def stop_it(progress: LoadProgress) -> None:
        if progress.vectors:
            stop.set()

    path = write(tmp_path / "a.json", long_chart(130))
    options = load.LoadOptions(on_progress=stop_it, stop=stop)
    report = load.load_with(desk, READER, [path], options)
    assert not report.stopped, "all files are in"
    assert str(report.notice).startswith("Stopped before all vectors were made; 129 passages")
    assert len(server.embedded()) == 64


def test_an_interrupt_says_that_the_files_are_in_and_is_logged(desk: House, tmp_path: Path) -> None:
    def interrupt(progress: LoadProgress) -> None:
        if progress.vectors:
            raise KeyboardInterrupt

    path = write(tmp_path / "a.json", long_chart(130))
    with pytest.raises(LoadStopped, match=r"^All files are in\. Stopped before") as stopped:
        load.load(desk, READER, [path], None, interrupt)
    assert isinstance(stopped.value.report, LoadReport)
    assert stopped.value.report.resources == 2
    assert desk.ledger.entries(action="load")[-1].payload["resources"] == 2
    assert load.load(desk, READER, [path]).notice is None
    assert len(kept(desk)) == 130


def test_a_removed_patient_takes_the_vectors_along(desk: House, tmp_path: Path) -> None:
    theirs = note("d9", "Other words.", subject={"reference": "Patient/p2"})
    take(
        desk, tmp_path, bundle(*(one["resource"] for one in CHART["entry"]), patient("p2"), theirs)
    )
    removed = remove.remove(desk, READER, "p1")
    assert removed.rows["passage_vector"] == 3
    assert kept(desk) == ["Other words."]


@pytest.mark.parametrize(
    "vectors_given",
    [
        pytest.param([], id="too few"),
        pytest.param([[1.0], [float("nan")]], id="no number"),
        pytest.param([[1.0], [1.0, 2.0]], id="two lengths"),
        pytest.param([[], []], id="empty"),
        pytest.param("no list", id="no list"),
    ],
)
def test_vectors_that_cannot_be_used_are_refused(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, vectors_given: object
) -> None:
    handler = server._http.RequestHandlerClass
    monkeypatch.setattr(
        handler, "_embed", lambda self, _: self._json(200, {"embeddings": vectors_given})
    )
    settings = replace(Settings(), ollama_url=server.url, embed_model=MODEL)
    with pytest.raises(ModelUnavailable, match="cannot be used"):
        list(embed.embed(["Go home.", "Come back."], settings))


def test_the_notice_stands_in_load_json(
    server: ScriptedServer, chartroom: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    path = str(write(tmp_path / "a.json", CHART))
    named = {"CHARTROOM_EMBED_MODEL": MODEL}
    first = chartroom("load", path, "--json", **named)
    second = chartroom("load", path, "--json", CHARTROOM_OLLAMA_URL=server.url, **named)
    assert (first.returncode, first.stderr, second.returncode, second.stderr) == (0, "", 0, "")
    assert "3 passages" in json.loads(first.stdout)["notice"]
    assert json.loads(second.stdout)["notice"] is None
    assert len(server.embedded()) == 3
