"""A reader of a large load: takes a list of files from its pipe, gives back packed columns.

Started by `reader_pool` as `python -m pipelines.charts.reader_process`. It opens no store and
writes no file; when either pipe closes, it ends.
"""

from __future__ import annotations

import gc
import pickle
import sys
from contextlib import suppress

from pipelines.charts.codebook import CodeBook
from pipelines.charts.file_reader import FileReader


def main() -> None:
    """Read every file asked for, in order."""
    limits, columns, work = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our own parent
    reader = FileReader(limits, columns, CodeBook())
    gc.disable()  # a process of one load; parsed JSON holds no cycles
    with suppress(BrokenPipeError):
        for number, source in work:
            pickle.dump(reader.read(source, number), sys.stdout.buffer, protocol=5)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
