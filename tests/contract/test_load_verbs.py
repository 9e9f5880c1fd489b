"""`load`, `refused`, `remove` as another program meets them."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.desk import load as desk_load
from pipelines.desk.house import open_house
from pipelines.records.loads import LoadProgress, LoadReport
from pipelines.settings import Settings
from tests.conftest import ROOT, Run
from tests.contract.charts import bundle, patient, potassium, write

BAD = potassium("k9", 4.0, "the other day")
LOST = {**potassium("lost", 6.6, "2026-11-20"), "subject": {"reference": "Patient/p9"}}


def value_of(ended: subprocess.CompletedProcess[str], status: int = 0) -> Any:  # noqa: ANN401
    """The one JSON value of a command that ended with this status."""
    assert ended.returncode == status, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def half(chartroom: Run, tmp_path: Path) -> Path:
    """A loaded file of which one entry is refused and one belongs to nobody."""
    path = write(tmp_path / "b.json", bundle(patient(), BAD, LOST))
    assert chartroom("load", str(path)).returncode == 3
    return path


def test_refused_lists_what_was_refused_and_what_belongs_to_nobody(
    chartroom: Run, half: Path
) -> None:
    listed = value_of(chartroom("refused", "--json"))
    [refusal], [orphan] = listed["refused"], listed["orphans"]
    assert {k: refusal[k] for k in ("file", "entry", "resource", "patient")} == {
        "file": str(half), "entry": 2, "resource": "Observation/k9", "patient": "p1",
    }  # fmt: skip
    assert "the other day" not in refusal["reason"]
    assert (orphan["resource"], orphan["type"], orphan["link"], orphan["file"]) == (
        "Observation/lost", "Observation", "Patient/p9", str(half),
    )  # fmt: skip
    assert orphan["loaded_at"]
    words = chartroom("refused").stdout
    assert "1 refused and not loaded since" in words
    assert "Patient/p9: 1 Observation" in words


def test_refused_in_an_empty_home_finds_nothing(chartroom: Run) -> None:
    assert value_of(chartroom("refused", "--json")) == {"refused": [], "orphans": []}
    again = value_of(chartroom("refused", "--retry", "--json"))
    assert (again["files"], again["refused"], again["gone"]) == (0, [], [])


def test_retry_reads_corrected_files_again_from_any_folder(chartroom: Run, half: Path) -> None:
    write(half, bundle(patient(), potassium("k9", 4.0, "2026-11-20T06:00:00Z"), LOST))
    again = value_of(chartroom("refused", "--retry", "--json"))
    assert (again["resources"], again["unchanged"], again["refused"]) == (3, 2, [])
    assert value_of(chartroom("refused", "--json"))["refused"] == []


def test_a_relative_path_is_found_again(chartroom: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.json", bundle(patient(), BAD))
    value_of(chartroom("load", "r.json", "--json"), 3)
    assert value_of(chartroom("refused", "--retry", "--json"))["gone"] == []


def test_retry_of_what_is_still_wrong_keeps_it_refused(chartroom: Run, half: Path) -> None:
    before = value_of(chartroom("refused", "--json"))
    again = value_of(chartroom("refused", "--retry", "--json"))
    assert len(again["refused"]) == 1
    assert value_of(chartroom("refused", "--json")) == before


def test_an_entry_that_the_corrected_file_names_otherwise_is_settled(
    chartroom: Run, tmp_path: Path
) -> None:
    nameless = {k: v for k, v in BAD.items() if k != "id"}
    path = write(tmp_path / "n.ndjson", json.dumps(patient()) + "\n" + json.dumps(nameless))
    value_of(chartroom("load", str(path), "--json"), 3)
    good = potassium("named", 4.0, "2026-11-20T06:00:00Z")
    write(path, json.dumps(patient()) + "\n" + json.dumps(good))
    chartroom("refused", "--retry")
    assert value_of(chartroom("refused", "--json"))["refused"] == []


def test_retry_says_which_files_are_gone(chartroom: Run, half: Path) -> None:
    half.unlink()
    again = value_of(chartroom("refused", "--retry", "--json"))
    assert (again["gone"], again["files"]) == ([str(half)], 0)
    assert len(value_of(chartroom("refused", "--json"))["refused"]) == 1
    assert str(half) in chartroom("refused", "--retry").stdout


def test_a_file_that_was_refused_whole_is_settled_once_it_is_good(
    chartroom: Run, tmp_path: Path
) -> None:
    path = write(tmp_path / "b.json", '{"resourceType": "Pat')
    value_of(chartroom("load", str(path), "--json"), 1)
    still = value_of(chartroom("refused", "--retry", "--json"))
    assert (still["resources"], len(still["refused"])) == (0, 1)
    write(path, bundle(patient()))
    chartroom("refused", "--retry")
    assert value_of(chartroom("refused", "--json"))["refused"] == []


def test_remove_takes_one_patient_out_and_a_load_brings_them_back(
    chartroom: Run, half: Path, tmp_path: Path
) -> None:
    write(tmp_path / "c.json", bundle(patient("p2")))
    chartroom("load", str(tmp_path / "c.json"))
    removed = value_of(chartroom("remove", "MRN-p1", "--json"))
    assert (removed["patient"], removed["resources"], removed["refused"]) == ("p1", 1, 1)
    assert removed["written_anew"] is True
    listed = value_of(chartroom("patients", "--json"))["patients"]
    assert [row["id"] for row in listed] == ["p2"]
    assert value_of(chartroom("log", "verify", "--json"))["whole"]
    entry = value_of(chartroom("log", "show", removed["log_id"], "--json"))
    assert (entry["action"], entry["patient"]) == ("remove", "p1")
    assert value_of(chartroom("load", str(half), "--json"), 3)["patients"] == 1


@pytest.mark.parametrize("known", [True, False], ids=["a loaded home", "no home"])
def test_remove_of_nobody_is_one_sentence(chartroom: Run, tmp_path: Path, known: bool) -> None:
    if known:
        chartroom("load", str(write(tmp_path / "b.json", bundle(patient()))))
    ended = chartroom("remove", "nobody", "--json")
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (1, "", 1)
    assert known or not (tmp_path / "home" / "chart.duckdb").exists()


@pytest.mark.parametrize(
    "words", [("load", "b.json"), ("remove", "p1"), ("refused", "--retry"), ("refused",)]
)
def test_a_store_in_use_is_one_sentence(
    chartroom: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    write(tmp_path / "b.json", bundle(patient()))
    house = open_house(Settings.read(tmp_path / "home", {}), writing=True)
    try:
        ended = chartroom(*words)
    finally:
        house.close()
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "in use" in ended.stderr
    assert words[0] != "load" or str(tmp_path / "home" / "inbox") in ended.stderr


def test_an_incomplete_chart_says_so_in_every_verb(chartroom: Run, half: Path) -> None:
    assert value_of(chartroom("patients", "--json"))["patients"][0]["refused"] == 1
    assert "1 refused" in chartroom("patients").stdout
    said = "1 entry was refused"
    asked = value_of(chartroom("ask", "p1", "what is the sex of the patient?", "--json"), 0)
    assert asked["incomplete"] == said
    briefed = value_of(chartroom("brief", "p1", "--json"))
    assert briefed["incomplete"] == said
    assert said in chartroom("brief", "p1").stdout
    for kind, ident in (("answer", asked["log_id"]), ("briefing", briefed["log_id"])):
        out = half.parent / f"{kind}.md"
        assert chartroom("export", kind, ident, "--to", str(out)).returncode == 0
        assert said in out.read_text()


def test_a_stopped_load_says_what_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    report = LoadReport(40, 12, 3400, 2, {}, 0, 0, (), 0.0, 1.0, 5.0, stopped=True, files_in=12)
    monkeypatch.setattr(desk_load, "load_with", lambda *_: report)
    monkeypatch.setattr("os._exit", sys.exit)  # it leaves the process, and this one is pytest's
    with pytest.raises(SystemExit, match="1"):
        cli.main(["--home", str(tmp_path / "home"), "load", "x", "--json"])
    told = capfd.readouterr()
    assert json.loads(told.out)["stopped"] is True
    assert told.err == (
        "Stopped: 12 of 40 files are in whole (3,400 resources); "
        "load the same again to complete it.\n"
    )


def test_ctrl_c_ends_a_load_with_one_sentence_and_the_next_load_completes_it(
    chartroom: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(400):
        many = [potassium(f"o{number}-{k}", 4.0, "2026-11-20") for k in range(60)]
        write(folder / f"{number:03}.json", bundle(patient(), *many))
    started = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "--home", str(tmp_path / "home"),
         "load", str(folder)],
        stdout=subprocess.PIPE, stderr=(terminal := pty.openpty())[1], text=True, cwd=ROOT,
    )  # fmt: skip
    os.close(terminal[1])
    said = ""
    while "files" not in said:  # the first line of progress: it is at work
        assert select.select([terminal[0]], [], [], 60)[0]
        said += os.read(terminal[0], 4096).decode()
    started.send_signal(signal.SIGINT)
    assert started.wait(60) == 1
    told = ""
    while select.select([terminal[0]], [], [], 1)[0]:
        try:
            told += os.read(terminal[0], 4096).decode()
        except OSError:  # a terminal whose other end is closed says so this way
            break
    os.close(terminal[0])
    last = told.strip().splitlines()[-1]
    assert re.fullmatch(
        r"Stopped: [\d,]+ of 400 files are in whole \([\d,]+ resources\); "
        r"load the same again to complete it\.", last,
    )  # fmt: skip
    assert "Traceback" not in told
    assert value_of(chartroom("load", str(folder), "--json"))["resources"] == 24_001


@pytest.mark.parametrize(
    ("done", "left", "line"),
    [
        (3, 125.0, "3 of 40 files · 1,200 resources · 5 MB/s · about 2 min left"),
        (3, None, "3 of 40 files · 1,200 resources · 5 MB/s"),
        (3, 0.2, "3 of 40 files · 1,200 resources · 5 MB/s · about 1 s left"),
        (3, 9000.0, "3 of 40 files · 1,200 resources · 5 MB/s · about 2.5 h left"),
        (40, 0.0, "40 of 40 files · 1,200 resources · 5 MB/s"),
    ],
)
def test_progress_says_files_resources_speed_and_time_left(
    done: int, left: float | None, line: str
) -> None:
    assert LoadProgress(done, 40, 1200, 10.0, 2.0, 100.0, left).words == line
