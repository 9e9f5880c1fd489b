"""How long a page switch takes in Chromium on ICU charts: p95 against 1 s, wall.

Loads `../shared/eval/mimic_demo/bundles`, opens the patient with the most results and two others,
and walks Briefing → Trends → Ask → Log → Worklist several times. The first visit of a page (the
browser parses its JavaScript) is printed apart.

    .venv/bin/python -m tests.benchmarks.page_switch
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, WIDE, choose, go, serving, settled
from tests.conftest import ROOT, SHARED

LIMIT_S = 1.0
PATIENTS = ("10019003", "10021118", "10007818")
WALK = ("Briefing", "Trends", "Ask", "Log", "Worklist")
ROUNDS = 4


def main() -> None:
    """Print one table: first visit, then p50 and p95 of the later ones, a page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        load = [sys.executable, "-m", "pipelines.cli", "--home", str(home), "load"]
        bundles = SHARED / "eval" / "mimic_demo" / "bundles"
        subprocess.run([*load, str(bundles)], check=True, cwd=ROOT, capture_output=True)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        with serving(home) as url:
            page = browser.new_context(viewport=WIDE).new_page()
            page.goto(url)
            settled(page)
            times = walked(page)
        browser.close()
    first = {title: seconds[0] for title, seconds in times.items()}
    later = [value for seconds in times.values() for value in seconds[1:]]
    print(f"{'page':10} first s   p50 s   max s  (later visits, 100 ICU patients)")
    for title, seconds in times.items():
        rest = seconds[1:]
        print(f"{title:10} {first[title]:7.2f} {statistics.median(rest):7.2f} {max(rest):7.2f}")
    p95 = sorted(later)[round(0.95 * (len(later) - 1))]
    print(f"all later switches: p95 {p95:.2f} s, limit {LIMIT_S:.0f} s, ratio {p95 / LIMIT_S:.2f}")


def walked(page: Page) -> dict[str, list[float]]:
    """Seconds of each switch, by page, in the order they were made."""
    times: dict[str, list[float]] = defaultdict(list)
    for patient in PATIENTS:
        choose(page, patient)
        settled(page)
        for _ in range(ROUNDS):
            for title in WALK:
                started = time.perf_counter()
                go(page, title)
                times[title].append(time.perf_counter() - started)
    return times


if __name__ == "__main__":
    main()
