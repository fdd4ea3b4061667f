"""Which stated points cannot be right, so that no map draws them: far from the country that the row states.

Precise rather than eager, as a plant at sea or near a border is a plant:

* A point near an island of the country is right, also where only the finer map has the island.
* A point whose mend lies in the stated country (sign, exchanged) cannot be right `FAR_KM` away from it.
* Another point cannot be right `VERY_FAR_KM` away.
* Where many rows are like that, the column of countries says something else, such as the owner's, and all
  points are drawn.

The cells stay as they are. Touches the shapes of countries through `country_shapes`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from atlas.earth import Floats
from atlas.importing.problems import Problem
from atlas.importing.rows import country_shapes
from atlas.importing.rows.stated_country import Codes
from atlas.language import gettext, gettext_noop
from atlas.text import Mask

FAR_KM, VERY_FAR_KM = 100, 300
ACCEPT = "country"
"""The kind whose fix draws all points where the table says."""
MOST_LIKE_IT, MOST_LIKE_IT_IN_LARGE, LARGE = 0.5, 0.2, 50
_NOT_DRAWN = gettext_noop("The stated point is not drawn.")
_DRAW = gettext_noop("draw the stated point all the same")
_KINDS = ("sign", "swapped", ACCEPT)


def marked(
    found: Sequence[Problem], latitude: Floats, longitude: Floats, codes: Codes, fixes: Collection[str]
) -> tuple[list[Problem], Mask]:
    """Returns the problems of positions, in which those of points that cannot be right say so, and which
    rows have such a point.
    """
    wrong = np.zeros(len(latitude), bool)
    placed = ~np.isnan(latitude) & ~np.isnan(longitude)
    if ACCEPT in fixes or _are_many(found, int((placed & (codes != "")).sum())):
        return list(found), wrong
    parts: list[Problem] = []
    for problem in found:
        is_far = np.zeros(len(problem.rows), bool)
        if problem.kind in _KINDS and len(problem.rows):
            is_far = _are_far(problem, latitude, longitude, codes)
            wrong[problem.rows[is_far]] = True
        parts += _parts(problem, is_far)
    return parts, wrong


def _are_many(found: Sequence[Problem], stated: int) -> bool:
    most = MOST_LIKE_IT if stated < LARGE else MOST_LIKE_IT_IN_LARGE
    return sum(len(problem.rows) for problem in found if problem.kind == ACCEPT) > most * stated


def _are_far(problem: Problem, latitude: Floats, longitude: Floats, codes: Codes) -> Mask:
    rows = problem.rows
    far_km = VERY_FAR_KM if problem.kind == ACCEPT else FAR_KM
    far = ~np.isnan(latitude[rows])
    for code in {str(code) for code in codes[rows[far]]}:
        own = far & (codes[rows] == code)
        far[own] = ~country_shapes.are_near(code, latitude[rows[own]], longitude[rows[own]], far_km)
        own &= far
        far[own] = ~country_shapes.are_near_islands(code, latitude[rows[own]], longitude[rows[own]])
    return far


def _parts(problem: Problem, is_far: Mask) -> Iterator[Problem]:
    """Yields the rows of a problem whose point is drawn, and those whose point is not."""
    if not is_far.any():
        yield problem
        return
    near, far = _some(problem, ~is_far), _some(problem, is_far)
    if len(near.rows):
        yield near
    reasons = [far.reason] * len(far.rows) if isinstance(far.reason, str) else far.reason
    not_drawn = gettext(_NOT_DRAWN)
    fix = far.fix or gettext(_DRAW)
    yield replace(far, reason=[f"{reason} {not_drawn}" for reason in reasons], fix=fix)


def _some(problem: Problem, mask: Mask) -> Problem:
    def some(texts: str | Sequence[str]) -> str | list[str]:
        if isinstance(texts, str):
            return texts
        return [text for text, wanted in zip(texts, mask, strict=True) if wanted]

    return replace(
        problem,
        rows=problem.rows[mask],
        reason=some(problem.reason),
        value=some(problem.value),
        fix=some(problem.fix),
    )
