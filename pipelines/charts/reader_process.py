"""A reader of a large load: takes a list of files from its pipe, gives back packed columns.

Started by `reader_pool` as `python -m pipelines.charts.reader_process`. It opens no store and
writes no file; when either pipe closes, it ends.
"""

from __future__ import annotations

import gc
import pickle
import sys
from contextlib import suppress
from dataclasses import replace

from pipelines.charts import columns, parcels
from pipelines.charts.codebook import CodeBook
from pipelines.charts.file_reader import FileReader


class _NoPandas:
    """Tells `import pandas` that there is none."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Python asks every finder for every module; only this one name is answered."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _leave_pandas_out() -> None:
    """pyarrow would spend half a second on importing pandas, which nothing here needs."""
    sys.meta_path.insert(0, _NoPandas())
    columns.PANDAS_SETTLED = True


def main() -> None:
    """Read every file asked for, in order."""
    _leave_pandas_out()
    limits, tables, work = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our own parent
    if limits.validate == "sample":
        limits = replace(limits, validate="collect")
    reader = FileReader(limits, tables, CodeBook())
    gc.disable()  # a process of one load; parsed JSON holds no cycles
    with suppress(BrokenPipeError):
        for one in work:
            for packed in reader.read(one.source, one.file_id):
                parcels.send(sys.stdout.buffer, packed)


if __name__ == "__main__":
    main()
