"""How fast the ledger appends and verifies, printed beside its limits; asserts nothing.

Run: python tests/benchmarks/ledger_speed.py [entries]   (default 100000, appended the real way
for the first 2000, the rest in bulk with the same hashes).
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from pipelines.ledger.chain import GENESIS, body_digest, canonical, seal
from pipelines.ledger.database import Ledger, open_ledger
from pipelines.ledger.head import Head, _write
from pipelines.records.chart import Reader

PAYLOAD = {
    "question": "What was the latest potassium?",
    "answer": "Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30. [1]",
    "values": [[5.9]],
    "statements": [{"text": "x" * 400, "citations": [{"n": 1, "resource": "Observation/abc"}]}],
}


def _append(ledger: Ledger, count: int) -> list[float]:
    times = []
    for _ in range(count):
        start = time.perf_counter()
        ledger.append(reader=Reader("r"), patient="p", action="answer", payload=PAYLOAD, thread="t")
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def _fill(path: Path, head_path: Path, count: int) -> None:
    connection = sqlite3.connect(path)
    seq, previous = connection.execute(
        "select seq, hash from entry order by seq desc limit 1"
    ).fetchone() or (0, GENESIS)
    text, rows = canonical(PAYLOAD), []
    for number in range(seq + 1, count + 1):
        body = (f"{number:032x}", "2026-11-22T05:30:00+00:00", "r", "p", "answer", "t", text)
        sealed = seal(number, previous, body_digest(body))
        rows.append((number, *body, previous, sealed))
        previous = sealed
    connection.executemany("insert into entry values (?,?,?,?,?,?,?,?,?,?)", rows)
    connection.commit()
    connection.close()
    _write(head_path, Head(count, previous, "2026-11-22T05:30:00+00:00"))


def _timed(what: str, limit: str, ledger: Ledger) -> None:
    start = time.perf_counter()
    check = ledger.verify()
    seconds = time.perf_counter() - start
    print(f"{what}: {seconds:.2f} s, {len(check.broken)} broken (limit {limit})")


def main() -> None:
    """Print append and verify times."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path, head_path = Path(folder) / "ledger.sqlite", Path(folder) / "ledger.head"
        ledger = open_ledger(path, head_path)
        times = _append(ledger, min(2_000, count))
        print(
            f"append: p50 {times[len(times) // 2]:.2f} ms, "
            f"p95 {times[int(len(times) * 0.95)]:.2f} ms, max {times[-1]:.1f} ms (limit p95 10 ms)"
        )
        _fill(path, head_path, count)
        _timed(f"verify {count} whole entries", "5 s", ledger)
        connection = sqlite3.connect(path)
        connection.execute("drop trigger entry_refuse_update")
        connection.execute("drop trigger entry_refuse_delete")
        connection.execute("update entry set payload = '{}' where seq % 1000 = 7")
        connection.execute("delete from entry where seq % 1000 = 9")
        connection.commit()
        connection.close()
        _timed(f"verify {count} entries, edited and removed ones among them", "none", ledger)
        ledger.close()


if __name__ == "__main__":
    main()
