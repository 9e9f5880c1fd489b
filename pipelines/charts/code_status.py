"""The code status of one chart, with every record that states it.

Nothing is chosen where the record contradicts itself. Within one kind of source (observations,
orders, flags …) a newer statement replaces an older one; between kinds it does not, so an old
full code beside a newer DNR order is a conflict that a person must settle. "Not recorded" is
said as such and never read as full code. An answer that no list knows is shown in its own
words. Entered in error is left out, and so is what came after the as-of. What the record calls
ended by now, with an end that lies after an earlier as-of, still held at that as-of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from pipelines.charts import patients, sources
from pipelines.charts.code_states import contradict
from pipelines.charts.consents import consents, rules
from pipelines.charts.reading import cited, moment
from pipelines.records.chart import Chart
from pipelines.records.consents import CodeStatement, CodeStatus, Consent
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

STATED = """
with wanted as (
    select code_key from code where system || '|' || code in (select unnest($codes))
), said as (
    select 'observation' as source, resource, part, code_key, display, status,
        coalesce(effective_utc, issued_utc) as utc,
        coalesce(effective_written, issued_written) as written, encounter, path, quote,
        value_kind, value_text, null::timestamp as ended, null as ended_written, null as intent,
        false as is_denied
    from observation
    where patient = $patient
    union all
    select 'flag', resource, 0, code_key, display, status, start_utc, start_written, encounter,
        path, quote, null, null, end_utc, end_written, null, false
    from flag
    where patient = $patient
    union all
    select 'order', resource, 0, code_key, display, status, coalesce(authored_utc, occurrence_utc),
        coalesce(authored_written, occurrence_written), encounter, path, quote, null, null,
        occurrence_end_utc, occurrence_end_written, coalesce(intent, ''),
        coalesce(is_do_not_perform, false)
    from service_request
    where patient = $patient
    union all
    select 'condition', resource, 0, code_key, display, clinical_status,
        coalesce(recorded_utc, onset_utc), coalesce(recorded_written, onset_written), encounter,
        path, quote, null, null, abatement_utc, abatement_written, null, false
    from condition
    where patient = $patient
      and (verification_status is null
           or verification_status not in ('refuted', 'entered-in-error'))
    union all
    select 'procedure', resource, 0, code_key, display, status, performed_utc, performed_written,
        encounter, path, quote, null, null, performed_end_utc, performed_end_written, null, false
    from procedure
    where patient = $patient
)
select source, resource, part, code_key, display, status, utc, written, encounter, path, quote,
    value_kind, value_text, ended, ended_written, intent, is_denied
from said
where (code_key in (select code_key from wanted) or lower(trim(display)) in (select unnest($names)))
  and status is distinct from 'entered-in-error'
  and known_by(utc, encounter, $patient, $as_of)
order by utc nulls first, resource, part
"""
CODINGS = """
select code_key, list(system || '|' || code)
from code
where list_contains($keys, code_key) and code is not null and $patient is not null
group by code_key
"""
REFUSED = """
select count(*) from refused
where patient = $patient and not coalesce(resolved, false)
  and list_contains($types, resource_type)
"""
ANSWERED = "valueCodeableConcept"
YES, NO = frozenset({"true", "yes"}), frozenset({"false", "no"})


class Said(NamedTuple):
    """A row that may state a code status, and what its answer is."""

    source: str
    fact: Fact
    answer_kind: str | None
    answer: str | None
    ended: Moment | None
    intent: str | None
    is_denied: bool

    @property
    def wording(self) -> str:
        """What the record says, in its own words."""
        shown = f"Do not perform: {self.fact.display}" if self.is_denied else self.fact.display
        if not self.answer or self.answer_kind == "absent":
            return shown
        return f"{shown}: {self.answer}"


def code_status(chart: Chart) -> CodeStatus:
    """What the chart says of resuscitation at its as-of, and where."""
    found = sorted([*_stated(chart), *_consented(chart)], key=_instant)
    refused = chart.rows(REFUSED, types=rules()["in_force"]["types"])[0][0]
    current = _newest(one for one in found if one.is_in_force)
    earlier = tuple(one for one in found if one not in current)
    labels = list(dict.fromkeys(_label(one.state) for one in current))
    if current:
        state = "conflict" if contradict(one.state for one in current) else "recorded"
    elif earlier:
        state = "no longer in force"
    else:
        state = "unavailable" if refused else "not recorded"
    label = "; ".join(labels) if state == "recorded" else None
    return CodeStatus(state, label, current, earlier, refused)


def _stated(chart: Chart) -> list[CodeStatement]:
    """Statements of observations, flags, orders, conditions and procedures."""
    rule = rules()
    denied = [*rule["resuscitation"]["codes"], *rule["intubation"]["codes"]]
    codes = [*rule["codes"], *rule["questions"], *denied]
    names = [*rule["words"], *rule["question_words"]["names"]]
    rows = chart.rows(STATED, as_of=chart.as_of.instant, codes=codes, names=names)
    said = [_said(row) for row in rows]
    codings = _codings(chart, [one.fact.code_key for one in said if one.fact.code_key])
    statements = []
    for one in said:
        own = codings.get(one.fact.code_key or "", ())
        state = _answered(chart, one, own) if one.source == "observation" else _named(one, own)
        if state is not None:
            holds = _in_force(one, chart)
            statements.append(
                CodeStatement(one.fact, state, one.source, holds, one.wording, one.ended)
            )
    return statements


def _said(row: tuple[Any, ...]) -> Said:
    (
        source, resource, part, key, display, status, utc, written, encounter, path, quote,
        kind, answer, ended, ended_written, intent, is_denied,
    ) = row  # fmt: skip
    path, quote = cited(resource, path, quote)
    fact = Fact(
        resource=resource, kind=source, display=display or "Code status", path=path, quote=quote,
        code_key=key, value_text=answer, when=moment(utc, written), encounter=encounter,
        status=status, part=part,
    )  # fmt: skip
    return Said(source, fact, kind, answer, moment(ended, ended_written), intent, is_denied)


def _codings(chart: Chart, keys: list[str]) -> dict[str, tuple[str, ...]]:
    """Every coding of these concepts as `system|code`."""
    if not keys:
        return {}
    return {key: tuple(found) for key, found in chart.rows(CODINGS, keys=sorted(set(keys)))}


def _answered(chart: Chart, one: Said, codings: Iterable[str]) -> str | None:
    """What an observation says: by its answer, else by its own code."""
    rule = rules()
    answer = (one.answer or "").strip()
    if not answer or one.answer_kind == "absent":
        return _named(one, codings)
    if one.answer_kind == "codeable":
        for code in _answer_codes(chart, one.fact):
            if code in rule["codes"]:
                return str(rule["codes"][code])
    if answer.lower() in rule["words"]:
        return str(rule["words"][answer.lower()])
    asked: dict[str, str] = next(
        (rule["questions"][code] for code in codings if code in rule["questions"]), {}
    )
    said_yes, said_no = answer.lower() in YES, answer.lower() in NO
    if said_yes and not asked:
        return _named(one, codings)
    if (said_yes or said_no) and asked:
        return str(asked["yes" if said_yes else "no"])
    # In its own words: something was said, and it is not for us to guess what it means.
    return None if said_no else answer


def _answer_codes(chart: Chart, fact: Fact) -> list[str]:
    before, found, _ = fact.path.partition(ANSWERED)
    if not found:
        return []
    leaves = dict(sources.leaves_with_paths(sources.raw(chart, fact.resource), before + found))
    return [
        f"{leaves.get(path.removesuffix('.code') + '.system', '')}|{value}"
        for path, value in leaves.items()
        if path.endswith(".code")
    ]


def _named(one: Said, codings: Iterable[str]) -> str | None:
    """What a flag, order, finding or procedure says by its own code or name."""
    rule = rules()
    state: str | None = next(
        (rule["codes"][code] for code in codings if code in rule["codes"]), None
    )
    state = state or rule["words"].get(one.fact.display.strip().lower())
    if one.is_denied:
        limit = None if state is not None else _limit(codings)
        return limit or f"Do not perform: {one.fact.display}"
    return state


def _limit(codings: Iterable[str]) -> str | None:
    """What it says to forbid this: resuscitation itself, or intubation."""
    rule = rules()
    for code in codings:
        if code in rule["resuscitation"]["codes"]:
            return "DNR"
        if code in rule["intubation"]["codes"]:
            return "DNI"
    return None


def _in_force(one: Said, chart: Chart) -> bool:
    rule = rules()["in_force"]
    if one.ended is not None and one.ended.instant <= chart.as_of.instant:
        return False
    if one.intent is not None and one.intent not in rule["intents"]:
        return False
    return (one.fact.status or "") in rule[one.source] or _ended_since(one.fact, one.ended, chart)


def _ended_since(fact: Fact, ended: Moment | None, chart: Chart) -> bool:
    """Whether the record says that it ended after this as-of, and not at a time still to come."""
    if ended is None or fact.status not in rules()["in_force"]["ended"]:
        return False
    last = patients.as_of(chart.source, chart.patient_id)
    return last is not None and chart.as_of.instant < ended.instant <= last.instant


def _consented(chart: Chart) -> list[CodeStatement]:
    """Statements of consents: by the codes of a provision, else by the category."""
    found = consents(chart)
    keys = [key for one in found for key in (*one.provision_keys, *one.category_keys)]
    codings = _codings(chart, keys)
    spoken: dict[str, list[CodeStatement]] = {}
    for one in found:
        for key in one.provision_keys:
            state = _provided(one, codings.get(key, ()))
            if state is not None:
                statement = _of_consent(one, state, chart, key)
                spoken.setdefault(one.fact.resource, []).append(statement)
    by_category = rules()["consent_categories"]
    for one in found:
        for key in one.category_keys if one.fact.resource not in spoken else ():
            state = next((by_category[c] for c in codings.get(key, ()) if c in by_category), None)
            if state is not None:
                spoken[one.fact.resource] = [_of_consent(one, state, chart)]
    return [statement for statements in spoken.values() for statement in statements]


def _of_consent(one: Consent, state: str, chart: Chart, key: str | None = None) -> CodeStatement:
    """A statement of a consent, in the words of the provision that makes it, else the category."""
    named = dict(zip(one.provision_keys, one.provisions, strict=False))
    worded = [one.fact.display]
    if key is not None and len(one.provisions) == len(one.provision_keys):
        worded = [one.provision_type or "", named[key]]
    wording = " ".join(part for part in worded if part)
    if one.policy and " " in one.policy and one.policy not in wording:
        wording += f" ({one.policy})"
    return CodeStatement(one.fact, state, "consent", _consent_holds(one, chart), wording, one.end)


def _provided(one: Consent, codings: Iterable[str]) -> str | None:
    """What one code of a provision says; CPR itself is forbidden or allowed by its type."""
    rule = rules()
    for code in codings:
        if code in rule["codes"]:
            return str(rule["codes"][code])
        if code in rule["resuscitation"]["codes"] and one.provision_type == "permit":
            return "attempt CPR"
    return _limit(codings) if one.provision_type == "deny" else None


def _consent_holds(one: Consent, chart: Chart) -> bool:
    begun = one.start is None or one.start <= chart.as_of
    ended = one.end is not None and one.end.instant <= chart.as_of.instant
    holds = (one.fact.status or "") in rules()["in_force"]["consent"]
    return begun and not ended and (holds or _ended_since(one.fact, one.end, chart))


def _newest(statements: Iterable[CodeStatement]) -> tuple[CodeStatement, ...]:
    """Of each kind of source the newest statements, all of one moment; undated ones stay."""
    kept: dict[str, list[CodeStatement]] = {}
    for one in statements:  # in time order, undated ones first
        before = kept.setdefault(one.source, [])
        if one.fact.when is not None:
            before[:] = [
                other for other in before
                if other.fact.when is None or other.fact.when.instant == one.fact.when.instant
            ]  # fmt: skip
        before.append(one)
    newest = [one for group in kept.values() for one in group]
    return tuple(sorted(newest, key=_instant, reverse=True))


def _instant(one: CodeStatement) -> datetime:
    """When it was stated, to sort by; undated ones come first."""
    return one.fact.when.instant if one.fact.when else datetime.min


def _label(state: str) -> str:
    return str(rules()["states"].get(state, {"label": state})["label"])
