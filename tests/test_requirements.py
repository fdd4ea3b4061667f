"""What is installed is what is pinned, to the last package, under licences that anybody can use."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
FILES = ("requirements.txt", "tests/requirements.txt")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LICENCES = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


def lines(text: str) -> list[str]:
    """The lines of a file of requirements without comments and without names of other files."""
    stripped = [line.split("#")[0].strip() for line in text.splitlines()]
    return [line for line in stripped if line and not line.startswith("-")]


WANTED = [line for file in FILES for line in lines((ROOT / file).read_text(encoding="utf-8"))]
PINNED = [Requirement(line) for line in lines(CONSTRAINTS)]
HERE = {
    canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
    for pin in PINNED
    if pin.marker is None or pin.marker.evaluate()
}
"""The packages that this system needs: name -> version."""


def needed(names: list[str]) -> Iterator[str]:
    """The names of packages with all that they need in turn, as the installed ones say."""
    open_, seen = [(canonicalize_name(name), "") for name in names], set()
    while open_:
        name, extra = open_.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        yield name
        for text in metadata.requires(name) or ():
            requirement = Requirement(text)
            environment = {**default_environment(), "extra": extra}
            if requirement.marker is None or requirement.marker.evaluate(environment):
                extras = ["", *requirement.extras]
                open_ += [(canonicalize_name(requirement.name), wanted) for wanted in extras]


def test_each_line_pins_one_version() -> None:
    """Every installation is the tested one; a pin may hold for some systems only, and names no server."""
    assert len(WANTED) > 30
    assert [line for line in WANTED if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert [line for line in lines(CONSTRAINTS) if not re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line)] == []
    options = re.findall(r"^-.*", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert options == ["-c constraints.txt"]
    assert "://" not in CONSTRAINTS


def test_the_pins_agree() -> None:
    """What is required is pinned in the same version."""
    required = {
        canonicalize_name(name): version for name, _, version in (line.partition("==") for line in WANTED)
    }
    assert {name: HERE.get(name) for name in required} == required


def test_what_is_installed_is_what_is_pinned() -> None:
    """Each package that is needed, and each that is needed for it, in the pinned version."""
    names = sorted(set(needed([line.partition("==")[0] for line in WANTED])))
    assert {name: metadata.version(name) for name in names} == {name: HERE.get(name) for name in names}
    assert sorted(HERE) == names


def test_nothing_installed_contradicts_another() -> None:
    """pip finds no package that wants another version of one."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.replace("No broken requirements found.", "").strip()) == (0, "")


# ---- licences --------------------------------------------------------------------------------------

FREE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0",
    "Zlib",
}  # fmt: skip
"""Licences that ask for no more than to keep a notice."""
WORDS = {
    "Apache-2.0": "apache",
    "BSD-2-Clause": "bsd",
    "BSD-3-Clause": "bsd",
    "LGPL-2.1-only": "lgpl",
    "MPL-2.0": "mpl",
    "PSF-2.0": "psf",
}
"""How packages write a licence in their own words, where that is not as SPDX does."""
TABLES = [re.findall(r"^\| ([^|]+) \| (.+) \|$", part, re.MULTILINE) for part in LICENCES.split("\nWheels ")]
EXCEPTIONS = {name: tuple(about.split(" | ")) for name, about in TABLES[0][1:]}
"""Package -> licence and the reason why it may be here."""
LISTED = {name: licence for licence, names in TABLES[1][1:] for name in names.split(", ")}


def test_every_pinned_package_has_a_licence() -> None:
    """The list has each package once, those of other systems too."""
    listed = [name for _, names in TABLES[1][1:] for name in names.split(", ")]
    assert sorted(listed) == sorted({canonicalize_name(pin.name) for pin in PINNED})


def test_licences_ask_for_nothing_but_a_notice() -> None:
    """The others are exceptions, each with its reason; none is a GPL."""
    asking = {
        name: licence
        for name, licence in LISTED.items()
        if not any(set(choice.split(" AND ")) <= FREE for choice in licence.split(" OR "))
    }
    assert {name: licence for name, (licence, _) in EXCEPTIONS.items()} == asking
    assert [name for name, licence in LISTED.items() if re.search(r"\bA?GPL", licence)] == []


def stated(name: str) -> str:
    """What an installed package says about its licence, in its own words; "" for nothing."""
    about = metadata.metadata(name)
    kinds = " ".join(kind for kind in about.get_all("Classifier") or [] if kind.startswith("License ::"))
    said = about.get("License-Expression") or about.get("License") or ""
    return said if 0 < len(said) < 100 and "same as" not in said else kinds


def test_no_package_states_another_licence() -> None:
    """A new version may have a new one. Those that state none are named here; their files were read."""
    silent, wrong = [], []
    for name in sorted(HERE):
        said = stated(name).lower()
        words = [WORDS.get(licence, licence.lower()) for licence in re.split(" AND | OR ", LISTED[name])]
        if not said:
            silent.append(name)
        elif not any(word in said for word in words) or re.search(r"\ba?gpl", said):
            wrong.append((name, LISTED[name], said))
    assert wrong == []
    assert silent == [
        "axe-playwright-python",
        "streamlit-folium",
        "xstatic-jquery",
        "xstatic-leaflet",
        "xstatic-leaflet-markercluster",
    ]
