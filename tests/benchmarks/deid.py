"""Scores the redaction on two public sets of texts with marked identifiers, beside the prototype.

*full* = every letter and digit of an identifier gone; *touch* = any overlap; precision by redacted
span; PHI-free = share of the texts without identifiers in which anything was redacted. ASQ-PHI is
scored in two halves: lines with an even number were read while the rules were written, odd ones
were not. Run: `python -m tests.benchmarks.deid [--misses seen]`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.privacy import redactor

DEID = Path(__file__).parents[3] / "shared" / "eval" / "deid"
PROTOTYPE = {
    "asq": "prototype, patterns + rules: full .809 touch .832 precision .997 F1 .893 PHI-free 2%",
    "presidio": "prototype, stock patterns: full .081 touch .093 precision 1.0 F1 .150 PHI-free 0%",
}


@dataclass
class Score:
    """Counts of one set of texts."""

    gold: Counter[str] = field(default_factory=Counter)
    full: Counter[str] = field(default_factory=Counter)
    touch: Counter[str] = field(default_factory=Counter)
    spans: int = 0
    right: int = 0
    clean: int = 0
    clean_hit: int = 0

    def line(self, name: str) -> str:
        """The figures of the set in one line."""
        total = sum(self.gold.values())
        full, touch = sum(self.full.values()) / total, sum(self.touch.values()) / total
        precision = self.right / max(self.spans, 1)
        f1 = 2 * full * precision / (full + precision)
        hit = self.clean_hit / max(self.clean, 1)
        return (
            f"{name:28} full {full:.3f} touch {touch:.3f} precision {precision:.3f} F1 {f1:.3f}"
            f" PHI-free {100 * hit:.1f}% ({self.clean_hit}/{self.clean}); {total} identifiers"
        )

    def kinds(self) -> str:
        """Full recall by kind."""
        return ", ".join(
            f"{kind} {self.full[kind] / n:.3f} ({n})" for kind, n in self.gold.most_common()
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures of both sets."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--misses", choices=["seen", "presidio"], help="list errors of a set")
    chosen = options.parse_args(argv)
    if not DEID.is_dir():
        print("../shared/eval/deid is not on this machine; nothing scored")
        return 0
    asq = _rows(DEID / "asq_phi_dev.jsonl")
    general = _rows(DEID / "presidio_research_dev.jsonl")
    redactor.redact("warm up", None)
    started, letters = time.perf_counter(), sum(len(str(row["text"])) for row in asq + general)
    scores = {
        "ASQ-PHI, seen half": _score(asq[0::2], chosen.misses == "seen"),
        "ASQ-PHI, unseen half": _score(asq[1::2], show=False),
        "presidio-research": _score(general, chosen.misses == "presidio"),
    }
    for name, score in scores.items():
        print(score.line(name))
        print("   ", score.kinds())
    print("\n".join(PROTOTYPE.values()))
    seconds = time.perf_counter() - started
    print(f"{1000 * seconds / (letters / 2500):.0f} ms for 2,500 characters of such short texts")
    return 0


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _score(rows: Iterable[dict[str, object]], show: bool) -> Score:
    score = Score()
    for row in rows:
        text, gold = str(row["text"]), row["spans"]
        assert isinstance(gold, list)
        found = [(span.start, span.end) for span in redactor.redact(text, None).spans]
        covered = {place for start, end in found for place in range(start, end)}
        missed = []
        for start, end, kind in gold:
            letters = [place for place in range(start, end) if text[place].isalnum()]
            score.gold[kind] += 1
            score.touch[kind] += any(place in covered for place in letters)
            whole = all(place in covered for place in letters)
            score.full[kind] += whole
            if not whole:
                missed.append(f"{kind}: {text[start:end]!r}")
        right = [any(a < end and start < b for a, b, _ in gold) for start, end in found]
        score.spans += len(found)
        score.right += sum(right)
        score.clean += not gold
        score.clean_hit += not gold and bool(found)
        false = [text[a:b] for (a, b), good in zip(found, right, strict=True) if not good]
        if show and (missed or false):
            print(f"{row['id']}: missed {missed}; wrong {false}\n    {text}")
    return score


if __name__ == "__main__":
    sys.exit(main())
