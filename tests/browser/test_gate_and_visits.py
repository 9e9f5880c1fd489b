"""Who sees what: the gate on every address, and what a reload, a tab and a stranger get."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect
from websockets.typing import Origin

from components.response_headers import COOKIE
from tests.browser.conftest import choose, go, put_question, serving, settled

pytestmark = pytest.mark.browser

ADDRESSES = ["", "worklist", "briefing", "trends", "timeline", "notes", "ask", "log", "exports",
             "imports"]  # fmt: skip
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_the_first_of_a_fresh_server_shows_the_gate(
    page: Page, own_sample_home: Path, address: str
) -> None:
    with serving(own_sample_home) as url:
        page.goto(f"{url}/{address}")
        expect(page.get_by_text("No patient chosen.")).to_be_visible()
        settled(page)
        expect(page.locator(".cr-banner")).to_have_count(0)
        expect(page.get_by_test_id("stPlotlyChart")).to_have_count(0)
        expect(page.get_by_test_id("stChatInputTextArea")).to_have_count(0)


def test_the_gate_leads_to_the_page_that_was_asked_for(page: Page, server: str) -> None:
    page.goto(f"{server}/trends")
    choose(page, "Marrowby")
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible()
    assert "/trends" in page.url


def test_a_reload_brings_patient_and_conversation_back(page: Page, server: str) -> None:
    page.goto(f"{server}/ask")
    choose(page, "Marrowby")
    put_question(page, "What is the latest potassium?")
    page.reload()
    expect(page.locator(".cr-banner")).to_contain_text("MARROWBY")
    expect(page.get_by_text("What is the latest potassium?")).to_be_visible()
    expect(page.locator(".cr-verdict")).to_have_count(1)


def test_no_address_names_a_patient(page: Page, server: str) -> None:
    page.goto(server)
    choose(page, "Marrowby")
    for title in ("Briefing", "Trends", "Timeline", "Notes", "Ask", "Log", "Exports", "Quality",
                  "Imports", "Worklist"):  # fmt: skip
        go(page, title)
        assert "marrowby" not in page.url.lower()
        page.wait_for_url(lambda url: urlsplit(url).query.startswith("v="))


def test_two_tabs_keep_two_patients(context: BrowserContext, server: str) -> None:
    first, second = context.new_page(), context.new_page()
    first.goto(f"{server}/ask")
    choose(first, "Marrowby")
    second.goto(f"{server}/ask")
    choose(second, "Larkspurton")
    put_question(first, "What was the highest creatinine ever?")
    for tab, name, other in (
        (first, "MARROWBY", "LARKSPURTON"),
        (second, "LARKSPURTON", "MARROWBY"),
    ):
        tab.reload()
        settled(tab)
        expect(tab.locator(".cr-banner")).to_contain_text(name)
        assert other not in tab.content()
    expect(first.get_by_text("What was the highest creatinine ever?")).to_be_visible()
    expect(second.get_by_text("What was the highest creatinine ever?")).to_have_count(0)


def test_an_address_is_worth_nothing_in_another_browser(
    page: Page, browser: Browser, server: str
) -> None:
    page.goto(f"{server}/briefing")
    choose(page, "Marrowby")
    stranger = browser.new_context().new_page()
    stranger.goto(page.url)
    expect(stranger.get_by_text("No patient chosen.")).to_be_visible()
    stranger.context.close()


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    page: Page, server: str
) -> None:
    page.goto(server)
    (cookie,) = [one for one in page.context.cookies() if one["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_a_websocket_without_the_cookie_is_let_in_and_sees_the_gate(server: str) -> None:
    start = BackMsg()
    start.rerun_script.query_string = ""
    address = server.replace("http", "ws") + "/_stcore/stream"
    received = b""
    with connect(address, origin=Origin(server), max_size=None) as socket:
        socket.send(start.SerializeToString())
        while b"No patient chosen." not in received:
            received += socket.recv(timeout=30)
    assert b'cr-banner" role' not in received


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param(None, 101, id="this address"),
        pytest.param("evil.example", 403, id="another name for this machine"),
    ],
)
def test_a_websocket_is_opened_only_under_this_servers_own_name(
    server: str, host: str | None, status: int
) -> None:
    address = urlsplit(server).netloc
    caller = http.client.HTTPConnection(address, timeout=10)
    caller.request("GET", "/_stcore/stream", headers={**UPGRADE, "Host": host or address})
    assert caller.getresponse().status == status
    caller.close()


def test_every_answer_carries_the_policy(page: Page, server: str) -> None:
    answered = page.goto(server)
    assert answered is not None
    headers = answered.headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
