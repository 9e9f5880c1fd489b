"""The form in which a reader makes, renames, fills and deletes lists; it changes nothing itself.

What is asked for is handed to the page as a `ListEdit`. Rules are chosen, never typed: a rule of
the table, with an amount and hours inside its bounds, and its source beside it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.safe_text import label, markup
from pipelines.errors import ChartroomError
from pipelines.records.lists import ListEdit, OfferedRule, SavedList
from pipelines.records.ward import Worklist

KINDS = {"hand": "By hand", "location": "By location", "rule": "By a rule"}
LONGEST_NAME = 60
MOST_HOURS = 168
Apply = Callable[[ListEdit], None]


def edit_lists(found: Worklist, apply: Apply) -> None:
    """Draw the form; `apply` does what it asks and may raise a ChartroomError."""
    if found.chosen is not None:
        _of_one(found, found.chosen, apply)
    st.html('<div class="cr-section">A new list</div>')
    kind = st.segmented_control(
        "Kind", list(KINDS), format_func=KINDS.__getitem__, default="hand", key="list:kind"
    )
    name = st.text_input("Name", max_chars=LONGEST_NAME, key="list:name")
    edit = _asked(found, str(kind or "hand"), name)
    if edit is not None and st.button("Make this list", type="primary", key="list:make"):
        _do(apply, edit)


def about(chosen: SavedList) -> str:
    """What a list holds, in words."""
    if chosen.rule is not None:
        return f"By a rule: {chosen.rule.text}, as of the end of each chart"
    if chosen.location is not None:
        return f"By location: “{chosen.location}”, as of the end of each chart"
    return "By hand"


def _of_one(found: Worklist, chosen: SavedList, apply: Apply) -> None:
    st.html(
        markup(
            '<div class="cr-section">{name}</div><div class="cr-quiet">{about}</div>',
            name=chosen.name,
            about=about(chosen),
        )
    )
    key = chosen.list_id
    if chosen.kind == "hand":
        members = _people(found, f"list:members:{key}", chosen.patients)
        if st.button("Keep these patients", key="list:keep"):
            _do(apply, ListEdit("members", patients=members))
    wanted = st.text_input(
        "Another name", chosen.name, max_chars=LONGEST_NAME, key=f"list:rename:{key}"
    )
    with st.container(horizontal=True):
        if st.button("Rename", key="list:rename"):
            _do(apply, ListEdit("rename", name=wanted))
        if st.button("Delete this list", key="list:delete", help="No chart changes."):
            _do(apply, ListEdit("delete"))


def _asked(found: Worklist, kind: str, name: str) -> ListEdit | None:
    if kind == "location":
        if not found.locations:
            st.info("No patient has a recorded location now.")
            return None
        typed = st.selectbox(
            "Location, or a part of it",
            [place for place, _ in found.locations],
            accept_new_options=True,
            key="list:location",
        )
        return ListEdit("location", name, location=str(typed or ""))
    if kind == "rule":
        return _rule(found.rules, name)
    return ListEdit("hand", name, _people(found, "list:people", ()))


def _people(found: Worklist, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    names = dict(found.everyone)
    chosen = st.multiselect(
        "Patients",
        list(names),
        [patient for patient in default if patient in names],
        format_func=lambda patient: f"{names[patient]} · {patient}",
        key=key,
    )
    return tuple(chosen)


def _rule(rules: tuple[OfferedRule, ...], name: str) -> ListEdit:
    by_key = {one.key: one for one in rules}
    key = st.selectbox(
        "Rule", list(by_key), format_func=lambda key: by_key[key].rule.text, key="list:rule"
    )
    one = by_key[key]
    amount_at, hours_at = st.columns(2)
    unit = f" ({one.rule.unit})" if one.rule.unit else ""
    amount = amount_at.number_input(
        f"Amount{unit}", one.least, one.most, one.rule.amount, one.step, key=f"list:amount:{key}"
    )
    hours = 0
    if one.rule.hours:
        hours = hours_at.number_input(
            "Hours", 1, MOST_HOURS, one.rule.hours, 1, key=f"list:hours:{key}"
        )
    st.caption(label(f"Source: {one.source}"))
    return ListEdit("rule", name, rule_key=key, amount=float(amount), hours=int(hours))


def _do(apply: Apply, edit: ListEdit) -> None:
    try:
        apply(edit)
    except ChartroomError as error:
        st.error(label(error.user_message))
    else:
        st.rerun()
