"""The notes of a chart: controls and list at the left, one note with what changed at the right."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import times
from components.note_text import draw_text
from components.safe_text import label, markup
from components.source_view import warned
from components.theme import say_row_keys, table_height
from pipelines.records.moments import Moment
from pipelines.records.note_reader import (
    ListedNote,
    NoteChanges,
    NotesChoice,
    NoteShelf,
    OpenNote,
)
from pipelines.records.notes import NoteHead

SPANS: dict[str, int | None] = {"48 h": 48, "7 d": 168, "30 d": 720, "1 y": 24 * 366, "All": None}
ORDERS = {"Newest first": "newest", "By type": "type", "By author": "author"}
OPENED = "of:notes:open"  # forgotten with the patient, see components.place.leave
LISTED_PX = 520
MARK = " "  # the head of the column that marks the note which is read


def choose(scope: str, shelf_kinds: Sequence[str], shelf_authors: Sequence[str]) -> NotesChoice:
    """The controls of the visit `scope`, and what they say."""
    words, kind, author = st.columns([3, 2, 2], vertical_alignment="bottom")
    sought = words.text_input(
        "Search all notes (these words, in this order)", key=f"notes:words:{scope}",
        placeholder="chest tube", persist_state="session",
    )  # fmt: skip
    kinds = kind.multiselect(
        "Type", list(shelf_kinds), placeholder="all types", select_all=False,
        key=f"notes:kinds:{scope}", persist_state="session",
    )  # fmt: skip
    authors = author.multiselect(
        "Author", list(shelf_authors), placeholder="all authors", select_all=False,
        key=f"notes:authors:{scope}", persist_state="session",
    )  # fmt: skip
    span, order = st.columns(2, vertical_alignment="bottom")
    hours = span.segmented_control(
        "Written before the chart's as-of", list(SPANS), default="All", required=True,
        key=f"notes:span:{scope}", persist_state="session",
    )  # fmt: skip
    sort = order.segmented_control(
        "Order", list(ORDERS), default="Newest first", required=True,
        key=f"notes:order:{scope}", persist_state="session",
    )  # fmt: skip
    resource = st.session_state.get(OPENED)
    return NotesChoice(
        kinds=tuple(kinds),
        authors=tuple(authors),
        hours=SPANS[hours or "All"],
        order=ORDERS[sort or "Newest first"],
        words=sought or "",
        resource=resource if isinstance(resource, str) else None,
        compare_with=st.session_state.get(f"of:notes:with:{resource}"),
    )


def open_this(resource: str) -> None:
    """Read this note."""
    st.session_state[OPENED] = resource


def draw_list(page: str, shelf: NoteShelf, words: str) -> None:
    """The notes that fit, as rows; a pressed row is read beside, and buttons step through them."""
    st.html(markup('<div class="cr-quiet">{told}</div>', told=told_of(shelf, words)))
    if not shelf.listed:
        return
    _steps(shelf)
    say_row_keys("the note")
    key = f"{page}:list"
    listed = shelf.listed

    def pressed() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(listed):
            open_this(listed[chosen[0]].head.fact.resource)

    current = shelf.opened.head.fact.resource if shelf.opened else ""
    st.dataframe(
        [row(item, bool(words.split()), current) for item in listed],
        hide_index=True,
        height=table_height(len(listed), LISTED_PX),
        column_config={
            MARK: st.column_config.TextColumn(width=30),
            "Written": st.column_config.TextColumn(width=120),
            "Hits": st.column_config.NumberColumn(width=40),
            "Type": st.column_config.TextColumn(width=110),
            "Title": st.column_config.TextColumn(width=150),
        },
        key=key,
        on_select=pressed,
        selection_mode="single-row",
        alt="The notes of this chart",
    )


def told_of(shelf: NoteShelf, words: str) -> str:
    """How many notes fit, and how often the words were found in them."""
    if not words.split():
        return f"{len(shelf.listed)} of {shelf.in_chart} notes"
    found = sum(item.hits for item in shelf.listed)
    if not found:
        return "No note that fits has these words in this order."
    hits = "1 hit" if found == 1 else f"{found} hits"
    return f"{hits} in {len(shelf.listed)} of {shelf.in_chart} notes"


def row(item: ListedNote, searched: bool, current: str) -> dict[str, str | int]:
    """One note of the list in words."""
    head = item.head
    found: dict[str, str | int] = {"Hits": item.hits} if searched else {}
    title = head.title if head.status != "superseded" else f"{head.title} (superseded)"
    return {
        MARK: "▸" if head.fact.resource == current else "",
        "Written": times.clock(head.when),
        **found,
        "Title": title,
        "Type": head.kind,
        "Author": head.author or "",
    }


def _steps(shelf: NoteShelf) -> None:
    resources = [item.head.fact.resource for item in shelf.listed]
    current = shelf.opened.head.fact.resource if shelf.opened else ""
    at = resources.index(current) if current in resources else 0
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Previous note", key="notes:previous", on_click=open_this, disabled=at == 0,
                  args=(resources[max(at - 1, 0)],), shortcut="Alt+ArrowUp")  # fmt: skip
        st.button("Next note", key="notes:next", on_click=open_this,
                  disabled=at + 1 >= len(resources), shortcut="Alt+ArrowDown",
                  args=(resources[min(at + 1, len(resources) - 1)],))  # fmt: skip
        st.html(f'<div class="cr-quiet">note {at + 1} of {len(resources)}</div>')


def draw_unread(shelf: NoteShelf) -> None:
    """The documents that no search looked into, with the reason."""
    if not shelf.unread:
        return
    with st.expander(f"Not read, and not searched ({len(shelf.unread)})"):
        for item in shelf.unread:
            how = "in part" if item.is_partial else "at all"
            st.html(
                markup(
                    "<div>{title}, {when}: not read {how}. {reason}</div>",
                    title=item.title, when=times.clock(item.when), how=how, reason=item.reason,
                )
            )  # fmt: skip


def draw_note(page: str, opened: OpenNote, as_of: Moment) -> None:
    """Heading, what changed against which note, the text, and what is no longer said."""
    head = opened.head
    parts = [head.title, times.clock(head.when), head.author or "author not recorded"]
    st.html(markup('<div class="cr-head">{what}</div>', what=" · ".join(parts)))
    facts = [head.fact.resource, head.kind, times.ago(head.when, as_of), head.status or "",
             f"{head.length:,} characters"]  # fmt: skip
    st.html(markup('<div class="cr-quiet">{said}</div>', said=" · ".join(p for p in facts if p)))
    _compared(opened)
    if opened.warnings:
        st.html(warned(len(opened.warnings)))
    draw_text(page, opened)
    if opened.changes is not None:
        _changed_numbers(opened.changes)
        _dropped(opened.changes, opened.compared_with)


def _compared(opened: OpenNote) -> None:
    other, changes = opened.compared_with, opened.changes
    if other is None or changes is None:
        st.html(
            '<div class="cr-quiet">No older note of this type by the same kind of author: nothing'
            " is compared.</div>"
        )
        return
    if len(opened.comparable) > 1:
        _choose_other(opened)
    st.html(
        markup(
            '<div class="cr-compared">Against {title}, {when}: <b>{copied}</b> of {all} sentences'
            " copied (dimmed, ↺) · <b>{changed}</b> with another number (≠) · <b>{moved}</b> under"
            " another heading (⇄) · <b>{new}</b> new · <b>{gone}</b> no longer said</div>",
            title=other.title, when=times.clock(other.when), all=len(changes.sentences),
            copied=changes.count("copied"), changed=changes.count("changed"),
            moved=changes.count("moved"), new=changes.count("new"), gone=len(changes.dropped),
        )
    )  # fmt: skip


def _choose_other(opened: OpenNote) -> None:
    by_resource = {head.fact.resource: head for head in opened.comparable}
    key = f"notes:with:{opened.head.fact.resource}"

    def chosen() -> None:
        st.session_state[f"of:{key}"] = st.session_state[key]

    st.selectbox(
        "Compared with", list(by_resource), key=key, on_change=chosen,
        index=list(by_resource).index(opened.compared_with.fact.resource)
        if opened.compared_with else 0,
        format_func=lambda one: _named(by_resource[one]) if one in by_resource else "",
    )  # fmt: skip


def _named(head: NoteHead) -> str:
    return " · ".join(part for part in (times.clock(head.when), head.title, head.author) if part)


def _changed_numbers(changes: NoteChanges) -> None:
    changed = [item for item in changes.sentences if item.state == "changed"]
    if not changed:
        return
    with st.expander(f"≠ Same words, other numbers ({len(changed)})", expanded=len(changed) <= 3):
        rows = "".join(
            markup(
                "<tr><td>{before}</td><td>{now}</td></tr>",
                before=item.before or "", now=item.sentence.text,
            )
            for item in changed
        )  # fmt: skip
        st.html(f'<table class="cr-table"><tr><th>Before</th><th>Now</th></tr>{rows}</table>')


def _dropped(changes: NoteChanges, other: NoteHead | None) -> None:
    if not changes.dropped or other is None:
        return
    with st.expander(label(f"No longer said ({len(changes.dropped)})")):
        st.html(
            markup(
                '<div class="cr-quiet">Said in {title}, {when}, and not in this note:</div>',
                title=other.title, when=times.clock(other.when),
            )
        )  # fmt: skip
        st.html(
            "<ul class='cr-dropped'>"
            + "".join(
                markup("<li>{heading}{text}</li>", text=item.text,
                       heading=f"{item.heading}: " if item.heading else "")
                for item in changes.dropped
            )
            + "</ul>"
        )  # fmt: skip
