"""A briefing in the order of a hand-over form, with the same lines and chips as the briefing."""

from __future__ import annotations

import streamlit as st

from components import prose
from components.opened import Opened
from components.safe_text import markup
from pipelines.records.handover import FilledForm, FormPart

HUMAN = "filled by a person, never by code or a model"


def draw_form(page: str, scope: str, form: FilledForm, current: Opened | None) -> None:
    """Each part of the form with its lines, or the words that say why it has none."""
    for place, part in enumerate(form.parts):
        st.html(markup('<div class="cr-section">{title}</div>', title=part.title))
        for group in part.groups:
            if part.has_names:
                st.html(markup('<div class="cr-group">{name}</div>', name=group.heading))
            told = list(group.statements)
            prose.statements(page, f"{scope}:{form.key}:{place}:{group.name}", told, current)
        _why_empty(part)


def _why_empty(part: FormPart) -> None:
    for reason in (*part.unsaid, *([part.missing] if part.missing else [])):
        st.html(markup('<div class="cr-empty">{why}</div>', why=reason))
    if part.for_human:
        st.html(markup('<div class="cr-human">{why}</div>', why=HUMAN))
