"""From a server into the store: logged before and after, waiting where the store is in use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.desk import fetch, this_process
from pipelines.desk.fetch_hourly import Hourly
from pipelines.desk.house import House, open_house
from pipelines.errors import ChartroomError
from pipelines.records.chart import Reader
from pipelines.settings import Settings
from tests.conftest import ROOT, Run, run_chartroom
from tests.desk.conftest import READER
from tests.fetch.cassettes import Asked, Player, Reply

EMPTY = b'{"resourceType": "Bundle", "type": "searchset"}'


@pytest.fixture
def player() -> Iterator[Player]:
    """The recorded server with two patients."""
    made = Player("everyone")
    with made.playing():
        yield made


@pytest.fixture
def server(player: Player) -> str:
    """Its address."""
    return f"{player.base}/fhir"


@pytest.fixture
def own(tmp_path: Path, server: str) -> Iterator[House]:
    """A writing house whose FHIR_URL is the recorded server."""
    opened = open_house(_settings(tmp_path / "home", server), writing=True)
    yield opened
    opened.close()


def _settings(home: Path, server: str) -> Settings:
    return Settings.read(home, {"CHARTROOM_FHIR_URL": server})


def fetched(ended: subprocess.CompletedProcess[str], status: int = 0) -> dict:
    assert ended.returncode == status, ended.stderr
    return json.loads(ended.stdout)


def test_the_command_line_fetches_loads_and_says_so(chartroom: Run, server: str) -> None:
    report = fetched(chartroom("fetch", server, "--json"))
    assert (report["resources"], report["patients"], report["orphans"]) == (31, 2, 0)
    assert report["refused"] == []
    assert report["fetched"]["resources"] == 31
    assert report["fetched"]["waiting"] is False
    listed = json.loads(chartroom("patients", "--json").stdout)["patients"]
    assert len(listed) == 2


def test_fetching_again_changes_nothing(chartroom: Run, server: str) -> None:
    fetched(chartroom("fetch", server, "--json"))
    again = fetched(chartroom("fetch", server, "--json"))
    assert (again["resources"], again["unchanged"]) == (31, 31)


def test_without_an_address_fhir_url_is_asked(chartroom: Run, server: str) -> None:
    assert fetched(chartroom("fetch", "--json", CHARTROOM_FHIR_URL=server))["resources"] == 31
    ended = chartroom("fetch")
    assert ended.returncode == 1
    assert "FHIR_URL" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["http://elsewhere.example/fhir"], id="a host that is not allowed"),
        pytest.param(["http://127.0.0.1:9/fhir"], id="nobody there"),
        pytest.param(["ftp://127.0.0.1/fhir"], id="no http"),
        pytest.param(["http://127.0.0.1:9/fhir", "patient"], id="no search"),
        pytest.param(["http://127.0.0.1:9/fhir", "--since", "soon"], id="no time"),
    ],
)
def test_what_cannot_be_fetched_is_one_plain_sentence(chartroom: Run, words: list[str]) -> None:
    ended = chartroom("fetch", *words)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert not set("{}") & set(ended.stderr)
    assert "Error" not in ended.stderr


def test_a_server_that_has_nothing_is_said_and_leaves_no_folder(
    chartroom: Run, tmp_path: Path
) -> None:
    empty = Player(None, lambda *_: Reply(200, {}, EMPTY))
    with empty.playing() as base:
        ended = chartroom("fetch", base, "--json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["resources"] == 0
    assert "has nothing" in ended.stderr
    assert list((tmp_path / "home" / "inbox").iterdir()) == []


def test_problems_of_the_server_end_with_the_status_of_a_load_in_part(
    chartroom: Run, server: str
) -> None:
    ended = chartroom("fetch", server, "--patient", "pat-a", "--patient", "nobody", "--json")
    report = fetched(ended, status=3)
    assert report["patients"] == 1
    assert len(report["fetched"]["problems"]) == 1


def test_what_was_asked_is_logged_before_and_what_came_after(own: House) -> None:
    fetch.fetch_now(own, READER)
    entries = own.ledger.entries()
    assert [entry.action for entry in entries] == ["fetch", "fetched", "load"]
    assert entries[1].payload["resources"] == 31
    assert {entry.reader for entry in entries} == {"resident"}


def test_a_failed_fetch_is_logged_and_remembered_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("SECRET-TOKEN")
    gone = Player(None, lambda *_: Reply(401))
    with gone.playing() as base:
        url = f"{base}/Observation?code=SECRET-VALUE"
        environment = {"CHARTROOM_FHIR_URL": url, "CHARTROOM_FHIR_TOKEN_FILE": str(path)}
        house = open_house(Settings.read(tmp_path / "home", environment), writing=True)
        with pytest.raises(ChartroomError):
            fetch.fetch_now(house, READER)
        entries = house.ledger.entries()
        said = fetch.state(house)
        house.close()
    assert [entry.action for entry in entries] == ["fetch", "fetched"]
    assert "failed" in entries[1].payload
    assert said.last_good is None
    assert "sign-in" in str(said.result)
    for kept in (tmp_path / "home").rglob("*"):
        if kept.is_file():
            assert b"SECRET" not in kept.read_bytes(), kept


def test_the_state_tells_the_last_fetch_and_the_next(own: House) -> None:
    before = fetch.state(own)
    assert (before.last_good, before.result, before.running) == (None, None, False)
    fetch.fetch_now(own, READER)
    after = fetch.state(own)
    assert after.resources == 31
    assert after.last_good is not None
    assert str(after.next_run) > str(after.last_good)
    assert after.every_min == 60


def test_the_second_fetch_asks_only_what_changed(own: House, player: Player) -> None:
    fetch.fetch_now(own, READER)
    player.asked.clear()
    player.fault = lambda asked, _: Reply(200, {}, EMPTY) if "?" in asked.path else None
    outcome = fetch.fetch_now(own, READER)
    assert outcome.fetched.since is not None
    assert outcome.report.resources == 0
    assert all("_lastUpdated=ge" in path for path in player.paths() if "?" in path)
    assert fetch.state(own).result == "nothing new"


def test_two_fetches_at_once_are_one(own: House, player: Player) -> None:
    refused: list[str] = []

    def fault(asked: Asked, number: int) -> Reply | None:
        if asked.path.endswith("/metadata") and number == 0:
            assert fetch.state(own).running
            with pytest.raises(ChartroomError) as error:
                fetch.fetch_now(own, READER)
            refused.append(error.value.user_message)
        return None

    player.fault = fault
    fetch.fetch_now(own, READER)
    assert refused == [fetch.RUNNING]


def test_while_the_app_has_the_store_the_files_wait_in_the_inbox(
    own: House, server: str, tmp_path: Path
) -> None:
    """The command line is another process: it may not open the store that this one has."""
    ended = run_chartroom(tmp_path / "home", "fetch", server, "--json")
    report = fetched(ended)
    assert report["fetched"]["waiting"] is True
    assert (report["resources"], report["fetched"]["resources"]) == (0, 31)
    [folder] = (tmp_path / "home" / "inbox").iterdir()
    assert folder.name.startswith("fetched-")
    told = run_chartroom(tmp_path / "home", "fetch", server)
    assert "the app, which will take the files in" in told.stdout


def test_kill_9_in_the_middle_is_continued_by_the_next_fetch(
    tmp_path: Path, player: Player, server: str
) -> None:
    halfway, killed = threading.Event(), threading.Event()

    def fault(asked: Asked, _number: int) -> Reply | None:
        if "/pat-b/" in asked.path and not killed.is_set():
            halfway.set()
            killed.wait(30)
        return None

    player.fault = fault
    home = tmp_path / "home"
    command = [sys.executable, "-m", "pipelines.cli", "--home", str(home), "fetch", server]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        assert halfway.wait(60)
        os.kill(process.pid, signal.SIGKILL)
    killed.set()
    assert [path.name[:10] for path in (home / "inbox").iterdir()] == [".fetching-"]
    player.asked.clear()
    report = fetched(run_chartroom(home, "fetch", server, "--json"))
    assert (report["resources"], report["patients"]) == (31, 2)
    assert not any("/pat-a/" in path for path in player.paths())


@pytest.fixture
def hourly(own: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hourly]:
    """The app's thread, for the house of this test."""
    monkeypatch.setenv("CHARTROOM_HOME", str(own.settings.home))
    monkeypatch.setenv("CHARTROOM_FHIR_URL", own.settings.fhir_url)
    made = Hourly(lambda: own)
    yield made
    made.stop()


def test_the_app_fetches_by_itself_without_a_stop(
    hourly: Hourly, own: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    fetch_now = fetch.fetch_now

    def watched(house: House, reader: Reader, **more: Any) -> None:  # noqa: ANN401
        fetch_now(house, reader, **more)
        done.set()

    monkeypatch.setattr(fetch, "fetch_now", watched)
    hourly.start()
    assert done.wait(60)
    assert [entry.action for entry in own.ledger.entries()] == ["fetch", "fetched", "load"]


def test_what_is_not_due_yet_is_not_fetched(hourly: Hourly, player: Player, own: House) -> None:
    fetch.fetch_now(own, READER)
    player.asked.clear()
    assert hourly.once() > 0
    assert player.asked == []


def test_a_failure_is_told_and_the_next_time_is_waited_for(
    hourly: Hourly, player: Player, own: House
) -> None:
    player.fault = lambda *_: Reply(401)
    assert hourly.once() > 0
    assert "sign-in" in str(fetch.state(own).result)
    player.asked.clear()
    assert hourly.once() > 0
    assert player.asked == []


def test_the_end_of_the_app_ends_a_fetch_that_runs_and_the_next_goes_on(
    hourly: Hourly, player: Player, own: House
) -> None:
    def fault(asked: Asked, _number: int) -> Reply | None:
        if "/pat-b/" in asked.path:
            hourly.stop()
            return Reply(503, {"Retry-After": "300"})
        return None

    player.fault = fault
    assert hourly.once() > 0
    assert "stopped" in str(fetch.state(own).result)
    player.fault = None
    player.asked.clear()
    assert fetch.fetch_now(own, READER).report.resources == 31
    assert not any("/pat-a/" in path for path in player.paths())


@pytest.mark.parametrize(
    ("name", "value"), [("CHARTROOM_FHIR_EVERY_MIN", "0"), ("CHARTROOM_FHIR_URL", "")]
)
def test_off_means_no_thread(
    hourly: Hourly, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    hourly.start()
    assert "fetch" not in [thread.name for thread in threading.enumerate()]


def test_the_house_of_the_process_is_the_default() -> None:
    assert Hourly()._house is this_process.house
