"""`chartroom fetch`: from a FHIR server; its words, its verb and what people see of it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace

from pipelines import cli_print, cli_print_load
from pipelines.errors import NothingLoaded
from pipelines.records.fetches import COMPLETE, Fetched, FetchProgress, FetchRequest
from pipelines.records.loads import LoadReport
from pipelines.settings import Settings

REFUSED_SOME = 3


def words(sub: ArgumentParser) -> None:
    """a FHIR server's charts into the chart store"""
    sub.add_argument("url", nargs="?", metavar="URL", help="its address; default FHIR_URL")
    sub.add_argument("search", nargs="?", metavar="SEARCH", help="such as Patient?family=Smith")
    sub.add_argument("--patient", action="append", default=[], metavar="ID", help="may be repeated")
    sub.add_argument("--bulk", action="store_true", help="a bulk export ($export)")
    sub.add_argument("--group", default=None, metavar="ID", help="a bulk export of this group")
    sub.add_argument("--type", default="", metavar="T,…", help="only these resource types")
    sub.add_argument("--since", default=None, metavar="T", help="what changed; `last`: since then")
    sub.add_argument("--validate", choices=("full", "sample", "off"), default=None)


def fetch(options: Namespace, settings: Settings) -> int:
    """`fetch URL`: from a FHIR server into the inbox and the chart store."""
    from pipelines.desk import access, contract
    from pipelines.desk import fetch as desk

    if options.validate:
        settings = replace(settings, validate=options.validate)
    on_terminal = sys.stderr.isatty()
    try:
        outcome = desk.by_command(
            settings,
            access.system_reader(),
            _request(options),
            _progress if on_terminal else None,
            cli_print_load.Progress() if on_terminal else None,
        )
    except NothingLoaded as error:
        if options.json and isinstance(error.report, LoadReport):
            cli_print.json_line({**contract.load_json(error.report), "fetched": None})
        raise
    if options.json:
        told = {**contract.fetched_json(outcome.fetched), "waiting": outcome.waiting}
        cli_print.json_line({**contract.load_json(outcome.report), "fetched": told})
    else:
        _say(outcome.fetched, outcome.report, outcome.waiting)
    return REFUSED_SOME if outcome.report.refused or outcome.fetched.problems else 0


def _request(options: Namespace) -> FetchRequest:
    url, search = options.url or "", options.search
    if url and search is None and "://" not in url:
        url, search = "", url  # a search alone: the server is FHIR_URL
    return FetchRequest(
        url=url,
        search=search,
        patients=tuple(options.patient),
        bulk=options.bulk,
        group=options.group,
        types=tuple(part for part in options.type.split(",") if part),
        since=options.since,
    )


def _say(fetched: Fetched, report: LoadReport, waiting: bool) -> None:
    cli_print.text(
        f"{fetched.server}: {fetched.resources} resources, {fetched.deleted} deletions fetched "
        f"in {fetched.seconds:.1f} s"
        + (f" to {fetched.folder}." if fetched.folder else "; nothing new.")
    )
    for sentence in fetched.problems:
        cli_print.text(f"  {sentence}")
    if waiting:
        cli_print.text("The store is in use by the app, which will take the files in.")
    elif fetched.files:
        cli_print_load.load_report(report)


def _progress(progress: FetchProgress) -> None:
    sys.stderr.write(
        f"\r\x1b[K{progress.doing}: {progress.resources} resources, {progress.mb:.0f} MB, "
        f"{progress.seconds:.0f} s " + ("\n" if progress.doing == COMPLETE else "")
    )
    sys.stderr.flush()
