"""What patients and relatives answered: questionnaires, and the family's history."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One answer; `fact.display` is the question, `within` the group it stands in.

    `value_text` is the answer as written, `value_number` the number where it is one.
    """

    fact: Fact
    questionnaire: str | None
    authored: Moment | None
    author: str | None
    source: str | None
    link_id: str | None
    within: str | None
    question: str | None
    value_kind: str | None
    value_number: float | None
    value_text: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class FamilyCondition:
    """A condition of a relative, or (`condition` None) that the relative was recorded at all.

    `status` in the fact: `health-unknown` says that nothing is known, not that all is well.
    """

    fact: Fact
    condition: str | None
    relationship_key: str | None
    relationship: str | None
    sex: str | None
    deceased: str | None
    outcome: str | None
    contributed_to_death: bool | None
    onset: str | None
    onset_age_years: float | None
    recorded: Moment | None
