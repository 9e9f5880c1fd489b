"""Every colour of the app, once for light and once for dark, by what it means.

A style sheet takes a colour as `var(--cr-<name>)`, a chart takes it from `now()`. No colour is
written anywhere else, so that contrast can be tested here (WCAG 2.2, 1.4.3 and 1.4.11) and a
dark screen is no second style sheet. Colour never stands alone: a letter or a sign is beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import streamlit as st


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as CSS colours; `paper` is the page, `surface` what lies on it."""

    paper: str
    surface: str
    ink: str
    quiet: str
    line: str
    grid: str
    blue: str
    blue_fill: str
    blue_line: str
    accent: str
    accent_ink: str
    high: str
    low: str
    odd: str
    band: str
    ring: str
    ok: str
    allergy: str
    allergy_ink: str
    amber: str
    amber_fill: str
    amber_ink: str
    quote: str
    quote_fill: str
    quote_ink: str
    edge: str
    redacted: str
    grey_fill: str
    bar_one: str
    bar_two: str
    bar_three: str
    bar_four: str

    @property
    def bars(self) -> tuple[str, str, str, str]:
        """Four colours that stay apart for every kind of colour vision (Okabe and Ito, 2008)."""
        return (self.bar_one, self.bar_two, self.bar_three, self.bar_four)


LIGHT = Palette(
    paper="#FFFFFF", surface="#F4F6F9", ink="#1A1F26", quiet="#5A6472", line="#CBD2DA",
    grid="#E6EAEE", blue="#0B5CAD", blue_fill="#EAF2FB", blue_line="#9FC3E8",
    accent="#0B5CAD", accent_ink="#FFFFFF", high="#8A1C00",
    low="#1F3A93", odd="#5B2A86", band="rgba(46,125,50,0.12)", ring="#B36B00", ok="#1E6B33",
    allergy="#B00020", allergy_ink="#FFFFFF", amber="#8A5A00", amber_fill="#FFF3D6",
    amber_ink="#4A3000", quote="#FFE08A", quote_fill="#FFF9E6", quote_ink="#1A1F26",
    edge="#B36B00", redacted="#F3D1D6", grey_fill="#E9ECF0",
    bar_one="#0072B2", bar_two="#E69F00", bar_three="#009E73", bar_four="#CC79A7",
)  # fmt: skip
DARK = Palette(
    paper="#14181D", surface="#1D232A", ink="#E8ECF0", quiet="#A3AEBB", line="#3B4550",
    grid="#2A323B", blue="#7DB8F0", blue_fill="#16304A", blue_line="#3A6EA0",
    accent="#2671B8", accent_ink="#FFFFFF", high="#FF9B80",
    low="#9DB4FF", odd="#D3A6F5", band="rgba(102,187,106,0.16)", ring="#FFB74D", ok="#7FD494",
    allergy="#B3122C", allergy_ink="#FFFFFF", amber="#F0B74A", amber_fill="#3A2D10",
    amber_ink="#F6DFAF", quote="#6B5310", quote_fill="#2E2813", quote_ink="#FFF6DC",
    edge="#F0A63A", redacted="#5A1F2B", grey_fill="#2B333C",
    bar_one="#4AA8E0", bar_two="#E69F00", bar_three="#2FBF93", bar_four="#DB93BC",
)  # fmt: skip


def now() -> Palette:
    """The colours of the theme that the reader has chosen."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def variables() -> str:
    """Both palettes as custom properties; the element's own colour scheme decides which."""
    pairs = (
        (field.name.replace("_", "-"), getattr(LIGHT, field.name), getattr(DARK, field.name))
        for field in fields(Palette)
    )
    listed = (f"--cr-{name}: light-dark({light}, {dark});" for name, light, dark in pairs)
    # Dialogs and menus hang beside the app, outside the part that Streamlit calls light or dark.
    scheme = "dark" if now() is DARK else "light"
    return ":root { " + " ".join(listed) + " } body { color-scheme: " + scheme + "; }"
