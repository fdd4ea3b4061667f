"""Locks by name for the threads of this process. Touches nothing else."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

_locks: dict[Hashable, tuple[threading.Lock, int]] = {}
_locks_guard = threading.Lock()


@contextmanager
def holding(name: Hashable) -> Iterator[None]:
    """Lets one thread of this process at a time hold `name`; drops locks that nobody waits for."""
    with _locks_guard:
        lock, users = _locks.get(name, (threading.Lock(), 0))
        _locks[name] = lock, users + 1
    try:
        with lock:
            yield
    finally:
        with _locks_guard:
            lock, users = _locks.pop(name)
            if users > 1:
                _locks[name] = lock, users - 1
