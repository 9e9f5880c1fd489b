"""Chart summaries held against the raw FHIR files, in plain Python: how many figures are wrong.

Run: python tests/benchmarks/summary_truth.py HOME PATH…   (a loaded home, and what was loaded)

No pipeline reads the raw side, so a fault of loader or summary cannot hide. Checked: onset and end
of a diagnosis, first and last of a repeated one, that no other record of that code is left out;
first, worst and latest value of a course with their days, over all results of its codes; start
and stop of a treatment, first and last of its orders, none left out. Wrong ones are printed.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.briefing.chart_summary.summarize import summarize
from pipelines.charts import patients
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Statement
from pipelines.records.chart import Chart, Reader

Resource = dict[str, Any]
DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
NUMBER = r"[<>=]*-?[\d.]+"
SINGLE = re.compile(rf"\((?P<status>[a-z]+)(?:, (?P<word>onset|recorded) (?P<begun>{DAY}))?"
                    rf"(?:, ended (?P<ended>{DAY}))?")  # fmt: skip
REPEATED = re.compile(rf": (?P<n>\d+) (?:times|orders|statements|doses given|dispenses), "
                      rf"first (?P<first>{DAY}), last (?P<last>{DAY})")  # fmt: skip
CODED = re.compile(rf": coded (?:(?P<n>\d+) times, )?for (?:the stay of|stays from) "
                   rf"(?P<first>{DAY})(?: to (?P<last>{DAY}))?")  # fmt: skip
STEP = re.compile(rf"(?P<what>first|latest|highest|lowest)(?: and (?P<also>highest|lowest))? "
                  rf"(?P<value>{NUMBER})[^(→]*\((?:[a-z ,]*, )?(?P<day>{DAY})")  # fmt: skip
TREATED = re.compile(rf"; (?:[a-z -]+), (?:since|started|to start) (?P<begun>{DAY})"
                     rf"(?:, (?:until|ended) (?P<ended>{DAY}))?")  # fmt: skip
NOT_RESULTS = {"entered-in-error", "cancelled", "registered"}
NOT_BEGUN = {"entered-in-error", "cancelled", "draft", "not-taken", "intended", "not-done"}


class Raw:
    """Every resource of the raw files by `Type/id`, and by patient and type."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.by_name: dict[str, Resource] = {}
        self.alias: dict[str, str] = {}
        for path in paths:
            for full_url, one in _resources(path):
                self.alias[_last(full_url)] = one["id"]
                self.by_name[f"{one['resourceType']}/{one['id']}"] = one
        self.of_patient: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for one in self.by_name.values():
            subject = one.get("subject") or one.get("patient") or {}
            owner = _last(subject.get("reference", ""))
            owner = self.alias.get(owner, owner)
            self.of_patient[owner, one["resourceType"]].append(one)


def _last(reference: str) -> str:
    return re.split(r"[/:]", reference)[-1]


def _resources(path: Path) -> Iterator[tuple[str, Resource]]:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        if not file.name.removesuffix(".gz").endswith((".json", ".ndjson")):
            continue
        data = file.read_bytes()
        data = gzip.decompress(data) if file.suffix == ".gz" else data
        if ".ndjson" in file.name:
            yield from (("", json.loads(line)) for line in data.splitlines() if line.strip())
            continue
        whole = json.loads(data)
        for entry in whole.get("entry", ()):
            one = entry.get("resource") or {}
            one.setdefault("id", _last(entry.get("fullUrl", "")))
            if one.get("resourceType"):
                yield entry.get("fullUrl", ""), one


def main() -> None:
    """Print how many figures were checked and how many are wrong, by kind."""
    home, *paths = (Path(word) for word in sys.argv[1:])
    raw = Raw(paths)
    store = ChartStore.open(home / "chart.duckdb", read_only=True)
    checked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for person in patients.all_patients(store):
        as_of = patients.as_of(store, person.patient_id)
        if as_of is None:
            continue
        chart = Chart(Reader("benchmark"), person.patient_id, "benchmark", as_of, store)
        made = summarize(chart)
        lines = [line for section in made.sections for line in section.lines]
        for kind, why, line in checks(raw, person.patient_id, lines):
            checked[kind] += 1
            if why:
                wrong[kind] += 1
                print(f"WRONG {kind} {person.patient_id[:12]}: {line.text} — {why}")
    for kind, count in sorted(checked.items()):
        print(f"{kind}: {count} checked, {wrong[kind]} wrong")
    store.close()


Check = tuple[str, str, Statement]


def checks(raw: Raw, patient: str, lines: Iterable[Statement]) -> Iterator[Check]:
    """Each figure of these lines: its kind, why it is wrong (or nothing), and its line."""
    for line in lines:
        found = [raw.by_name.get(cited.resource, {}) for cited in line.citations]
        if not found:
            continue
        kind = found[0].get("resourceType", "")
        if kind == "Condition":
            yield from _condition(raw, patient, line, found)
        elif kind == "Observation" and " results" in line.text and STEP.search(line.text):
            yield from _course(raw, patient, line)
        elif kind.startswith("Medication"):
            yield from _treatment(raw, patient, line, found)


def _condition(raw: Raw, patient: str, line: Statement, found: list[Resource]) -> Iterator[Check]:
    repeated, single = REPEATED.search(line.text), SINGLE.search(line.text)
    coded = CODED.search(line.text)
    if coded:
        stays = [raw.by_name.get(_stay(one), {}) for one in found]
        days = sorted((stay.get("period") or {}).get("start", "")[:10] for stay in stays)
        right = (days[0], days[-1]) == (coded["first"], coded["last"] or coded["first"])
        right = right and int(coded["n"] or 1) == len(found)
        yield "diagnosis coded", "" if right else f"{len(found)} of {days}", line
        yield "diagnosis all cited", _left_out(raw, patient, found, ()), line
    elif repeated:
        days = sorted(filter(None, (_begun(one) for one in found)), key=_instant)
        yield "diagnosis first and last", _differs(repeated, days, len(found)), line
        yield "diagnosis all cited", _left_out(raw, patient, found, ()), line
    elif len(found) == 1 and single and single["begun"]:
        own = found[0].get("onsetDateTime") or (found[0].get("onsetPeriod") or {}).get("start")
        said = own if single["word"] == "onset" else found[0].get("recordedDate")
        yield "diagnosis onset", _same_day(single["begun"], said), line
        ended = found[0].get("abatementDateTime")
        yield "diagnosis end", _same_day(single["ended"], ended), line


def _stay(one: Resource) -> str:
    reference = (one.get("encounter") or one.get("context") or {}).get("reference", "")
    return f"Encounter/{_last(reference)}"


def _begun(one: Resource) -> str | None:
    period = one.get("onsetPeriod") or {}
    return one.get("onsetDateTime") or period.get("start") or one.get("recordedDate")


def _course(raw: Raw, patient: str, line: Statement) -> Iterator[Check]:
    """The extremes again, over every raw result of the codes and the unit that are cited."""
    cited = [(raw.by_name.get(one.resource, {}), one.path) for one in line.citations]
    codes = {code for one, path in cited for code in _codes(_part(one, path))}
    units = {_unit(_part(one, path)) for one, path in cited}
    rows = []
    for one in raw.of_patient[patient, "Observation"]:
        for part in (one, *one.get("component", ())):
            fits = codes & _codes(part) and _unit(part) in units
            when = one.get("effectiveDateTime") or (one.get("effectivePeriod") or {}).get("start")
            when = when or one.get("issued")
            if fits and when and one.get("status") not in NOT_RESULTS and _value(part) is not None:
                rows.append((when, _value(part)))
    rows.sort(key=lambda row: _instant(row[0]))
    if not rows:
        yield "course read", "no such result in the files", line
        return
    side = max if "highest" in line.text else min
    worst = side(value for _when, value in rows)
    good = {
        "first": {(w[:10], v) for w, v in rows if _instant(w) == _instant(rows[0][0])},
        "latest": {(w[:10], v) for w, v in rows if _instant(w) == _instant(rows[-1][0])},
        "highest": {(w[:10], v) for w, v in rows if v == worst},
        "lowest": {(w[:10], v) for w, v in rows if v == worst},
    }
    for step in STEP.finditer(line.text):
        for what in filter(None, (step["what"], step["also"])):
            near = any(step["day"] == d and _close(step["value"], v) for d, v in good[what])
            why = "" if near else f"{what} in the files: {sorted(good[what])[:3]}"
            yield f"course {what if what in ('first', 'latest') else 'worst'}", why, line


def _part(one: Resource, path: str) -> Resource:
    place = re.match(r"component\[(\d+)\]", path)
    return one["component"][int(place[1])] if place else one


def _codes(part: Resource) -> set[tuple[str, str]]:
    codings = (part.get("code") or {}).get("coding", ())
    return {(c.get("system", ""), c["code"]) for c in codings if c.get("code")}


def _unit(part: Resource) -> str:
    quantity = part.get("valueQuantity") or {}
    return str(quantity.get("unit") or quantity.get("code") or "").lower()


def _value(part: Resource) -> float | None:
    value = (part.get("valueQuantity") or {}).get("value")
    return float(value) if value is not None else None


def _close(said: str, value: float) -> bool:
    """The same number to the last digit that is shown."""
    bare = said.lstrip("<>=")
    decimals = len(bare.partition(".")[2])
    return abs(float(bare) - value) <= 0.5 * 10**-decimals + 1e-9


def _treatment(raw: Raw, patient: str, line: Statement, found: list[Resource]) -> Iterator[Check]:
    repeated, single = REPEATED.search(line.text), TREATED.search(line.text)
    if repeated:
        days = sorted(filter(None, (_start(one) for one in found)), key=_instant)
        yield "treatment first and last", _differs(repeated, days, len(found)), line
        yield "treatment all cited", _left_out(raw, patient, found, NOT_BEGUN), line
    elif single and len(found) == 1:
        yield "treatment start", _same_day(single["begun"], _start(found[0])), line
        yield "treatment stop", _same_day(single["ended"], _end(found[0])), line


def _start(one: Resource) -> str | None:
    """When it is given from; of an order by its first instruction, else when it was written."""
    period = one.get("effectivePeriod") or {}
    dosage = (one.get("dosageInstruction") or [{}])[0]
    bounds = ((dosage.get("timing") or {}).get("repeat") or {}).get("boundsPeriod") or {}
    own = one.get("effectiveDateTime") or period.get("start") or bounds.get("start")
    own = own or one.get("authoredOn")
    return own or one.get("dateAsserted") or one.get("whenHandedOver")


def _end(one: Resource) -> str | None:
    ends = [(one.get("effectivePeriod") or {}).get("end")]
    ends += [(one.get("dispenseRequest") or {}).get("validityPeriod", {}).get("end")]
    for dosage in (*one.get("dosageInstruction", ()), *one.get("dosage", ())):
        if isinstance(dosage, dict):
            repeat = (dosage.get("timing") or {}).get("repeat") or {}
            ends.append((repeat.get("boundsPeriod") or {}).get("end"))
    return max(filter(None, ends), default=None)


def _left_out(raw: Raw, patient: str, found: list[Resource], never: Iterable[str]) -> str:
    """How many records of the very names and codes that are cited are not cited."""
    names = {_called(one) for one in found}
    cited = {one["id"] for one in found}
    missing = 0
    for one in raw.of_patient[patient, found[0]["resourceType"]]:
        verified = json.dumps(one.get("verificationStatus", ""))
        gone = one.get("status") in never or "refuted" in verified or "entered" in verified
        missing += _called(one) in names and one["id"] not in cited and not gone
    return f"{missing} more of that code in the files" if missing else ""


def _called(one: Resource) -> tuple[object, ...]:
    concept = one.get("medicationCodeableConcept") or one.get("code") or {}
    pointed = (one.get("medicationReference") or {}).get("reference")
    return pointed, concept.get("text"), *sorted(_codes({"code": concept}))


def _differs(said: re.Match[str], days: list[str], count: int) -> str:
    if int(said["n"]) != count:
        return f"{count} cited"
    if not days or (days[0][:10], days[-1][:10]) != (said["first"], said["last"]):
        return f"the files say {days[:1]} … {days[-1:]}"
    return ""


def _same_day(said: str | None, own: str | None) -> str:
    return "" if (said or None) == (own[:10] if own else None) else f"the files say {own}"


def _instant(written: str) -> datetime:
    padded = written + "0001-01-01"[len(written) :] if len(written) < 10 else written
    moment = datetime.fromisoformat(padded.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
