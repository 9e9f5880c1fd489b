"""Flags, consents and advance directives of one chart, in time order.

A consent is told provision by provision and keeps what the record says of each: permit, deny,
or nothing. Whether an advance directive exists is one thing, what it says another: this tells
the first; `code_status` reads the second. Entered in error is left out.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.consents import Consent, Flag

CODES = Path(__file__).with_name("code_status.toml")

FLAGS = """
select resource, 0, code_key, display, status, start_utc, start_written, encounter, path, quote,
    categories, start_utc, start_written, end_utc, end_written, author
from flag
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(start_utc, encounter, $patient, $as_of)
order by start_utc nulls first, resource
"""
CONSENTS = """
select resource, number, code_key, display, status, coalesce(stated_utc, start_utc),
    coalesce(stated_written, start_written), null, path, quote, scope_key, scope, category_keys,
    categories, performers, policy, provision_type, provision_keys, provisions, start_utc,
    start_written, end_utc, end_written, source
from consent
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(stated_utc, start_utc, $as_of) <= $as_of
order by coalesce(stated_utc, start_utc) nulls first, resource, number
"""


def flags(chart: Chart) -> tuple[Flag, ...]:
    """All flags raised by the as-of, undated ones first; ended ones keep their end."""
    return read(chart, FLAGS, Flag, "flag")


def consents(chart: Chart) -> tuple[Consent, ...]:
    """All provisions of all consents given by the as-of, undated ones first."""
    return read(chart, CONSENTS, Consent, "consent")


def advance_directives(chart: Chart) -> tuple[Consent, ...]:
    """Consents that are advance directives, by their scope or category."""
    known = set(rules()["advance_directive"]["codes"])
    return tuple(one for one in consents(chart) if known & {one.scope_key, *one.category_keys})


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The codes and words of `code_status.toml`."""
    return tomllib.loads(CODES.read_text(encoding="utf-8"))
