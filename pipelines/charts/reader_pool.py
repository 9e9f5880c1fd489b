"""Large loads read their files in processes of their own, one a core; this one only writes.

Parsing holds the interpreter, so threads would not help. The readers get names of files and
give back packed columns through pipes; they open no store, keep nothing and end when their
pipe closes, also when this process is killed. Should one die, its files are read here. Results
come in the order of the files, so that a load does the same thing every time.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path
from typing import IO

from pipelines.charts import files, parcels
from pipelines.charts.allocator import LITTLE_MEMORY
from pipelines.charts.columns import Parcel
from pipelines.charts.file_reader import FileReader, Work
from pipelines.charts.files import MEGABYTE, Source

WORTH_IT = 12 * MEGABYTE
USUAL_PACKING = 12
# How many portions a reader may run ahead while a batch is written: enough not to stand still.
AHEAD = 2
# Small files are read, packed and sent together: a table of few rows costs as much as one of many.
TOGETHER_BYTES = 3 * MEGABYTE
# Every entry of an upload is checked by the models, a hundred times slower: progress shows sooner.
CHECKED_TOGETHER_BYTES = MEGABYTE // 4
TOGETHER = 200
MOST_READERS = 4
STOP_WITHIN_S = 0.2


@dataclass(slots=True)
class _Process:
    """One reader, what it was given to read, and what it has given back."""

    process: subprocess.Popen[bytes]
    work: list[Work] = field(default_factory=list)
    size: int = 0
    results: queue.Queue[Parcel | None] = field(default_factory=lambda: queue.Queue(AHEAD))


def read_all(
    reader: FileReader, sources: Sequence[Source], first_id: int, stop: threading.Event
) -> Iterator[Parcel]:
    """What is in the files, in their order, numbered from `first_id`, until `stop` is set."""
    is_full = reader.limits.validate == "full"
    work, sizes = _divided(sources, first_id, CHECKED_TOGETHER_BYTES if is_full else TOGETHER_BYTES)
    count = min(os.cpu_count() or 1, MOST_READERS, len(work))
    if sum(sizes) < WORTH_IT or count < 2:
        parcels_here = (parcel for one in work for parcel in reader.read(one))
        return takewhile(lambda _: not stop.is_set(), parcels_here)
    return _in_processes(reader, list(zip(work, sizes, strict=True)), count, stop)


def _divided(
    sources: Sequence[Source], first_id: int, together: int
) -> tuple[list[Work], list[int]]:
    """The work in portions and their sizes: small files together, large NDJSON in parts."""
    work: list[Work] = []
    sizes: list[int] = []
    for file_id, source in enumerate(sources, first_id):
        for number, count, part in files.parts(source):
            size = _unpacked_size(part)
            is_small = count == 1 and bool(work) and work[-1].files[-1][1].span is None
            if is_small and sizes[-1] + size <= together and len(work[-1].files) < TOGETHER:
                work[-1].files.append((file_id, part))
                sizes[-1] += size
            else:
                work.append(Work([(file_id, part)], is_last_part=number == count))
                sizes.append(size)
    return work, sizes


def _unpacked_size(source: Source) -> int:
    try:
        return source.size * (USUAL_PACKING if source.name.lower().endswith(".gz") else 1)
    except OSError:
        return 0


def _in_processes(
    reader: FileReader, work: list[tuple[Work, int]], count: int, stop: threading.Event
) -> Iterator[Parcel]:
    pool = [_Process(_start()) for _ in range(count)]
    whose = []
    for one, size in work:
        least = min(pool, key=lambda process: process.size)
        least.work.append(one)
        least.size += size
        whose.append((least, one))
    over = threading.Event()
    for process in pool:
        threading.Thread(target=_serve, args=(process, reader, over), daemon=True).start()
    try:
        for process, one in whose:
            yield from _results(process, reader, one, stop)
            if stop.is_set():
                return
    finally:
        over.set()
        for process in pool:
            process.process.kill()
            process.process.wait()


def _results(
    process: _Process, reader: FileReader, one: Work, stop: threading.Event
) -> Iterator[Parcel]:
    """What a reader found in its work; where it died in the middle, the rest is read here."""
    given = 0
    while not stop.is_set():
        try:
            parcel = process.results.get(timeout=STOP_WITHIN_S)
        except queue.Empty:
            continue
        if parcel is None:
            break
        yield parcel
        given += 1
        if parcel.ends_work:
            return
    if not stop.is_set():
        process.results.put(None)
        yield from islice(reader.read(one), given, None)


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(  # this interpreter, this package
        [sys.executable, "-m", "pipelines.charts.reader_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **LITTLE_MEMORY, "PYTHONPATH": root},
    )


def _serve(process: _Process, reader: FileReader, stop: threading.Event) -> None:
    """Hand a reader its files and put what it gives back into its queue, None where it died."""
    pipe, answers = process.process.stdin, process.process.stdout
    alive = pipe is not None and answers is not None
    if answers is not None:
        parcels.widen(answers)
    if pipe is not None:
        with suppress(OSError), pipe:
            pickle.dump((reader.limits, reader.columns, process.work), pipe)
    while not stop.is_set():
        packed = _answer(answers) if alive and answers is not None else None
        while not stop.is_set():
            with suppress(queue.Full):
                process.results.put(packed, timeout=0.2)
                break
        if packed is None:
            return


def _answer(answers: IO[bytes]) -> Parcel | None:
    try:
        found = parcels.receive(answers)
    except (EOFError, OSError, pickle.UnpicklingError, struct.error):
        return None
    return found if isinstance(found, Parcel) else None
