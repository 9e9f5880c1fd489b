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
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from pipelines.charts import files, parcels
from pipelines.charts.columns import Packed
from pipelines.charts.file_reader import FileReader
from pipelines.charts.files import MEGABYTE, Source

WORTH_IT = 12 * MEGABYTE
USUAL_PACKING = 12
# How many portions a reader may run ahead while a batch is written: enough not to stand still.
AHEAD = 12
MOST_READERS = 4


class Work(NamedTuple):
    """One file, or one part of a large one, for a reader; the last part ends the file."""

    file_id: int
    source: Source
    is_last_part: bool


@dataclass(slots=True)
class _Process:
    """One reader, what it was given to read, and what it has given back."""

    process: subprocess.Popen[bytes]
    work: list[Work] = field(default_factory=list)
    size: int = 0
    results: queue.Queue[Packed | None] = field(default_factory=lambda: queue.Queue(AHEAD))


def read_all(reader: FileReader, sources: Sequence[Source], first_id: int) -> Iterator[Packed]:
    """The portions of every file, in the order of the files, numbered from `first_id`."""
    work = [
        Work(file_id, part, number == count)
        for file_id, source in enumerate(sources, first_id)
        for number, count, part in files.parts(source)
    ]
    sizes = [_unpacked_size(one.source) for one in work]
    count = min(os.cpu_count() or 1, MOST_READERS, len(work))
    if sum(sizes) < WORTH_IT or count < 2:
        return (packed for one in work for packed in _read(reader, one))
    return _in_processes(reader, work, sizes, count)


def _read(reader: FileReader, one: Work) -> Iterator[Packed]:
    for packed in reader.read(one.source, one.file_id):
        yield _of_part(packed, one)


def _of_part(packed: Packed, one: Work) -> Packed:
    """A portion that ends a part ends its file only where it is the last part."""
    if packed.is_last and not one.is_last_part and not packed.is_refused:
        return replace(packed, is_last=False)
    return packed


def _unpacked_size(source: Source) -> int:
    try:
        return source.size * (USUAL_PACKING if source.name.lower().endswith(".gz") else 1)
    except OSError:
        return 0


def _in_processes(
    reader: FileReader, work: list[Work], sizes: list[int], count: int
) -> Iterator[Packed]:
    pool = [_Process(_start()) for _ in range(count)]
    whose = []
    for one, size in zip(work, sizes, strict=True):
        least = min(pool, key=lambda process: process.size)
        least.work.append(one)
        least.size += size
        whose.append(least)
    stop = threading.Event()
    for process in pool:
        threading.Thread(target=_serve, args=(process, reader, stop), daemon=True).start()
    try:
        for one, process in zip(work, whose, strict=True):
            yield from _results(process, reader, one)
    finally:
        stop.set()
        for process in pool:
            process.process.kill()
            process.process.wait()


def _results(process: _Process, reader: FileReader, one: Work) -> Iterator[Packed]:
    """What a reader found in a file; where it died in the middle, the rest is read here."""
    given = 0
    while (packed := process.results.get()) is not None:
        yield _of_part(packed, one)
        given += 1
        if packed.is_last:
            return
    process.results.put(None)
    yield from islice(_read(reader, one), given, None)


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(  # this interpreter, this package
        [sys.executable, "-m", "pipelines.charts.reader_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
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


def _answer(answers: IO[bytes]) -> Packed | None:
    try:
        found = parcels.receive(answers)
    except (EOFError, OSError, pickle.UnpicklingError, struct.error):
        return None
    return found if isinstance(found, Packed) else None
