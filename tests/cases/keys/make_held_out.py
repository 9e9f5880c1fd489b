"""The held-out key over the 100 ICU patients, made again from their bundles: questions in the
wordings of `held_out_wordings.toml`, answers from the raw JSON alone.

Nothing of the app is imported: a key that the reader under test helped to write proves nothing.
In goes the seed and the wordings, out goes `held_out_mimic.jsonl`. A question is kept only where
the record leaves one answer: a series with two results at one minute, a result without a number, a
chart that names a stay twice, a stay whose results differ by reference and by time, a span across
a change of the clock, are all passed over. Patients are taken in turn, those asked least first, so
that no chart carries the key.

Run it as `python tests/cases/keys/make_held_out.py`; with `-` it prints the key and writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from held_out_chart import Chart, Found, Json, read_chart
from held_out_series import over_scope
from held_out_stays import of_chart

HERE = Path(__file__).resolve().parent
BUNDLES = HERE.parents[3] / "shared" / "eval" / "mimic_demo" / "bundles"


@dataclass(frozen=True)
class Ask:
    """One kind of question: the words for it, what it is about, over which stay, and its shape."""

    kind: str
    texts: tuple[str, ...]
    things: tuple[str, ...]
    scopes: tuple[str, ...]
    more: Json


@dataclass(frozen=True)
class Asked:
    """A question that one chart can answer, and what it is about."""

    chart: Chart
    scope: str
    thing: Json
    found: Found


def held_out(asks: list[Ask], book: Json, charts: list[Chart]) -> Iterator[Json]:
    """Every wording asked of one patient, those asked least first."""
    rng, used = random.Random(book["seed"]), {chart.number: 0 for chart in charts}
    for ask in asks:
        for text in ask.texts * ask.more.get("take", 1):
            order = sorted(charts, key=lambda c: (used[c.number], rng.random()))
            asked = first_that_fits(ask, book, order, rng)
            used[asked.chart.number] += 1
            names = asked.thing.get("names", [""])
            stays = book["scopes"].get(asked.scope, [""])
            words = {"p": asked.chart.number, "t": rng.choice(names), "s": rng.choice(stays)}
            question = text.format(**words, **asked.found.words)
            yield line(ask.kind, re.sub(r" +(?=[?.,:]|$| )", "", question), asked)


def first_that_fits(ask: Ask, book: Json, order: list[Chart], rng: random.Random) -> Asked:
    scope, key = rng.choice(ask.scopes), rng.choice(ask.things)
    thing = book["things"].get(key, {})
    for chart in order:
        if thing:
            found = over_scope(ask.more, thing, scope, chart, rng)
        else:
            found = of_chart(ask.more, chart, scope, rng)
        if found is not None:
            return Asked(chart, scope, thing, found)
    raise SystemExit(f"no patient fits: {ask.more} {key} {scope}")


def line(kind: str, question: str, asked: Asked) -> Json:
    """One line of the key; its name is made of the patient and the words."""
    number, found = asked.chart.number, asked.found
    name = "held-" + hashlib.sha256(f"{number} {question}".encode()).hexdigest()[:16]
    item = {"id": name, "kind": kind, "patient": number, "question": question}
    return {**item, "answer": found.rows, "evidence": found.evidence, **found.marks}


def read_ask(one: Json) -> Ask:
    more = {key: value for key, value in one.items() if key not in ("kind", "texts")}
    things, scopes = more.pop("things", [""]), more.pop("scopes", ["all"])
    return Ask(one["kind"], tuple(one["texts"]), tuple(things), tuple(scopes), more)


def main() -> None:
    book = tomllib.loads((HERE / "held_out_wordings.toml").read_text(encoding="utf-8"))
    charts = [read_chart(path) for path in sorted(BUNDLES.glob("*.json.gz"))]
    asks = [read_ask(one) for one in book["ask"]]
    lines = [json.dumps(item, ensure_ascii=False) for item in held_out(asks, book, charts)]
    text = "\n".join(lines) + "\n"
    if sys.argv[1:] == ["-"]:
        sys.stdout.buffer.write(text.encode())
    else:
        (HERE / "held_out_mimic.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
