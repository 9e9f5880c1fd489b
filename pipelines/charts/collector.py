"""Python's search for garbage, put off while many objects are made that all stay or all go.

Loading a chart makes millions of short-lived objects, the rows of 5,000 patients make many that
stay: the collector walks them again and again and finds nothing (a quarter of the time). Reference
counting frees what it can meanwhile; nothing is put off beyond the block.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for garbage until the block ends; where it was off already, it stays off."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
