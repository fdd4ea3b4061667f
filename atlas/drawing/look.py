"""How a status looks: one row for each status is the only source of its colours and its shape.

    >>> LOOKS[0].status, LOOKS[0].colour.light, LOOKS[0].shape is CIRCLE
    ('now', '#b3122b', True)

The map's styles and marks, the marks on pages, the charts, the preview picture and the KML file are all
made from these rows: to change a look, change its row. Touches nothing.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """A colour in the light and in the dark theme, each as #rrggbb."""

    light: str
    dark: str

    @property
    def css(self) -> str:
        """The CSS value that follows the theme of the element."""
        return f"light-dark({self.light}, {self.dark})"


@dataclass(frozen=True)
class Shape:
    """An outline around (0, 0) in pixels of the map, y downwards; without corners it is a circle.

    `radius` is that of the circle, or of the rounded corners of a square. `box` are the CSS declarations
    that give the same outline to the small box beside words on a page.
    """

    box: str
    corners: tuple[tuple[float, float], ...] = ()
    radius: float = 0

    @property
    def svg(self) -> str:
        """The outline as an element of SVG."""
        if not self.corners:
            return f'<circle r="{self.radius:g}"/>'
        if self.radius:
            left, top = self.corners[0]
            side = -2 * left
            return f'<rect x="{left:g}" y="{top:g}" width="{side:g}" height="{side:g}" rx="{self.radius:g}"/>'
        return f'<path d="M{" ".join(f"{x:g} {y:g}" for x, y in self.corners)}Z"/>'


CIRCLE = Shape("border-radius: 50%", radius=8)
DIAMOND = Shape("transform: rotate(45deg) scale(0.86)", ((0, -9.5), (9.5, 0), (0, 9.5), (-9.5, 0)))
SQUARE = Shape("border-radius: 2px", ((-7, -7), (7, -7), (7, 7), (-7, 7)), radius=1.5)
TRIANGLE = Shape("clip-path: polygon(50% 5%, 100% 92%, 0 92%)", ((0, -9.5), (9.2, 7), (-9.2, 7)))
TRIANGLE_DOWN = Shape("clip-path: polygon(0 8%, 100% 8%, 50% 95%)", ((0, 9.5), (-9.2, -7), (9.2, -7)))
CROSS = Shape(
    "clip-path: polygon(32% 0, 68% 0, 68% 32%, 100% 32%, 100% 68%, 68% 68%, 68% 100%, 32% 100%, 32% 68%,"
    " 0 68%, 0 32%, 32% 32%)",
    (
        (-3.2, -8.5), (3.2, -8.5), (3.2, -3.2), (8.5, -3.2), (8.5, 3.2), (3.2, 3.2),
        (3.2, 8.5), (-3.2, 8.5), (-3.2, 3.2), (-8.5, 3.2), (-8.5, -3.2), (-3.2, -3.2),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How plants of one status look; `is_hollow`: an outline in the colour instead of a filled shape.

    `code` names the look in class names, CSS variables and KML styles. `status` is the status that has it in
    tables about Alfa Romeos; `meaning` what statuses that have it mean in other tables (see
    `importing.roles.status_words`). Statuses that mean nothing known have the first looks, in order.
    """

    code: str
    status: str
    colour: Colour
    shape: Shape
    is_hollow: bool = False
    meaning: str = ""


RED, TEAL = Colour("#b3122b", "#ff5c72"), Colour("#0f6f7c", "#4fc3d0")

GREY, AMBER, PURPLE = (
    Colour("#6b7280", "#a9b0ba"),
    Colour("#8f5b00", "#c98a2b"),
    Colour("#a020c8", "#d070ff"),
)
SLATE = Colour("#33587a", "#8ab8dd")

# By status code. Colours have at least 3:1 against land and sea; shapes tell them apart without colour.
LOOKS = (
    Look("0", "now", RED, CIRCLE),
    Look("1", "before", TEAL, DIAMOND),
    Look("2", "none", GREY, SQUARE, is_hollow=True),
    Look("3", "", PURPLE, TRIANGLE),
    Look("4", "", AMBER, CROSS),
    Look("5", "", Colour("#0d1d59", "#f5e04a"), TRIANGLE_DOWN),
    Look("6", "closed", TEAL, DIAMOND, is_hollow=True),
    Look("7", "", TEAL, CIRCLE, meaning="operating"),
    Look("8", "", AMBER, TRIANGLE, meaning="construction"),
    Look("9", "", PURPLE, TRIANGLE_DOWN, meaning="planned"),
    Look("10", "", Colour("#4b4fa8", "#a3a8ff"), DIAMOND, meaning="mothballed"),
    Look("11", "", GREY, SQUARE, is_hollow=True, meaning="closed"),
    Look("12", "", Colour("#3f4753", "#c9ced6"), CROSS, meaning="cancelled"),
    Look("13", "", SLATE, CIRCLE, is_hollow=True, meaning="other"),
)
ANY = Look("any", "", SLATE, CIRCLE)
"""The look of all plants in a table without statuses."""


def map_css() -> str:
    """Returns the map's styles: a variable for each colour in both themes, and a class for each look."""
    looks = (*LOOKS, ANY)
    return "\n".join(
        [
            _rule(".leaflet-container", *(f"--status-{look.code}: {look.colour.light}" for look in looks)),
            _rule(
                '.leaflet-container[data-theme="dark"]',
                *(f"--status-{look.code}: {look.colour.dark}" for look in looks),
            ),
            *(_rule(f".atlas-status-{look.code}", f"--status: var(--status-{look.code})") for look in looks),
            "",
        ]
    )


def page_css() -> str:
    """Returns the styles of pages: a variable for each colour, and a class for each mark beside words."""
    variables = (f"--status-{look.code}: {look.colour.css}" for look in (*LOOKS, ANY))
    return "\n".join([_rule(":root", *variables), *map(_mark_rule, LOOKS), ""])


def _mark_rule(look: Look) -> str:
    outline = ("background: none", "border: 2px solid var(--mark)") if look.is_hollow else ()
    return _rule(f".atlas-mark-{look.code}", f"--mark: var(--status-{look.code})", *outline, look.shape.box)


def _rule(selector: str, *declarations: str) -> str:
    return f"{selector} {{ {'; '.join(declarations)}; }}"


def script() -> str:
    """Returns the script that hands the shapes to `map/marks.js`."""
    looks = [
        {"code": look.code, "shape": look.shape.svg, "isHollow": look.is_hollow} for look in (*LOOKS, ANY)
    ]
    return f"window.AtlasLooks = {json.dumps(looks)};"
