"""The colours of both themes can be read, and the frame around the page has the same ones."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from components.palette import DARK, LIGHT, Palette

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
TEXT, SIGN = 4.5, 3.0  # WCAG 2.2, 1.4.3 (text) and 1.4.11 (what is no text)
ON_PAPER = ("ink", "quiet", "blue", "high", "low", "odd", "ok", "amber")
SIGNS = ("ring", "edge", "accent", "bar_one")
ON_OTHER = (
    ("allergy_ink", "allergy"), ("accent_ink", "accent"),
    ("amber_ink", "amber_fill"), ("quote_ink", "quote"),
    ("quote_ink", "quote_fill"), ("ink", "surface"), ("quiet", "surface"), ("blue", "blue_fill"),
    ("ink", "grey_fill"), ("ink", "redacted"),
)  # fmt: skip
each_theme = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@each_theme
@pytest.mark.parametrize("name", ON_PAPER)
def test_words_stand_out_from_the_page(colours: Palette, name: str) -> None:
    assert contrast(getattr(colours, name), colours.paper) >= TEXT


@each_theme
@pytest.mark.parametrize("name", SIGNS)
def test_signs_stand_out_from_the_page(colours: Palette, name: str) -> None:
    assert contrast(getattr(colours, name), colours.paper) >= SIGN


@each_theme
@pytest.mark.parametrize(("words", "ground"), ON_OTHER)
def test_words_stand_out_from_what_they_lie_on(colours: Palette, words: str, ground: str) -> None:
    assert contrast(getattr(colours, words), getattr(colours, ground)) >= TEXT


@pytest.mark.parametrize(("table", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_frame_has_the_colours_of_the_pages(table: str, colours: Palette) -> None:
    said = CONFIG["theme"][table]
    assert [said[key] for key in ("primaryColor", "linkColor", "backgroundColor",
                                  "secondaryBackgroundColor", "textColor", "borderColor")] == [
        colours.accent, colours.blue, colours.paper, colours.surface, colours.ink, colours.line,
    ]  # fmt: skip


@pytest.mark.parametrize("path", sorted((ROOT / "components").rglob("*.css")), ids=lambda p: p.name)
def test_no_style_sheet_has_a_colour_of_its_own(path: Path) -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", path.read_text(encoding="utf-8")) == []
