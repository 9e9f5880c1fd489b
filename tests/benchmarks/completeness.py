"""How much of each story's `truth.md` the briefing of its round tells; asserts nothing.

Run: python -m tests.benchmarks.completeness [STORY…] [--misses] [--narrative]
Printed beside the limit of issue 7: 95 % of the `[must]` items told, no trap told as fact; and how
long a briefing is, because everything told at length is read by nobody. With `--narrative` the
verified sentences of a model's narrative are counted alone, by the same rule: the model is the
scripted server (which repeats the first lines), or a real one that OLLAMA_TEST_URL and
OLLAMA_TEST_MODEL name. A narrative is six sentences at most, so its share says what the first
thing read tells, not what the briefing tells.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.answers.scripted_server import ScriptedServer
from pipelines.briefing.brief import Made, made
from pipelines.briefing.narrative import narrative
from pipelines.briefing.window import window_of
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Briefing
from pipelines.records.chart import Chart, Reader
from pipelines.records.moments import Moment
from pipelines.settings import Settings
from tests.briefing.told import Told, fell_for, told
from tests.sample_data.sample_bundles import SAMPLES, resources, stories
from tests.sample_data.test_truth import round_of, truth

LIMITS = LoadLimits(validate="off", max_file_mb=2048, max_entries=500_000)
HOURS = 24


def main() -> None:
    """Print the shares of each story, and what is not told where that is asked for."""
    named = [word for word in sys.argv[1:] if not word.startswith("-")] or list(stories())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        writer = _writer(Path(folder), stack) if "--narrative" in sys.argv else None
        store = ChartStore.open(Path(folder) / "chart.duckdb", read_only=False)
        load_paths(store, [SAMPLES / "bundles"], LIMITS)
        every: list[Told] = []
        fallen: list[str] = []
        sizes: list[tuple[int, int]] = []
        for story in named:
            items, traps = of_story(store, story, writer)
            every += items
            fallen += traps
            sizes += [size(one.briefing) for _at, one in briefings(store, story)]
            print(f"{story}: {_share(items)}, {len(traps)} traps told as fact")
            if "--misses" in sys.argv:
                print(*(_miss(item) for item in items if not item.is_told), *traps, sep="\n")
        print(f"all: {_share(every)}, {len(fallen)} traps told as fact (limits 95 % and 0)")
        for what, counts in (("lines", [s[0] for s in sizes]), ("words", [s[1] for s in sizes])):
            print(f"{what} a briefing: {spread(counts)}")
        store.close()


def of_story(
    store: ChartStore, story: str, writer: Settings | None = None
) -> tuple[list[Told], list[str]]:
    """Every `[must]` item of the story's rounds, and the sentences that tell a trap as fact."""
    items, fallen = [], []
    for at, whole in briefings(store, story):
        made = whole.briefing if writer is None else _narrative_alone(whole, writer)
        for line in truth(story):
            if line.at == at and line.kind == "must":
                items.append(told(line, made))
            elif line.at == at:
                fallen += [f"  TRAP {at}: {text}" for text in fell_for(line, made)]
    return items, fallen


def size(made: Briefing) -> tuple[int, int]:
    """The lines and the words of a briefing's sections; its first lines stand in them again."""
    texts = [said.text for section in made.sections for said in section.lines]
    return len(texts), sum(len(text.split()) for text in texts)


def spread(counts: Sequence[int]) -> str:
    """The median and the 95th percentile."""
    ordered = sorted(counts)
    return f"p50 {ordered[len(ordered) // 2]}, p95 {ordered[int(len(ordered) * 0.95)]}"


def _writer(folder: Path, stack: ExitStack) -> Settings:
    """Where a model is asked: a real server, or the scripted one for as long as this runs."""
    url = os.environ.get("OLLAMA_TEST_URL") or stack.enter_context(ScriptedServer()).url
    environment = {
        "CHARTROOM_OLLAMA_URL": url,
        "CHARTROOM_MODEL": os.environ.get("OLLAMA_TEST_MODEL", "qwen3:8b"),
        "CHARTROOM_ALLOWED_HOSTS": urlsplit(url).hostname or "",
    }
    return Settings.read(folder / "home", environment)


def _narrative_alone(whole: Made, writer: Settings) -> Briefing:
    """The briefing with nothing but the verified sentences of its narrative."""
    told = narrative(whole, "ollama", writer)
    if told is not None and told.notice:
        print(f"  {told.notice}")
    return replace(whole.briefing, summary=told.statements if told else (), sections=())


def briefings(store: ChartStore, story: str) -> Iterator[tuple[str, Made]]:
    """The briefing of each round of a story."""
    patient = next(iter(resources(story, "Patient")))["id"]
    for at in dict.fromkeys(line.at for line in truth(story)):
        when = round_of(story, at)
        moment = Moment(when.astimezone(UTC).replace(tzinfo=None), when.isoformat())
        chart = Chart(Reader("benchmark"), patient, "benchmark", moment, store)
        yield at, made(chart, window_of(chart, HOURS))


def _share(items: list[Told]) -> str:
    told_items = sum(item.is_told for item in items)
    return f"{told_items} of {len(items)} told ({100 * told_items / len(items):.1f} %)"


def _miss(item: Told) -> str:
    missing = ", ".join(f"{number:g}" for number in sorted(item.missing))
    return (
        f"  {item.item.at} [{item.cited} of {len(item.item.ids)} cited; "
        f"numbers left out: {missing or '-'}; words {item.words:.0%}] {item.item.text}"
    )


if __name__ == "__main__":
    main()
