"""A real server on a free port, and Debian's chromium; both skip with a reason where absent."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import ROOT

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update",
             "--disable-sync"]  # fmt: skip
WIDE = {"width": 1440, "height": 900}
NO_MODEL = "http://127.0.0.1:9"  # nothing listens there: the embedded engine answers
START_S = 60
TRY_S = 0.1

expect.set_options(timeout=30_000)
Serve = Callable[[Path], "contextlib.AbstractContextManager[str]"]


@contextlib.contextmanager
def serving(home: Path, ollama_url: str = NO_MODEL) -> Iterator[str]:
    """The app of this home on a port of its own; stopped by its own process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHARTROOM_")}
    environment |= {"CHARTROOM_HOME": str(home), "CHARTROOM_OLLAMA_URL": ollama_url}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with open(home.parent / f"server-{port}.log", "wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(server, url)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def wait_until_healthy(server: subprocess.Popen[bytes], url: str) -> None:
    """Return when the server answers; fail when it ends or takes too long."""
    for _ in range(int(START_S / TRY_S)):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{url}/health", timeout=5)  # noqa: S310 - this machine
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the server ended with {server.wait(TRY_S)}")
    pytest.fail("the server did not answer in time")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests that do not need a fresh one, on the sample patients."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    home = tmp_path_factory.mktemp("served") / "home"
    subprocess.run(["cp", "-r", str(sample_home), str(home)], check=True)
    with serving(home) as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one person: own cookies, own storage."""
    made = browser.new_context(viewport=WIDE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab."""
    return context.new_page()


def settled(page: Page) -> None:
    """Wait until the script has run and everything it sent is drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def choose(page: Page, name: str) -> None:
    """Pick a patient by name, wherever the list of patients stands."""
    page.get_by_role("combobox", name="Open chart").click()
    page.get_by_role("combobox", name="Open chart").fill(name)
    page.get_by_role("option").first.click()
    expect(page.locator(".cr-banner")).to_contain_text(name.upper())


def go(page: Page, title: str) -> None:
    """Press a link of the row at the top."""
    page.locator(".st-key-cr-links").get_by_text(title, exact=True).click()
    page.wait_for_url(lambda url: title.lower() in url or title == "Worklist")
    settled(page)


def send(page: Page, question: str) -> None:
    """Type a question, and wait only until it stands in the conversation."""
    before = page.get_by_test_id("stChatMessage").count()
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(before + 2)


def put_question(page: Page, question: str) -> None:
    """Type a question and wait for its verdict line."""
    before = page.locator(".cr-verdict").count()
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(page.locator(".cr-verdict")).to_have_count(before + 1)
    settled(page)
