"""`chartroom cohort`: one question over many patients, a row each; its words and its printing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from pipelines import cli_print
from pipelines.records.cohort import CohortAnswer, CohortRow, RowStatus
from pipelines.settings import Settings

HEADS: Mapping[RowStatus, str] = {
    "yes": "Yes",
    "value": "Told",
    "no": "No",
    "not_said": "The chart does not say",
    "failed": "Could not be read",
}


def words(sub: ArgumentParser) -> None:
    """one question over many patients, a row each, cited"""
    sub.add_argument("question", metavar="QUESTION")
    sub.add_argument(
        "--patient", action="append", default=None, metavar="PATIENT", help="of these alone"
    )
    sub.add_argument("--list", default=None, metavar="NAME", help="of a saved list")
    sub.add_argument("--engine", choices=("auto", "embedded"), default="auto")


def cohort(options: Namespace, settings: Settings) -> int:
    """`cohort QUESTION`: all patients, or those that are named or on a list."""
    from pipelines.desk import access, lists, look
    from pipelines.desk import cohort as desk
    from pipelines.desk.house import open_house

    house = open_house(settings)
    reader = access.system_reader()
    patients = [look.find_patient(house, one) for one in options.patient or ()]
    if options.list is not None:
        patients += lists.patients_of(house, reader, options.list)
    everyone = options.patient is None and options.list is None
    answer = desk.cohort(house, reader, options.question, None if everyone else patients)
    if options.json:
        cli_print.json_line(desk.cohort_json(answer))
    else:
        for line in lines(answer):
            cli_print.text(line)
    return 0


def lines(answer: CohortAnswer) -> list[str]:
    """The counts first, then the rows of each kind under its head."""
    if not answer.rows:
        return [answer.answer]
    said = [answer.answer] if answer.answer else []
    said.append(f"{counted(answer)} Read as: {answer.read_as}.")
    for status, head in HEADS.items():
        rows = [row for row in answer.rows if row.status == status]
        if rows:
            said += ["", f"{head} ({len(rows)})", *(_line(row) for row in rows)]
    return [*said, "", f"log {answer.log_id}"]


def counted(answer: CohortAnswer) -> str:
    """`12 yes, 32 no, 56 the chart does not say.`"""
    told = [f"{answer.count(status)} {head.lower()}" for status, head in HEADS.items()
            if answer.count(status)]  # fmt: skip
    return f"{len(answer.rows)} patients: {', '.join(told)}."


def _line(row: CohortRow) -> str:
    cited = ", ".join(
        citation.resource for item in row.statements for citation in item.citations[:1]
    )
    source = f"  {{{cited}}}" if cited else ""
    gap = f"  ({row.incomplete})" if row.incomplete else ""
    text = " ".join(row.answer.split())
    who = f"{row.name} ({row.patient}), as of {row.as_of[:16].replace('T', ' ')}"
    return f"  {who}: {text}{source}{gap}"
