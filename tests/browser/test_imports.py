"""An upload in a real browser: progress, leaving the page, the report; then the watched inbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import go, serving, settled
from tests.contract.charts import bundle, patient, potassium, write

pytestmark = pytest.mark.browser

FILES, RESULTS = 40, 150


def big_upload(folder: Path) -> list[str]:
    """Files that take some seconds, because an upload is validated in full; one entry is bad."""
    paths = []
    for number in range(FILES):
        ident = f"p{number}"
        results = [
            {**potassium(f"o{number}-{k}", 4.0, "2026-11-20T06:00:00Z"),
             "subject": {"reference": f"Patient/{ident}"}}
            for k in range(RESULTS)
        ]  # fmt: skip
        if number == 0:
            results[0]["effectiveDateTime"] = "soon"
        paths.append(str(write(folder / f"{number:02}.json", bundle(patient(ident), *results))))
    return paths


def test_an_upload_goes_on_while_the_page_is_left_and_reports_at_its_end(
    page: Page, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with serving(home) as url:
        page.goto(f"{url}/imports")
        page.locator("input[type=file]").set_input_files(big_upload(tmp_path))
        load = page.get_by_role("button", name="Load", exact=True)
        expect(load).to_be_enabled()
        load.click()
        progress = page.get_by_test_id("stProgress")
        expect(progress).to_contain_text(f"of {FILES} files")
        expect(progress).to_contain_text("MB/s")
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
        go(page, "Worklist")
        go(page, "Imports")
        expect(page.get_by_text("LOADED IN PART: 1 refused")).to_be_visible(timeout=120_000)
        expect(page.get_by_text(f"{FILES} files · {FILES} patients")).to_be_visible()
        expect(page.get_by_text("effectiveDateTime", exact=False).first).to_be_visible()
        assert not (home / "uploads").exists()
        go(page, "Worklist")
        expect(page.get_by_text(f"{FILES} of {FILES} patients")).to_be_visible()


def test_a_file_put_into_the_inbox_is_loaded_while_the_app_is_open(
    page: Page, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with serving(home) as url:
        page.goto(f"{url}/imports")
        settled(page)
        expect(page.get_by_text("Nothing is waiting in it.")).to_be_visible()
        write(home / "inbox" / "in.ndjson", json.dumps(patient("n1")) + "\n")
        # The page looks again by itself: the load appears among the recent ones.
        done = page.get_by_test_id("stDataFrame")
        expect(done).to_have_count(1, timeout=60_000)
    assert [path.name for path in (home / "inbox" / "done").rglob("*.ndjson")] == ["in.ndjson"]
