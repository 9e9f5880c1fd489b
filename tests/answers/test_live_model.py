"""Any real server: OLLAMA_TEST_URL names it, and the figures are printed. Else the scripted one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipelines.answers.scripted_server import ScriptedServer
from pipelines.desk.house import House, open_house
from pipelines.settings import Settings
from tests.benchmarks.live_model import Live, live_questions, put
from tests.conftest import LIVE_URL

REASON = "OLLAMA_TEST_URL is not set: no real model is asked"
SECONDS = "300"


@contextmanager
def opened(home: Path, url: str, model: str) -> Iterator[House]:
    environment = {
        "CHARTROOM_OLLAMA_URL": url,
        "CHARTROOM_MODEL": model,
        "CHARTROOM_MODEL_TIMEOUT_S": SECONDS,
        "CHARTROOM_ALLOWED_HOSTS": urlsplit(url).hostname or "",
    }
    house = open_house(Settings.read(home, environment), writing=True)
    yield house
    house.close()


@pytest.mark.skipif(not LIVE_URL, reason=REASON)
@pytest.mark.timeout(3600)
def test_a_real_model_answers_and_nothing_unverified_is_shown(
    own_sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = os.environ.get("OLLAMA_TEST_MODEL", Settings().model)
    with opened(own_sample_home, LIVE_URL, model) as house:
        live = put(house, live_questions())
    with capsys.disabled():
        print("", *live.lines(), sep="\n")
    assert live.fell_back < len(live.answers), [answer.notice for answer in live.answers[:1]]
    assert_only_verified(live)


def test_the_twenty_questions_reach_a_server_and_are_scored(own_sample_home: Path) -> None:
    with ScriptedServer() as server, opened(own_sample_home, server.url, server.model) as house:
        honest = put(house, live_questions())
        server.mode = "false_citations"
        lying = put(house, live_questions()[:5])
        server.mode = "busy"
        absent = put(house, live_questions()[:2])
    assert len(honest.answers) == 20
    assert honest.fell_back == 0
    assert honest.withheld < 0.2
    assert 18 <= honest.right <= 20
    assert (lying.right, lying.withheld) == (0, 1.0)
    assert (absent.right, absent.fell_back, absent.withheld) == (0, 2, 0.0)
    assert any(line.startswith("qwen3:8b: right ") for line in honest.lines())
    assert_only_verified(honest)


def assert_only_verified(live: Live) -> None:
    for answer in live.answers:
        for statement in answer.statements:
            if statement.support == "unverified":
                assert statement.text not in answer.answer
