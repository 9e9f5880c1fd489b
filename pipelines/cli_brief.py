"""`brief`: the briefing or the chart summary (`--hours all`) of one patient, or of many.

With `--json` stdout is one JSON value; of `--all` it is `{"briefings": [ … ]}`, written as each
briefing is committed and closed on every way out, so that a reader of a broken-off run still gets
valid JSON (with `"stopped": true`). One patient that fails has an object that says so, and the
others go on. Progress goes to stderr, and only to a terminal.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines import cli_print
from pipelines.errors import ChartroomError
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.desk.brief import BriefRequest
    from pipelines.desk.house import House
    from pipelines.records.answers import Briefing
    from pipelines.records.chart import Reader
    from pipelines.records.handover import ListItem

CLEAR_LINE = "\r\x1b[K"
FORMS = ("pre-round", "i-pass", "sbar")
SUMMARY = "summary"
MOST_HOURS = 10**18
WHOLE_CHART = "all"
FAILED = 1
BETWEEN = "\n---\n"
NONE_MADE = "No briefing could be made; the output names each patient with its reason."


def words(sub: ArgumentParser) -> None:
    """the pre-round briefing of one patient or of many, or a chart summary (--hours all)"""
    sub.add_argument("patient", nargs="?", metavar="PATIENT")
    sub.add_argument("--all", action="store_true", help="every patient, one after another")
    sub.add_argument("--hours", type=_hours, default=None, metavar="N|all",
                     help="24 by default; all: the chart summary, by problem")  # fmt: skip
    sub.add_argument("--list", default=None, metavar="NAME", help="with --all: a saved list")
    sub.add_argument("--since", choices=("last",), default=None,
                     help="what came in since you last looked, instead of hours")  # fmt: skip
    sub.add_argument("--as-of", default=None, metavar="T", help="read nothing after this time")
    sub.add_argument("--engine", choices=("auto", "embedded", "ollama"), default="auto")
    sub.add_argument("--format", choices=("json", "md", "html"), default="md")
    sub.add_argument("--form", choices=FORMS, default=None, help="the order of a hand-over form")


def check(top: ArgumentParser, options: Namespace) -> None:
    """Options that do not go together end with status 2."""
    if (options.patient is None) != options.all:
        top.error("name a patient, or give --all")
    if options.list is not None and not options.all:
        top.error("--list goes with --all")
    if options.hours == WHOLE_CHART and options.form:
        top.error("a chart summary (--hours all) goes into no hand-over form")
    if options.since and options.hours is not None:
        top.error("--since last and --hours exclude each other")
    if options.form and (options.json or options.format == "json"):
        top.error("--form is for --format md and html")


def brief(options: Namespace, settings: Settings) -> int:
    """`brief PATIENT` or `brief --all`, in the format that is asked for."""
    from pipelines.desk import access, look
    from pipelines.desk.brief import FALLBACK_HOURS, BriefRequest, brief_as
    from pipelines.desk.house import open_house

    house, reader = open_house(settings), access.system_reader()
    hours = FALLBACK_HOURS if options.hours is None else options.hours
    request = BriefRequest(
        hours=None if hours == WHOLE_CHART else hours,
        as_of=options.as_of,
        since_last=options.since == "last",
        engine=options.engine,
    )
    if options.all:
        return _all(house, reader, request, options)
    patient_id = look.find_patient(house, options.patient)
    _print_one(house, reader, brief_as(house, reader, patient_id, request), options)
    return 0


def _print_one(house: House, reader: Reader, briefing: Briefing, options: Namespace) -> None:
    from pipelines.desk import contract, hand_out
    from pipelines.desk.brief import as_markdown

    if options.json or options.format == "json":
        cli_print.json_line(contract.briefing_json(briefing))
    elif options.format == "html":
        page = hand_out.printed(house, reader, briefing, _form(options) or FORMS[0])
        cli_print.text(page.text, end="")
    else:
        cli_print.text(as_markdown(briefing, _form(options)))


def _form(options: Namespace) -> str | None:
    """The form that is asked for; a chart summary has one of its own."""
    if options.hours == WHOLE_CHART:
        return SUMMARY
    form: str | None = options.form
    return form


def _all(house: House, reader: Reader, request: BriefRequest, options: Namespace) -> int:
    """Every patient's briefing as soon as it is committed; 1 only when none could be made."""
    from pipelines.desk import brief_all

    patients = brief_all.patients_of(house, reader, options.list)
    items = brief_all.briefings(house, reader, patients, request)
    if sys.stderr.isatty():
        items = _with_progress(items, len(patients))
    if options.json or options.format == "json":
        made = _json_of_all(items)
    elif options.format == "html":
        made = _html_of_all(house, reader, items, options)
    else:
        made = _markdown_of_all(items, options)
    if patients and not made:
        raise ChartroomError(NONE_MADE)
    return 0


def _json_of_all(items: Iterator[ListItem]) -> int:
    """One JSON value, whatever happens in between."""
    from pipelines.desk import brief_all

    made = count = 0
    is_whole = False
    cli_print.bare(b'{"briefings": [')
    try:
        for item in items:
            cli_print.bare(b",\n" if count else b"\n")
            cli_print.bare(cli_print.encoded(brief_all.item_json(item)).rstrip(b"\n"))
            count += 1
            made += item.briefing is not None
        is_whole = True
    finally:
        cli_print.bare(b"\n]}\n" if is_whole else b'\n], "stopped": true}\n')
    return made


def _markdown_of_all(items: Iterator[ListItem], options: Namespace) -> int:
    from pipelines.desk.brief import as_markdown

    made = 0
    for count, item in enumerate(items):
        between = BETWEEN if count else ""
        if item.briefing is None:
            cli_print.text(f"{between}# Patient {item.patient_id}\n\nFailed: {item.failed}\n")
            continue
        made += 1
        cli_print.text(f"{between}Patient {item.patient_id}\n")
        cli_print.text(as_markdown(item.briefing, _form(options)))
    return made


def _html_of_all(
    house: House, reader: Reader, items: Iterator[ListItem], options: Namespace
) -> int:
    """One file to print, each patient beginning on a page of its own."""
    from pipelines.desk import hand_out

    made: list[bool] = []

    def counted() -> Iterator[ListItem]:
        for item in items:
            made.append(item.briefing is not None)
            yield item

    for piece in hand_out.pages(house, reader, counted(), _form(options) or FORMS[0]):
        cli_print.text(piece, end="")
    return sum(made)


def _with_progress(items: Iterator[ListItem], total: int) -> Iterator[ListItem]:
    """The same items, with one line on the terminal that overwrites itself."""
    try:
        for count, item in enumerate(items, start=1):
            sys.stderr.write(f"{CLEAR_LINE}{count} of {total} briefings")
            sys.stderr.flush()
            yield item
    finally:
        sys.stderr.write(CLEAR_LINE)
        sys.stderr.flush()


def _hours(text: str) -> int | str:
    if text == WHOLE_CHART:
        return text
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError("a whole number of hours, or all")
    return int(text) if len(text) < 19 else MOST_HOURS
