"""Panels name tests that exist, each with its source; a site adds to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import ChartroomError
from pipelines.terms import site
from pipelines.terms.concepts import load
from pipelines.terms.panels import panels

ASKED_FOR = ["BMP", "CBC", "LFT", "Coag", "Gas", "Cardiac", "Sepsis", "Diabetes", "Kidney"]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    yield tmp_path  # type: ignore[misc]
    site.use(None)


def test_the_nine_panels_stand_in_their_order_with_a_source() -> None:
    assert [panel.title for panel in panels()] == ASKED_FOR
    assert all(len(panel.source) > 20 for panel in panels())


@pytest.mark.parametrize("panel", [panel.key for panel in panels()])
def test_every_member_is_a_single_test_and_stands_once(panel: str) -> None:
    found = next(one for one in panels() if one.key == panel)
    known = load().by_key
    assert found.concepts
    assert len(set(found.concepts)) == len(found.concepts)
    assert not any(known[concept].members for concept in found.concepts)


def test_a_site_adds_a_test_and_a_panel(own: Path) -> None:
    text = '[panel.cbc]\nconcepts = ["bands"]\n[panel.iron]\ntitle = "Iron"\nname = "Iron"\n'
    (own / "panels.toml").write_text(text + 'concepts = ["ferritin"]\nsource = "our laboratory"\n')
    site.use(own)
    by_key = {panel.key: panel for panel in panels()}
    assert by_key["cbc"].concepts[-1] == "bands"
    assert by_key["iron"].concepts == ("ferritin",)


def test_a_panel_of_a_test_that_nobody_knows_is_told_by_the_files_name(own: Path) -> None:
    (own / "panels.toml").write_text('[panel.cbc]\nconcepts = ["unobtainium"]\n')
    site.use(own)
    with pytest.raises(ChartroomError, match=r"panels\.toml"):
        panels()
