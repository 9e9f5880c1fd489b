"""Streams, statuses and homes: what every verb keeps to."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run
from tests.contract.charts import bundle, patient, potassium, write

CHART = bundle(patient(), potassium("k1", 4.4, "2026-11-20T06:00:00-05:00"))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("patients", "--json"), {"patients": []}),
        (("log", "list", "--json"), {"entries": []}),
        (("log", "verify", "--json"), {"entries": 0, "head": None, "whole": True, "broken": []}),
    ],
)
@pytest.mark.parametrize("state", ["absent", "empty", "half made", "store without tables"])
def test_a_home_without_charts_finds_nothing(
    chartroom: Run, tmp_path: Path, words: tuple[str, ...], found: dict, state: str
) -> None:
    if state != "absent":
        (tmp_path / "home").mkdir()
    if state == "half made":
        (tmp_path / "home" / "inbox").mkdir()
        (tmp_path / "home" / "ledger.sqlite").touch()
        (tmp_path / "home" / "chart.duckdb").touch()
    if state == "store without tables":
        duckdb.connect(str(tmp_path / "home" / "chart.duckdb")).close()
    ended = chartroom(*words)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == found


@pytest.mark.parametrize(
    "words",
    [
        ("cohort",),
        ("fetch", "http://127.0.0.1:9/fhir", "--validate", "much"),
        ("sign", "1"),
        ("ask",),
        ("load",),
        ("brief", "p", "--hours", "-1"),
        ("brief", "p", "--hours", "1.5"),
    ],
)
def test_what_is_not_built_or_not_whole_is_a_usage_error(
    chartroom: Run, words: tuple[str, ...]
) -> None:
    assert chartroom(*words).returncode == 2


def test_the_home_is_private(chartroom: Run, tmp_path: Path) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    chartroom("ask", "p1", "latest potassium")
    home = tmp_path / "home"
    for path in (home, *home.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path.name


def test_models_without_a_server_ends_with_7(chartroom: Run) -> None:
    ended = chartroom("models", "--json")
    assert ended.returncode == 7
    assert json.loads(ended.stdout) == {"server": None, "models": [], "pick": None}
    assert len(ended.stderr.splitlines()) == 1


def test_settings_say_where_each_came_from(chartroom: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "settings.toml").write_text('MODEL = "small"\n')
    shown = json.loads(chartroom("settings", "--json", CHARTROOM_NUM_CTX="4096").stdout)
    assert shown["MODEL"] == {"value": "small", "source": "settings.toml"}
    assert shown["NUM_CTX"] == {"value": 4096, "source": "environment"}
    assert shown["PORT"] == {"value": 8501, "source": "default"}


def test_a_tampered_log_is_named_and_ends_with_4(chartroom: Run, tmp_path: Path) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    chartroom("ask", "p1", "latest potassium")
    database = sqlite3.connect(tmp_path / "home" / "ledger.sqlite")
    for (trigger,) in database.execute(
        "select name from sqlite_master where type='trigger'"
    ).fetchall():
        database.execute(f'drop trigger "{trigger}"')
    database.execute(
        "update entry set payload = replace(payload, '4.4', '7.4') where action = 'answer'"
    )
    database.commit()
    database.close()
    ended = chartroom("log", "verify", "--json")
    assert ended.returncode == 4
    assert len(ended.stderr.splitlines()) == 1
    [broken] = json.loads(ended.stdout)["broken"]
    assert broken["what"] == "edited"


def test_log_list_prints_for_people_unless_json_is_asked_for(
    chartroom: Run, tmp_path: Path
) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    assert not chartroom("log", "list").stdout.startswith("{")
    for words in (("log", "list", "--json"), ("log", "--json", "list")):
        assert json.loads(chartroom(*words).stdout)["entries"]


def test_redact_works_in_a_home_that_is_not_there(chartroom: Run) -> None:
    ended = chartroom(
        "redact", "-", "--json", given="Call Dr. Ann Smith at 555-010-4477 on 3/2/2024."
    )
    assert ended.returncode == 0, ended.stderr
    redaction = json.loads(ended.stdout)
    assert "555-010-4477" not in redaction["text"]
    assert redaction["layers"]["chart"] is False


def test_an_export_is_redacted_private_and_logged(chartroom: Run, tmp_path: Path) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    answer = json.loads(chartroom("ask", "p1", "latest potassium", "--json").stdout)
    out = tmp_path / "out.md"
    ended = chartroom("export", "answer", answer["log_id"], "--to", str(out), "--json")
    assert ended.returncode == 0, ended.stderr
    text = out.read_text()
    assert "4.4 mmol/L" in text
    assert "Observation/k1" not in text
    assert "2026-11-20" not in text
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    actions = [
        e["action"] for e in json.loads(chartroom("log", "list", "--json").stdout)["entries"]
    ]
    assert actions[-1] == "export"
    assert chartroom("log", "verify").returncode == 0


@pytest.mark.parametrize("hours", ["0", "1", "9000000", "99999999999999999999999"])
def test_a_briefing_takes_any_whole_number_of_hours(
    chartroom: Run, tmp_path: Path, hours: str
) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    ended = chartroom("brief", "p1", "--hours", hours, "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["to"] == "2026-11-20T06:00:00-05:00"


def test_a_half_made_store_is_loaded_into(chartroom: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "chart.duckdb").touch()
    ended = chartroom("load", str(write(tmp_path / "b.json", CHART)), "--json")
    assert ended.returncode == 0, ended.stderr


def test_a_home_that_is_a_file_is_one_sentence(chartroom: Run, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    ended = chartroom("patients")
    assert ended.returncode == 1
    assert ended.stderr == "The home is not a folder; choose another with --home.\n"


def test_a_port_beyond_the_last_one_is_refused(chartroom: Run) -> None:
    ended = chartroom("settings", CHARTROOM_PORT="99999")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)


def test_serve_says_where_it_is_and_nothing_else_on_stdout(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--home", str(tmp_path / "home"), "serve", "--port", str(port), "--json"]
    served = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert served.stdout is not None
    first = json.loads(served.stdout.readline())
    served.send_signal(signal.SIGTERM)
    rest, _ = served.communicate(timeout=60)
    assert (first, rest, served.returncode) == ({"url": f"http://127.0.0.1:{port}"}, "", 0)
