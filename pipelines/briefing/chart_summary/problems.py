"""The problems of a chart, merged and ordered: what is one line, and which of them come first.

One diagnosis coded in several encounters, or by several codes that mean the same, is one
`Diagnosis`; the diagnoses of one family are one `Problem`. Active (or merely coded, where a chart
knows no status) comes before resolved, the weightier family before the lighter, then what was
seen last. Refuted diagnoses stand apart: they are no problem, and the summary says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.briefing.chart_summary.families import Family, family_of, is_illness, meaning
from pipelines.charts import encounters, problems
from pipelines.records.chart import Chart
from pipelines.records.facts import Condition, Encounter
from pipelines.records.moments import Moment

REFUTED = "refuted"
EARLIEST = datetime.min


@dataclass(frozen=True, slots=True)
class Mention:
    """One condition resource, when it began by its own word, and the stay it was coded for."""

    condition: Condition
    stay: Encounter | None
    is_active: bool

    @property
    def begun(self) -> Moment | None:
        """Onset, else when it was recorded, else when the stay began that it is coded for."""
        own = self.condition.onset or self.condition.recorded
        return own or (self.stay.start if self.stay else None)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One problem under one name: its mentions in time order, the newest last."""

    family: Family | None
    mentions: tuple[Mention, ...]

    @property
    def newest(self) -> Mention:
        """The mention that stands for it: the newest active one, else the newest."""
        active = [mention for mention in self.mentions if mention.is_active]
        return (active or list(self.mentions))[-1]

    @property
    def is_active(self) -> bool:
        """Whether the record calls it active."""
        return any(mention.is_active for mention in self.mentions)

    @property
    def is_coded(self) -> bool:
        """Whether no mention has a clinical status."""
        return all(mention.condition.clinical_status is None for mention in self.mentions)

    @property
    def is_illness(self) -> bool:
        """Whether it tells an illness, not a status, a risk or a circumstance."""
        fact = self.newest.condition.fact
        return is_illness(fact.code_key, fact.display)

    @property
    def last_seen(self) -> datetime:
        """The newest moment at which it began or was coded."""
        return max((m.begun.instant for m in self.mentions if m.begun), default=EARLIEST)


@dataclass(frozen=True, slots=True)
class Problem:
    """The diagnoses of one family, the leading one first."""

    family: Family
    diagnoses: tuple[Diagnosis, ...]

    @property
    def name(self) -> str:
        """The record's own name of the leading diagnosis."""
        return self.diagnoses[0].newest.condition.fact.display

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """When it first began (unknown where it is merely coded) and when it last began or ended.

        No last moment while it is active.
        """
        mentions = [mention for one in self.diagnoses for mention in one.mentions]
        begun = [m.begun.instant for m in mentions if m.begun]
        ended = [m.condition.abatement.instant for m in mentions if m.condition.abatement]
        coded = any(one.is_coded for one in self.diagnoses)
        active = any(mention.is_active for mention in mentions)
        first = min(begun, default=None)
        return (None if coded else first), (None if active else max([*begun, *ended], default=None))

    @property
    def order(self) -> tuple[object, ...]:
        """Active and coded before resolved, then by family, then the newest."""
        held = any(one.is_active or one.is_coded for one in self.diagnoses)
        newest = max(one.last_seen for one in self.diagnoses)
        return (not held, self.family.rank, -newest.toordinal())


@dataclass(frozen=True, slots=True)
class ProblemList:
    """All problems in order, the diagnoses without a family, and what was refuted."""

    problems: tuple[Problem, ...]
    others: tuple[Diagnosis, ...]
    refuted: tuple[Condition, ...]
    social: tuple[Condition, ...]


def problem_list(chart: Chart) -> ProblemList:
    """The problems of this chart."""
    found = problems.conditions(chart)
    refuted = tuple(c for c in found if c.verification_status == REFUTED)
    social = tuple(c for c in found if problems.is_social(c) and c not in refuted)
    stays = {visit.fact.resource: visit for visit in encounters.encounters(chart)}
    ill = [c for c in found if c not in refuted and not problems.is_social(c)]
    mentions = [
        Mention(c, stays.get(c.fact.encounter or ""), problems.is_active(c, chart)) for c in ill
    ]
    diagnoses = _merged(mentions)
    families: dict[str, list[Diagnosis]] = defaultdict(list)
    for one in diagnoses:
        if one.family is not None:
            families[one.family.key].append(one)
    grouped = [_problem(group) for group in families.values()]
    return ProblemList(
        tuple(sorted(grouped, key=lambda problem: problem.order)),
        tuple(sorted((d for d in diagnoses if d.family is None), key=_order)),
        refuted,
        social,
    )


def _merged(mentions: Iterable[Mention]) -> list[Diagnosis]:
    """Mentions of one meaning together, each in time order, undated ones first."""
    groups: Mapping[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        fact = mention.condition.fact
        groups[meaning(fact.code_key, fact.display)].append(mention)
    found = []
    for group in groups.values():
        group.sort(key=lambda m: m.begun.instant if m.begun else EARLIEST)
        known = (family_of(m.condition.fact.code_key, m.condition.fact.display) for m in group)
        found.append(Diagnosis(next((one for one in known if one), None), tuple(group)))
    return found


def _problem(group: list[Diagnosis]) -> Problem:
    family = group[0].family
    if family is None:
        raise ValueError("a diagnosis without a family is no problem of its own")
    leading, *rest = sorted(group, key=_order)
    # A later stage must not hide behind the earlier ones.
    rest.sort(key=lambda one: (not one.is_active, not one.is_coded, -one.last_seen.toordinal()))
    return Problem(family, (leading, *rest))


def _order(one: Diagnosis) -> tuple[object, ...]:
    """Active first, then coded, then resolved; the oftener seen, then the newer."""
    state = 0 if one.is_active else 1 if one.is_coded else 2
    seen = one.last_seen.toordinal()
    begun = one.mentions[0].begun
    first = begun.instant.toordinal() if begun else seen
    return (state, -len(one.mentions), first if state == 0 else -seen)
