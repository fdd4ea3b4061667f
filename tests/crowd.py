"""What one process of a crowd does: many threads that want the same places at the same moment."""

import os
import random
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.queues import SimpleQueue
from typing import Any

import pandas as pd

from atlas.geocoding import resolve, service
from atlas.geocoding.store import open_store

Answers = list[tuple[int, str | None, int]]


def visit(
    number: int, threads: int, env: Mapping[str, str], queries: Sequence[str], said: "SimpleQueue[Any]"
) -> None:
    """Each thread locates all `queries` in an order of its own; puts (asked, problem, placed) of each."""
    os.environ["no_proxy"] = "127.0.0.1"
    answers: Answers = []

    def one(thread: int) -> None:
        store = open_store(env)
        order = random.Random(number * 1_000 + thread).sample(list(queries), len(queries))
        table = pd.DataFrame({"plant_id": order, "name": order, "address": order})
        located = resolve.locate(table, caches=[store], ask=service.default_ask(store, env))
        answers.append((located.asked, located.problem, int(located.table["latitude"].notna().sum())))

    running = [threading.Thread(target=one, args=(thread,)) for thread in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    said.put(answers)
