"""Readers of records that go before every other: particulars, susceptibilities, and the rest.

The order is the argument: one element of a record is asked for by narrower words than a whole
record, so that "who inserted the port" is not taken for "the port".
"""

from __future__ import annotations

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.course import read_course
from pipelines.answers.question.cultures import read_susceptibility
from pipelines.answers.question.doses import read_diagnoses, read_doses
from pipelines.answers.question.fluids import read_fluids
from pipelines.answers.question.home_dose import read_home_dose
from pipelines.answers.question.particulars import read_particulars
from pipelines.answers.question.person import read_person
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.reasons import read_reasons
from pipelines.answers.question.records import read_records
from pipelines.answers.question.stays import read_stays


def read_kept(reading: Reading) -> ChartQuestion | None:
    """The question as one for records with fields of their own, or None."""
    return (
        read_course(reading)
        or read_reasons(reading)
        or read_stays(reading)
        or read_person(reading)
        or read_diagnoses(reading)
        or read_home_dose(reading)
        or read_doses(reading, plainly=True)
        or read_particulars(reading)
        or read_susceptibility(reading)
        or read_fluids(reading)
        or read_records(reading)
    )
