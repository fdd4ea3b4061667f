"""The story of the plants in steps, from `story.csv`: a year, a plant, a title, a sentence and its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class StoryStep:
    """A step of the story; `number` is the one in the address."""

    number: int
    year: int
    plant_id: str
    title: str
    sentence: str
    source_url: str


def steps(table: pd.DataFrame) -> Mapping[str, StoryStep]:
    """Returns number as text -> step, in the order of the steps."""
    rows: Any = table.sort_values("step").itertuples(index=False, name=None)
    return {str(number): StoryStep(int(number), int(year), *texts) for number, year, *texts in rows}
