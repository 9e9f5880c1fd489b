"""`chartroom`: the same functions as the pages, one short function a verb.

What other programs rely on stands in the contract: with `--json` stdout is one JSON value and
nothing else; a failing command says one plain sentence on stderr and no traceback. The heavy
libraries load only in the verbs that need them.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelines import (
    cli_brief,
    cli_cohort,
    cli_evaluate,
    cli_fetch,
    cli_load,
    cli_models,
    cli_print,
)
from pipelines.errors import ChartroomError, NotFound, RedactionRefused
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.desk.house import House

FAILED, USAGE, TAMPERED, ABSTAINED, PHI_LEFT = 1, 2, 4, 5, 6
ANSWER_STATUS = {"answered": 0, "abstained": ABSTAINED, "failed": FAILED}
UNEXPECTED = "Something went wrong inside Chartroom; nothing was changed by this command."

Verb = Callable[[Namespace, Settings], int]


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit status (the console script exits with it)."""
    _be_quiet()
    try:
        options = _options(arguments)
        return int(options.verb(options, Settings.read(options.home)))
    except RedactionRefused as error:
        return _say(error.user_message, PHI_LEFT)
    except ChartroomError as error:
        return _say(error.user_message, FAILED)
    except BrokenPipeError:
        # The reader of stdout went away (`| head`); Python must not complain on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return _say("Stopped.", FAILED)
    except Exception:  # noqa: BLE001 - the command line's door: no traceback may reach a user
        return _say(UNEXPECTED, FAILED)


def patients(options: Namespace, settings: Settings) -> int:
    """`patients`: one row a patient."""
    from pipelines.desk import access, contract, look

    rows = look.patients(_house(settings), access.system_reader())
    if options.json:
        cli_print.json_line({"patients": [contract.patient_json(row) for row in rows]})
    else:
        cli_print.patients(rows)
    return 0


def ask(options: Namespace, settings: Settings) -> int:
    """`ask PATIENT QUESTION`, or `ask --batch IN --out OUT`."""
    from pipelines.desk import access, batch, contract
    from pipelines.desk import ask as desk

    house, reader = _house(settings), access.system_reader()
    if options.batch:
        _ = house.store  # a store in use ends the batch, not each of its lines
        with _lines(options.batch) as lines, _output(options.out) as out:
            made = batch.answers(house, reader, lines, engine=options.engine, as_of=options.as_of)
            return _write_batch(made, out, options)
    request = desk.AskRequest(
        options.patient, options.question, engine=options.engine, as_of=options.as_of
    )
    answer = desk.ask_by_name(house, reader, request)
    if options.json:
        cli_print.json_line(contract.answer_json(answer))
    elif answer.status != "failed":
        cli_print.answer(answer)
    if answer.status == "failed":
        return _say(answer.notice or desk.NOT_MADE, FAILED)
    return ANSWER_STATUS[answer.status]


def redact(options: Namespace, settings: Settings) -> int:
    """`redact FILE|-`, or `redact --batch IN --out OUT`: text with PHI removed."""
    from pipelines.desk import access, batch, contract, export, look

    house, reader = _house(settings), access.system_reader()
    if options.batch:
        with _lines(options.batch) as lines, _output(options.out) as out:
            return _write_batch(batch.redactions(house, reader, lines), out, options)
    known = None
    if options.patient:
        patient_id = look.find_patient(house, options.patient)
        known = export.chart_identifiers(house, reader, patient_id)
    text = _text(options.file)
    try:
        redaction = export.redact(text, known)
    except RedactionRefused as error:
        if options.json:
            cli_print.json_line(contract.refused_redaction_json(error.user_message))
        raise
    if options.json:
        cli_print.json_line(contract.redaction_json(redaction))
    else:
        cli_print.raw(redaction.text)
    return 0


def export(options: Namespace, settings: Settings) -> int:
    """`export (answer|thread|briefing) ID --to FILE`: redacted, re-scanned, logged."""
    from pipelines.desk import access
    from pipelines.desk import export as desk

    house, reader = _house(settings), access.system_reader()
    shown = desk.preview(house, reader, desk.ExportRequest(options.kind, options.id))
    released, content = desk.release(house, reader, shown)
    try:
        _write_private(options.to, content)
    except OSError as error:
        raise ChartroomError("The export file cannot be written there.") from error
    if options.json:
        cli_print.json_line(
            {
                "file": str(options.to),
                "kind": released.kind,
                "spans": len(released.redaction.spans),
                "layers": dict(released.redaction.layers),
                "log_id": released.log_id,
            }
        )
    return 0


def log(options: Namespace, settings: Settings) -> int:
    """`log list`, `log show ID`, `log verify`."""
    from pipelines.desk import contract
    from pipelines.desk import log as desk

    house = _house(settings)
    if options.what == "list":
        entries = desk.entries(house)
        if options.json:
            cli_print.json_line({"entries": [contract.entry_json(entry) for entry in entries]})
        else:
            cli_print.entries(entries)
        return 0
    if options.what == "show":
        shown = contract.entry_json(desk.show(house, options.id), whole=True)
        cli_print.json_line(shown) if options.json else cli_print.pretty(shown)
        return 0
    check = desk.verify(house)
    if options.json:
        cli_print.json_line(contract.check_json(check))
    elif check.whole:
        cli_print.text(f"{check.entries} entries, whole. Head {check.head or 'none'}.")
    if check.whole:
        return 0
    return _say(cli_print.broken_sentence(check), TAMPERED)


def settings_verb(options: Namespace, settings: Settings) -> int:
    """`settings`: what is in force and where each came from."""
    from pipelines.desk.house import site_tables

    cli_print.settings(settings, site_tables(settings), as_json=options.json)
    return 0


def serve(options: Namespace, settings: Settings) -> int:
    """`serve`: the app, as a child process on 127.0.0.1."""
    from pipelines.desk import serve as desk

    return desk.serve(
        settings,
        options.port or settings.port,
        lambda url: cli_print.serving(url, as_json=options.json),
    )


def _house(settings: Settings) -> House:
    from pipelines.desk.house import open_house

    return open_house(settings)


def _write_batch(made: Iterable[dict[str, Any]], out: IO[bytes], options: Namespace) -> int:
    count = 0
    for item in made:
        out.write(cli_print.encoded(item))
        out.flush()
        count += 1
    if options.json:
        cli_print.json_line({"lines": count, "out": str(options.out)})
    return 0


def _lines(path: Path) -> IO[str]:
    try:
        return path.open(encoding="utf-8-sig", errors="replace", newline="\n")
    except OSError as error:
        raise NotFound("The batch file cannot be read; check its path.") from error


def _output(path: Path) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    except OSError as error:
        raise ChartroomError("The output file cannot be written there.") from error


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise NotFound("The file cannot be read; check its path.") from error
    except UnicodeDecodeError as error:
        raise ChartroomError("The file is not UTF-8 text.") from error


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    return status


def _be_quiet() -> None:
    """One sentence is all that stderr may hold, so libraries may not speak there."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)


def _options(arguments: list[str] | None) -> Namespace:
    from pipelines.cli_options import parse

    verbs: dict[str, Verb] = {
        "load": cli_load.load,
        "refused": cli_load.refused,
        "remove": cli_load.remove,
        "fetch": cli_fetch.fetch,
        "patients": patients,
        "ask": ask,
        "cohort": cli_cohort.cohort,
        "brief": cli_brief.brief,
        "redact": redact,
        "export": export,
        "log": log,
        "evaluate": cli_evaluate.evaluate,
        "models": cli_models.models,
        "settings": settings_verb,
        "demo-model": cli_models.demo_model,
        "serve": serve,
    }
    return parse(arguments, verbs)


if __name__ == "__main__":
    sys.exit(main())
