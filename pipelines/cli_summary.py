"""`brief PATIENT --hours all`: the chart summary on the command line."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from pipelines import cli_print

if TYPE_CHECKING:
    from pipelines.desk.house import House


def chart_summary(options: Namespace, house: House) -> int:
    """The whole chart by problem, in the format asked for."""
    from pipelines.desk import access, contract, look
    from pipelines.desk import chart_summary as desk

    reader = access.system_reader()
    patient_id = look.find_patient(house, options.patient)
    made = desk.chart_summary(house, reader, patient_id, options.as_of)
    if options.json or options.format == "json":
        cli_print.json_line(contract.briefing_json(made))
    elif options.format == "html":
        cli_print.text(desk.as_html(house, reader, made))
    else:
        cli_print.text(desk.as_markdown(made))
    return 0
