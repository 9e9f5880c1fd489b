"""The verbs about what is in the store: `load`, `refused`, `remove`.

A load that was stopped says what is in. A store that the app owns is no dead end: the sentence
names the inbox, which the app watches. What is printed for people stands in `cli_print_load`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from argparse import Namespace
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from pipelines import cli_print, cli_print_load
from pipelines.errors import LoadStopped, NothingLoaded, StoreInUse
from pipelines.records.loads import LoadReport

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.settings import Settings

REFUSED_SOME = 3


def load(options: Namespace, settings: Settings) -> int:
    """`load PATH…`: FHIR files into the chart store."""
    from pipelines.desk import access, contract
    from pipelines.desk import load as desk

    desk.keep_little_memory()
    bytes_before = desk.store_bytes(settings)
    house = _writing_house(settings)
    progress = cli_print_load.Progress() if sys.stderr.isatty() else None
    stop = _stop_on_interrupt()
    asked = desk.LoadOptions(options.validate, progress, stop)
    try:
        report = desk.load_with(house, access.system_reader(), options.paths, asked)
        if report.stopped:
            _leave(report, progress, as_json=options.json)
    except (NothingLoaded, LoadStopped) as ended:
        if options.json and isinstance(ended.report, LoadReport):
            cli_print.json_line(contract.load_json(ended.report))
        raise
    finally:
        if progress is not None:
            progress.end()
        house.close()
    report = desk.pack_closely(settings, report, bytes_before, stop)
    if options.json:
        cli_print.json_line(contract.load_json(report))
    else:
        cli_print_load.load_report(report)
    return REFUSED_SOME if report.refused else 0


def _stop_on_interrupt() -> threading.Event:
    """An event that Ctrl-C sets: the load ends in its own way, wherever it is."""
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    return stop


def _leave(
    report: LoadReport, progress: cli_print_load.Progress | None, *, as_json: bool
) -> NoReturn:
    """Say what is in and end the process now; to close in order would take longer than Ctrl-C may.

    What was said to be in is committed and logged. The store's write-ahead log is left to the
    next opening, as after a kill.
    """
    from pipelines.desk import contract

    if progress is not None:
        progress.end()
    if as_json:
        cli_print.json_line(contract.load_json(report))
    sys.stderr.write(
        f"Stopped: {report.files_in:,} of {report.files:,} files are in whole "
        f"({report.resources:,} resources); load the same again to complete it.\n"
    )
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever read it may be gone
            stream.flush()
    os._exit(1)


def refused(options: Namespace, settings: Settings) -> int:
    """`refused`: what was refused and why, and what belongs to nobody; `--retry` reads again."""
    if options.retry:
        return _retry(options, settings)
    from pipelines.desk import contract
    from pipelines.desk import load as desk
    from pipelines.desk.house import open_house

    house = open_house(settings)
    listed = desk.refused(house)
    if options.json:
        cli_print.json_line(contract.refused_json(listed, desk.orphans(house)))
    else:
        cli_print_load.refused_and_orphans(listed, desk.orphan_groups(house))
    return 0


def remove(options: Namespace, settings: Settings) -> int:
    """`remove PATIENT`: everything of one patient out of the store; the ledger stays."""
    from pipelines.desk import access, contract
    from pipelines.desk import remove as desk
    from pipelines.desk.house import open_house

    # Nothing is made where nothing is: a home that is not there has no such patient.
    house = open_house(settings, writing=settings.store_path.exists())
    try:
        removed = desk.remove(house, access.system_reader(), options.patient)
    finally:
        house.close()
    written_anew = desk.give_space_back(settings)
    if options.json:
        cli_print.json_line(contract.removed_json(removed, written_anew))
    else:
        cli_print_load.removed(removed, written_anew)
    return 0


def _retry(options: Namespace, settings: Settings) -> int:
    from pipelines.desk import access, contract
    from pipelines.desk import load as desk
    from pipelines.desk.house import open_house

    house = open_house(settings, writing=settings.store_path.exists())
    progress = cli_print_load.Progress() if sys.stderr.isatty() else None
    try:
        again = desk.retry(house, access.system_reader(), desk.LoadOptions(on_progress=progress))
    finally:
        if progress is not None:
            progress.end()
        house.close()
    if options.json:
        cli_print.json_line(contract.retry_json(again))
    else:
        cli_print_load.retried(again)
    return 0


def _writing_house(settings: Settings) -> House:
    from pipelines.desk.house import open_house
    from pipelines.desk.inbox import inbox_folder

    try:
        return open_house(settings, writing=True)
    except StoreInUse as error:
        raise StoreInUse(
            "The chart store is in use by another process; while that is the app, put the files"
            f" into {inbox_folder(settings)} and it loads them."
        ) from error
