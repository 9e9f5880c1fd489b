"""Asks what EHRSQL asks, of other patients and in other wordings, and scores the answers.

    python -m tests.benchmarks.other_wordings STORE [--seed N] [--count N] [--book FILE] [--wrong]
                                              [--out KEY]

Templates and wordings are data (`tests/cases/keys/wordings.toml`; `--book` asks those of another
file there, as `wordings_second.toml` about results or `wordings_stays.toml` about stays); the
truth is worked out from the raw bundles by `oracle`, which shares no code with what is measured.
A question on which two fair readings of the chart differ is not asked. `--out` writes the key in
the contract's form.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

from pipelines.charts.store import ChartStore
from tests.benchmarks import icu_raw
from tests.benchmarks.mimic_questions import Rows, answer, open_for_test, right
from tests.benchmarks.truths import TRUTHS

WORDINGS = Path(__file__).parents[1] / "cases" / "keys" / "wordings.toml"
ORDINALS = {1: ("second", "2nd"), 2: ("third", "3rd"), 3: ("fourth", "4th")}


@dataclass
class Draw:
    """One question being made: what was drawn, and the words that go into its slots."""

    raw: icu_raw.Raw
    dice: Random
    data: dict[str, Any]
    template: dict[str, Any]
    scope: str
    slots: dict[str, str] = field(default_factory=dict)
    or_abstain: bool = False

    def name(self, pool: list[str]) -> str:
        """One of several wordings."""
        return self.dice.choice(pool)

    def place(self) -> int:
        """An ordinal beyond the first, put into its slot."""
        place = self.dice.choice(list(ORDINALS))
        self.slots["n"] = self.name(list(ORDINALS[place]))
        return place

    def threshold(self, values: list[float], side: str = "") -> tuple[str, float]:
        """A side and a number that lies among the values, put into their slots."""
        side = side or self.dice.choice(["over", "under"])
        limit = self.dice.choice(sorted(set(values)))
        words = self.data["ops"][side]
        self.slots |= {"op": self.name(words["words"]), "t": self.name(words["sign"])}
        self.slots["v"] = f"{limit:g}"
        return side, limit

    def cut(self, rows: tuple[icu_raw.Row, ...]) -> list[list[icu_raw.Row]]:
        """The rows of the scope, once for each fair reading; a day or month is drawn here."""
        length = {"day": 10, "month": 7, "year": 4}.get(self.scope)
        if length is None:
            return icu_raw.within(self.raw, rows, self.scope)
        if not rows:
            return [[]]
        moment = self.dice.choice(rows).time
        self.slots |= icu_raw.dates(moment, self.dice)
        written = str(moment)[:length]
        return [[row for row in rows if str(row.time).startswith(written)]]


def _wordings(book: str | None) -> dict[str, Any]:
    """The table of wordings; a book has the concepts and the other scopes of the first."""
    data = tomllib.loads(WORDINGS.read_text(encoding="utf-8"))
    if book is None:
        return data
    own = tomllib.loads(WORDINGS.with_name(book).read_text(encoding="utf-8"))
    return {**data, **own, "scopes": {**data["scopes"], **own.get("scopes", {})}}


def made(
    seed: int, count: int, charts: list[str] | None = None, book: str | None = None
) -> Iterator[dict[str, Any]]:
    """A key of so many items over all charts or these; the same seed gives the same key.

    `book` names a file beside `wordings.toml` whose templates are asked instead.
    """
    dice = Random(seed)
    data = _wordings(book)
    charts = charts or icu_raw.numbers()
    found = 0
    for turn in range(count * 200):
        template = data["templates"][turn % len(data["templates"])]
        for _ in range(25):
            raw = icu_raw.read(dice.choice(charts))
            draw = Draw(raw, dice, data, template, dice.choice(template.get("scopes", ["all"])))
            item = _item(draw, f"{template['id']}-{seed}-{found}")
            if item is not None:
                yield item
                found += 1
                break
        if found == count:
            return


def _item(draw: Draw, name: str) -> dict[str, Any] | None:
    if "icu" in draw.scope and not draw.raw.icu:
        return None
    if draw.scope == "second_hospital" and len(draw.raw.hospital) < 3:
        return None
    truth = TRUTHS[draw.template["truth"]](draw, draw.template.get("with", ""))
    if truth is None:
        return None
    rows, evidence = truth
    return {
        "id": name,
        "patient": draw.raw.number,
        "question": _words(draw),
        "kind": draw.template["kind"],
        "answer": rows or None,
        "evidence": evidence,
        "or_abstain": draw.or_abstain,
        "template": draw.template["id"],
    }


def _words(draw: Draw) -> str:
    he = "he" if draw.raw.patient["gender"] == "male" else "she"
    subjects = [
        (f"patient {draw.raw.number}", f"patient {draw.raw.number}'s"),
        ("the patient", "the patient's"),
        (he, "his" if he == "he" else "her"),
        ("this patient", "this patient's"),
        (f"pt {draw.raw.number}", f"pt {draw.raw.number}'s"),
    ]
    subject, possessive = draw.name(subjects)
    icu = draw.scope.endswith("icu")
    slots = {
        "P": subject,
        "Ps": possessive,
        "nth": draw.scope.split("_")[0],
        "place": "ICU" if icu else "hospital",
        "the_place": "the ICU" if icu else "the hospital",
        **draw.slots,
    }
    scope = draw.data["scopes"][draw.scope]
    slots["s"] = draw.name(scope["full"]).format(**slots)
    slots["ss"] = draw.name(scope["short"]).format(**slots)
    words = " ".join(draw.name(draw.template["wordings"]).format(**slots).split())
    return words.replace(" ?", "?").replace(" .", ".")


def verdict(item: dict[str, Any], rows: Rows, *, shown: bool) -> str:
    """right, abstained or wrong, by the contract; a no that rests on absence may be declined."""
    if not shown:
        return "right" if item["answer"] is None or item["or_abstain"] else "abstained"
    return "right" if item["answer"] is not None and right(rows, item["answer"]) else "wrong"


def asked_of(store: ChartStore, item: dict[str, Any]) -> tuple[str, Rows, set[str], str]:
    """The verdict on one item, the rows, what was cited, and why nothing was where nothing was."""
    draft, statements, _ = answer(open_for_test(store, item["patient"]), item["question"])
    shown = [s for s in statements if s.support != "unverified"]
    found = verdict(item, draft.values, shown=bool(draft.answerable and shown))
    why = draft.abstention or ", ".join(s.why for s in statements if s.support == "unverified")
    return found, draft.values, {c.resource for s in shown for c in s.citations}, why


def main() -> None:
    """Make the key, ask it, print the score by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=690)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--book")
    asked = parser.parse_args()
    key = list(made(asked.seed, asked.count, book=asked.book))
    if asked.out:
        Path(asked.out).write_text("".join(f"{json.dumps(item)}\n" for item in key), "utf-8")
    store = ChartStore.open(Path(asked.store), read_only=True)
    score: dict[str, Counter[str]] = defaultdict(Counter)
    recalls, precisions = [], []
    for item in key:
        found, rows, cited, why = asked_of(store, item)
        for name in (item["kind"], "all"):
            score[name][found] += 1
        if item["evidence"] and cited:
            both = len(cited & set(item["evidence"]))
            recalls.append(both / len(set(item["evidence"])))
            precisions.append(both / len(cited))
        if asked.wrong and found != "right":
            parts = (found, item["template"], item["patient"], item["question"])
            _say(" | ".join((*parts, str(item["answer"])[:160], str(rows)[:160], why[:200])))
    store.close()
    _print(score)
    recall, precision = fmean(recalls), fmean(precisions)
    _say(f"evidence recall {recall:.3f} precision {precision:.3f}")


def _print(score: dict[str, Counter[str]]) -> None:
    for name, counts in sorted(score.items(), key=lambda pair: pair[0] == "all"):
        total = sum(counts.values())
        shares = (f"{kind} {counts[kind] / total:.3f}" for kind in ("right", "abstained", "wrong"))
        _say(f"{name:14} {total:4} {' '.join(shares)}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
