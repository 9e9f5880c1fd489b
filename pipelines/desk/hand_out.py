"""A briefing given to the care team: printed, copied, or filled into a hand-over form.

With the name, marked draft, not redacted: it stays in the house (what leaves goes through
`desk.export`). Promises: the giving is in the ledger, with the form, the briefing's entry and the
digest of the very text, before any of it is returned. Only judged lines and verified sentences
are in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.desk.access import open_chart
from pipelines.records.handover import FilledForm, HandOut, HandoverHeader, ListItem
from pipelines.records.moments import DAY_LENGTH

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.answers import Briefing
    from pipelines.records.chart import Reader

FORMS = {"pre-round": "Pre-round", "i-pass": "I-PASS", "sbar": "SBAR"}
"""The forms a reader may choose, with their names on a page; `briefing/forms.toml` fills them."""
SUMMARY = "summary"
"""The form of a chart summary, which keeps the order of its sections."""


@dataclass(frozen=True, slots=True)
class _Parts:
    form: FilledForm
    header: HandoverHeader


def filled(briefing: Briefing, form: str) -> FilledForm:
    """The briefing in the order of a form, for the screen."""
    from pipelines.briefing import forms

    return forms.fill(briefing, form)


def printed(house: House, reader: Reader, briefing: Briefing, form: str) -> HandOut:
    """The print view as one HTML file, logged as "print" first."""
    from pipelines.briefing import print_view

    parts = _parts(house, reader, briefing, form)
    content = print_view.page(briefing, parts.form, parts.header)
    return _given(house, reader, briefing, ("print", form, content))


def copied(house: House, reader: Reader, briefing: Briefing, form: str) -> HandOut:
    """The briefing as plain text, logged as "copy" first."""
    from pipelines.briefing import plain_text

    parts = _parts(house, reader, briefing, form)
    content = plain_text.text(briefing, parts.form, parts.header)
    return _given(house, reader, briefing, ("copy", form, content))


def pages(house: House, reader: Reader, items: Iterator[ListItem], form: str) -> Iterator[str]:
    """A list's briefings as one HTML file, piece by piece; each is logged before its piece.

    A patient whose briefing could not be made has a page that says so.
    """
    from pipelines.briefing import print_view

    yield print_view.HEAD
    for item in items:
        if item.briefing is None:
            yield print_view.failed(item.patient_id, item.failed or "")
            continue
        parts = _parts(house, reader, item.briefing, form)
        content = print_view.table(item.briefing, parts.form, parts.header)
        yield _given(house, reader, item.briefing, ("print", form, content)).text
    yield print_view.FOOT


def _parts(house: House, reader: Reader, briefing: Briefing, form: str) -> _Parts:
    from pipelines.briefing.handover_header import header
    from pipelines.charts import patients

    # A chart that ends with a month or a year alone can only be opened at its own end.
    as_of = briefing.as_of if len(briefing.as_of) >= DAY_LENGTH else None
    chart = open_chart(house, reader, briefing.patient, "handover", as_of)
    now = datetime.now(UTC).isoformat(timespec="minutes")
    head = header(patients.banner(chart), briefing, now, reader.account)
    return _Parts(filled(briefing, form), head)


def _given(
    house: House, reader: Reader, briefing: Briefing, given: tuple[str, str, str]
) -> HandOut:
    """Log what is about to be given out, then hand it over."""
    action, form, content = given
    entry = house.ledger.append(
        reader=reader,
        patient=briefing.patient,
        action=action,
        payload={
            "briefing_id": briefing.log_id,
            "form": form,
            "sha256": hashlib.sha256(content.encode()).hexdigest(),
            "narrative": bool(briefing.narrative and briefing.narrative.statements),
        },
    )
    suffix = "html" if action == "print" else "txt"
    name = f"briefing-{briefing.log_id[:8]}-{form}.{suffix}"
    return HandOut(content, name, entry.entry_id)
