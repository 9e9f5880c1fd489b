"""The print view on paper: its head on every page, nothing cut, A4 and letter; the download."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.desk import brief, hand_out, look
from pipelines.desk.brief import BriefRequest
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Reader
from pipelines.records.handover import ListItem
from pipelines.settings import Settings
from tests.browser.conftest import choose, settled

pytestmark = pytest.mark.browser

READER = Reader("resident")
PAPERS = {"A4": (595, 842), "Letter": (612, 792)}
PATIENT, NAME, MRN, BORN = "quillfeather", "QUILLFEATHER, Ottoline", "SYN-0048213", "1958-03-14"
MARGIN_POINTS = 15


@pytest.fixture(scope="module")
def house(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("printed") / "home"
    subprocess.run(["cp", "-r", str(sample_home), str(home)], check=True)
    opened = open_house(Settings.read(home, {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"}))
    yield opened
    opened.close()


def on_paper(browser: Browser, folder: Path, text: str, paper: str) -> pypdfium2.PdfDocument:
    """The file as Chromium prints it; it may ask nobody for anything."""
    (folder / "view.html").write_text(text, encoding="utf-8")
    tab = browser.new_context(java_script_enabled=False).new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((folder / "view.html").as_uri())
    tab.pdf(path=folder / "view.pdf", format=paper)
    tab.close()
    assert [url for url in asked if not url.endswith("/view.html")] == []
    return pypdfium2.PdfDocument(folder / "view.pdf")


def words(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_bounded().split())


@pytest.mark.parametrize("paper", PAPERS)
def test_the_head_stands_on_every_page_and_nothing_is_cut(
    browser: Browser, house: House, tmp_path: Path, paper: str
) -> None:
    made = brief.brief(house, READER, PATIENT, 72)
    document = on_paper(
        browser, tmp_path, hand_out.printed(house, READER, made, "i-pass").text, paper
    )
    count = len(document)
    assert count > 1
    whole = ""
    for number, page in enumerate(document, start=1):
        assert page.get_size() == pytest.approx(PAPERS[paper], abs=1)
        said = words(page)
        for word in (NAME, f"MRN {MRN}", f"DOB {BORN}", "Sulfonamide antibiotics", "Latex",
                     "DRAFT, not signed", "printed 20", f"page {number} of {count}"):  # fmt: skip
            assert word in said, f"{word} on page {number}"
        inside(page)
        whole += " " + said
    for line in (line for part in made.sections for line in part.lines):
        assert letters(line.text) in letters(whole), line.text


def letters(text: str) -> str:
    """The text without spaces and hyphens: one at the end of a line is read back as a mark."""
    return re.sub(r"[\s\-\u2010\ufffe\x00-\x1f]", "", text)


def inside(page: pypdfium2.PdfPage) -> None:
    """Every letter stands within the paper's margins."""
    width, height = page.get_size()
    text = page.get_textpage()
    for index in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(index)
        if right > left and top > bottom:
            assert left >= MARGIN_POINTS
            assert right <= width - MARGIN_POINTS
            assert bottom >= MARGIN_POINTS
            assert top <= height - MARGIN_POINTS


def test_each_patient_of_a_list_begins_on_a_page_under_a_head_of_their_own(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    ids = [row.patient.patient_id for row in look.patients(house, READER)][:3]
    items = iter([ListItem(one, brief.brief_as(house, READER, one, BriefRequest())) for one in ids])
    text = "".join(hand_out.pages(house, READER, items, "sbar"))
    heads = []
    for page in on_paper(browser, tmp_path, text, "A4"):
        mrns = words(page).split("MRN ")[1:]
        assert len(mrns) == 1, "a page bears one patient's head"
        heads.append(mrns[0].split(" ")[0])
    assert len(set(heads)) == len(ids)
    assert heads == sorted(heads, key=heads.index), "pages of one patient follow each other"


def test_the_button_gives_the_page_and_the_screen_keeps_its_place(
    page: Page, server: str, tmp_path: Path
) -> None:
    page.goto(f"{server}/briefing")
    choose(page, "Quillfeather")
    settled(page)
    page.get_by_text("I-PASS", exact=True).click()
    settled(page)
    expect(page.get_by_text("S: Synthesis by receiver")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Print view").click()
    assert download.value.suggested_filename.startswith("briefing-")
    assert "uillfeather" not in download.value.suggested_filename
    download.value.save_as(tmp_path / "got.html")
    text = (tmp_path / "got.html").read_text(encoding="utf-8")
    assert NAME in text
    assert "I-PASS hand-over" in text
    page.get_by_role("button", name="Copy as text").click()
    expect(page.get_by_text("Logged as")).to_be_visible()
    expect(page.get_by_test_id("stCode")).to_contain_text("Draft, not signed.")
