"""Load → trend → ask → source → log → export, as a newcomer does it, in an empty home."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose, go, put_question, serving, settled
from tests.conftest import SAMPLES

pytestmark = pytest.mark.browser

BUNDLE = SAMPLES / "heart_failure.json.gz"


def test_the_main_job_from_front_door_to_back_door(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "home") as url:
        page.goto(f"{url}/imports")
        load_bundle(page)
        go(page, "Worklist")
        choose(page, "Marrowby")
        expect(page.get_by_text("Pre-round briefing · last 24 h")).to_be_visible()
        open_a_point(page)
        open_a_citation(page)
        look_into_the_log(page)
        take_an_export_away(page, tmp_path)


def load_bundle(page: Page) -> None:
    expect(page.get_by_text("No patient chosen.")).to_be_visible()
    page.locator("input[type=file]").set_input_files(str(BUNDLE))
    page.get_by_role("button", name="Load", exact=True).click()
    # In full validation, while the process still warms up: a busy machine takes its time.
    whole = page.get_by_text("✓ Loaded whole: nothing was refused.")
    expect(whole).to_be_visible(timeout=120_000)


def open_a_point(page: Page) -> None:
    go(page, "Trends")
    # The lines at the ends of a stay are points too, without a width; a result's sign has one.
    points = page.locator(".js-plotly-plot .scatterlayer .point").filter(visible=True)
    expect(points.first).to_be_visible()
    points.first.click(force=True)
    expect(page.get_by_text("✓ quote found word for word")).to_be_visible()
    expect(page.get_by_text("Creatinine", exact=False).first).to_be_visible()


def open_a_citation(page: Page) -> None:
    go(page, "Ask")
    put_question(page, "What is the latest potassium?")
    chip = page.locator("button[aria-label^='Open source: '][aria-label*='] Potassium']").first
    chip.click()
    expect(page.locator("mark.cr-mark")).to_have_text("5.8")
    expect(page.locator("button.open")).to_have_count(1)
    page.get_by_text("Raw JSON").click()
    expect(page.get_by_test_id("stCode")).to_contain_text('"resourceType"')


def look_into_the_log(page: Page) -> None:
    go(page, "Log")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text("✓ WHOLE:")).to_be_visible()


def take_an_export_away(page: Page, folder: Path) -> None:
    go(page, "Exports")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("What leaves", exact=True)).to_be_visible()
    page.get_by_role("button", name="Log this export and make the file").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    saved = folder / "export.md"
    started.value.save_as(saved)
    text = saved.read_text()
    assert "Potassium was 5.8 mmol/L" in text
    assert "2026-11-22" not in text
    assert "marrowby" not in (text + started.value.suggested_filename).lower()
    settled(page)
