"""A model's answer in the browser: seen while it is checked, stopped, left, reloaded, refused.

The model is the scripted server over real HTTP; in its paced mode a sentence goes out when the
test says so. Pictures of each state are kept beside the test's files.
"""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from pipelines.answers.scripted_server import DIGEST, Body, ScriptedServer
from pipelines.answers.scripted_server_replies import items_of
from tests.browser.conftest import WIDE, choose, go, send, serving, settled

pytestmark = pytest.mark.browser

QUESTION = "What were the potassium results?"
LAPTOP = {"width": 1024, "height": 768}
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
MOST = 4
WRONG = "Potassium 9.9 mmol/L 2026-11-20 05:00"
EVIL = "evil.example"
Served = tuple[str, int]


def results(body: Body) -> str:
    """The first results word for word, a made-up one in third place."""
    items = [i for i in items_of(body["messages"][-1]["content"]) if i.text.startswith("lab:")]
    said = [{"text": i.text.removeprefix("lab: "), "cites": [i.name]} for i in items[:MOST]]
    said.insert(2, {"text": WRONG, "cites": [items[0].name]})
    return json.dumps({"answerable": True, "sentences": said})


@pytest.fixture(scope="module")
def served(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on the sample patients, and the port where it looks for a model server."""
    home = tmp_path_factory.mktemp("modelled") / "home"
    subprocess.run(["cp", "-r", str(sample_home), str(home)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(home, f"http://127.0.0.1:{port}") as url:
        yield url, port


@pytest.fixture
def model(served: Served) -> Iterator[ScriptedServer]:
    """A model server of the test's own, paced."""
    with ScriptedServer(served[1], mode="paced", script=results) as server:
        yield server


@pytest.fixture
def chart(page: Page, served: Served) -> Page:
    """The Ask page of a chart, in a conversation of its own."""
    page.goto(f"{served[0]}/ask")
    choose(page, "Marrowby")
    settled(page)
    return page


def told(page: Page) -> Locator:
    """The sentences that stand in the conversation."""
    return page.locator(".lines p")


def pictures(page: Page, folder: Path, name: str) -> None:
    """The page at both sizes; nothing of it may need scrolling sideways."""
    for size in (LAPTOP, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=folder / f"{name}-{size['width']}.png")
        assert page.evaluate(OVERFLOW) <= 0, name


def begun(page: Page, model: ScriptedServer) -> None:
    """Ask, and let one sentence come."""
    send(page, QUESTION)
    model.go_on(1)
    expect(told(page)).to_have_count(1)


def finished(model: ScriptedServer) -> None:
    """Let the rest of the answer go out."""
    model.go_on(20)


def test_sentences_are_seen_as_they_are_verified_and_the_rest_is_withheld(
    chart: Page, model: ScriptedServer, tmp_path: Path
) -> None:
    send(chart, QUESTION)
    expect(chart.get_by_role("status")).to_contain_text("qwen3:8b reads the evidence")
    expect(told(chart)).to_have_count(0)
    model.go_on(1)
    expect(told(chart)).to_have_count(1)
    model.go_on(1)
    expect(told(chart)).to_have_count(2)
    expect(chart.get_by_role("status")).to_contain_text("The next sentence is written")
    model.go_on(1)
    expect(chart.get_by_role("status")).to_contain_text("Checking sentence 3")
    expect(chart.get_by_role("status")).to_contain_text("2 verified so far")
    pictures(chart, tmp_path, "checked")
    assert WRONG not in chart.locator("body").inner_text()
    finished(model)
    expect(chart.locator(".cr-verdict")).to_contain_text("4 of 5 statements verified")
    expect(chart.locator(".cr-verdict")).to_contain_text(f"qwen3:8b @{DIGEST[:12]}")
    settled(chart)
    expect(told(chart)).to_have_count(MOST)
    pictures(chart, tmp_path, "folded")
    assert WRONG not in chart.locator("body").inner_text()
    chart.get_by_text("Not verified (1), not part of the answer").click()
    expect(chart.get_by_text(WRONG)).to_be_visible()
    chart.locator(".cr-verdict summary").click()
    expect(chart.get_by_text("It does not mean: true.")).to_be_visible()
    pictures(chart, tmp_path, "unverified")


def test_stop_keeps_what_was_verified(chart: Page, model: ScriptedServer, tmp_path: Path) -> None:
    begun(chart, model)
    chart.get_by_role("button", name="Stop").click()
    expect(
        chart.get_by_text("Stopped by the reader; the model's answer is in part.")
    ).to_be_visible()
    settled(chart)
    expect(told(chart)).to_have_count(1)
    expect(chart.locator(".cr-verdict")).to_contain_text("1 of 1 statement verified")
    expect(chart.get_by_role("button", name="Stop")).to_have_count(0)
    pictures(chart, tmp_path, "stopped")


def test_a_reload_and_another_page_lose_nothing_of_an_answer_in_the_making(
    chart: Page, model: ScriptedServer
) -> None:
    begun(chart, model)
    chart.reload()
    expect(told(chart)).to_have_count(1)
    chart.get_by_role("button", name="Open source").first.click()
    expect(chart.get_by_text("quote found word for word")).to_be_visible()
    expect(chart.get_by_role("status")).to_be_visible()
    go(chart, "Trends")
    finished(model)
    go(chart, "Ask")
    expect(chart.locator(".cr-verdict")).to_contain_text("4 of 5 statements verified")
    expect(told(chart)).to_have_count(MOST)
    expect(chart.locator(".lines button.open")).to_have_count(1)
    expect(chart.get_by_text("source 1 of 4")).to_be_visible()


def test_a_second_question_waits_for_the_first_and_both_are_answered(
    chart: Page, model: ScriptedServer, tmp_path: Path
) -> None:
    begun(chart, model)
    send(chart, "What is the latest sodium?")
    expect(chart.get_by_text("Waits until the question before it is answered.")).to_be_visible()
    expect(told(chart)).to_have_count(1)
    pictures(chart, tmp_path, "waits")
    finished(model)
    finished(model)
    expect(chart.locator(".cr-verdict")).to_have_count(2)
    settled(chart)
    asked = chart.get_by_test_id("stChatMessage")
    expect(asked.nth(0)).to_contain_text(QUESTION)
    expect(asked.nth(2)).to_contain_text("sodium")


@pytest.mark.parametrize("mode", ["obedient_link", "false_citations"])
def test_nothing_unverified_link_or_image_reaches_the_answer_and_the_embedded_one_is_offered(
    chart: Page, served: Served, model: ScriptedServer, tmp_path: Path, mode: str
) -> None:
    hosts: set[str] = set()
    chart.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    model.mode, model.script = mode, None
    send(chart, QUESTION)
    expect(chart.locator(".cr-verdict")).to_contain_text("NOT ANSWERED")
    settled(chart)
    expect(told(chart)).to_have_count(0)
    pictures(chart, tmp_path, f"offer-{mode}")
    chart.get_by_text("not part of the answer").click()
    expect(chart.locator(f"img[src*='{EVIL}'], a[href*='{EVIL}']")).to_have_count(0)
    chart.get_by_role("button", name="Show the embedded answer").click()
    expect(chart.locator(".cr-verdict")).to_have_count(2)
    expect(chart.locator(".cr-verdict").last).to_contain_text("embedded engine")
    assert {host for host in hosts if host} == {served[0].removeprefix("http://")}


def test_a_value_that_model_and_chart_give_differently_is_shown_beside_it(
    chart: Page, model: ScriptedServer, tmp_path: Path
) -> None:
    model.mode = "ok"
    model.script = another
    send(chart, "What is the latest potassium?")
    expect(chart.locator(".cr-differ")).to_contain_text("The chart's own result says")
    settled(chart)
    pictures(chart, tmp_path, "differs")
    chart.locator("[class*='st-key-differ'] button").click()
    expect(chart.get_by_text("quote found word for word")).to_be_visible()


def another(body: Body) -> str:
    """The last of the lines, which is not the latest result, as if it were the answer."""
    lines = items_of(body["messages"][-1]["content"])
    item = [line for line in lines if line.text.startswith("lab:")][-1]
    said = {"text": item.text.removeprefix("lab: "), "cites": [item.name]}
    return json.dumps({"answerable": True, "sentences": [said]})
