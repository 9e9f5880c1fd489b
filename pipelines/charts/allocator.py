"""Memory that was freed goes back to the machine while a load runs.

glibc keeps what was freed in an arena a thread, for the next of the same size. A load frees
batches of all sizes in three threads, so that a tenth of its memory was holes. One arena, and
large pieces mapped by themselves, keep the promise of what a load may take; elsewhere than on
glibc nothing is changed.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

# Of <malloc.h>: what mallopt(3) is told.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGE_BYTES = 64 * 1024
# The same for a process that is to be started.
LITTLE_MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(LARGE_BYTES),
    "MALLOC_TRIM_THRESHOLD_": str(LARGE_BYTES),
}


def keep_little() -> None:
    """Have the C library give back what is freed; call it before the first thread is started."""
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)
