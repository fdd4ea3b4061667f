"""The house holds: who imports whom, which package knows which library, what others use of each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ATLAS = ROOT / "atlas"
FLOORS = (
    {"ground"},
    {"alfa", "geocoding", "importing"},
    {"catalog"},
    {"drawing"},
    {"export"},
    {"web", "screen"},
    {"cli"},
)
"""From the ground up. A package imports only packages below its own floor."""
PACKAGES = sorted(set.union(*FLOORS) - {"ground"})
FRONT_DOORS = ("atlas.__main__", "dashboard", "pages")
KNOWS = {
    "streamlit": {"atlas.screen", "dashboard", "pages"},
    "streamlit_folium": {"atlas.screen"},
    "folium": {"atlas.drawing.folium_map"},
    "geopy.geocoders": {"atlas.geocoding.service", "atlas.geocoding.gazetteer"},
    "sqlalchemy": {"atlas.geocoding", "atlas.importing.database_table"},
    "starlette": {"atlas.web", "dashboard"},
    "PIL": {"atlas.drawing.preview_picture", "atlas.drawing.preview_text"},
    "segno": {"atlas.drawing.fact_sheet"},
    "openpyxl": {"atlas.importing.files"},
    "xlsxwriter": {"atlas.export"},
}
"""Library -> who may import it."""


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the program with its dotted name."""
    for path in sorted([*ATLAS.rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "dashboard.py"]):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


MODULES = dict(modules())


def imports(path: Path) -> Iterator[str]:
    """Everything that a module imports, also inside functions, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES or node.module == "geopy" else node.module


def package(module: str) -> str:
    """The package that a module of the atlas belongs to; "ground" for those directly in `atlas/`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in PACKAGES else "ground"


def floor(module: str) -> int:
    return next(number for number, packages in enumerate(FLOORS) if package(module) in packages)


def is_within(module: str, parents: set[str]) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


IMPORTS = [
    (module, imported)
    for module, path in MODULES.items()
    for imported in imports(path)
    if imported.split(".")[0] == "atlas"
]
BETWEEN_PACKAGES = [
    (module, imported)
    for module, imported in IMPORTS
    if is_within(module, set(FRONT_DOORS)) or package(module) != package(imported)
]


def test_every_folder_is_a_package_of_the_house() -> None:
    """A new package takes its place on a floor."""
    folders = {path.parent.relative_to(ATLAS).parts[0] for path in ATLAS.glob("*/**/*.py")}
    assert folders == set(PACKAGES)


def test_imports_lead_down() -> None:
    """Only to a lower floor; packages side by side do not know each other."""
    upward = [
        f"{module} imports {imported}"
        for module, imported in BETWEEN_PACKAGES
        if not is_within(module, set(FRONT_DOORS)) and floor(imported) >= floor(module)
    ]
    assert upward == []


def doc(name: str) -> str:
    return ast.get_docstring(ast.parse((ATLAS / name / "__init__.py").read_text(encoding="utf-8"))) or ""


def face(name: str) -> set[str]:
    """The modules of a package that its docstring lets others use."""
    (listed,) = re.findall(r"Others use: ([^.]+(?:\.\w[^.]*)*)\.\s", doc(name) + "\n")
    return {f"atlas.{name}.{module.strip()}" for module in listed.replace("\n", " ").split(",")}


@pytest.mark.parametrize("name", PACKAGES)
def test_others_use_only_the_face(name: str) -> None:
    """What a package says that others use is what they use."""
    used = {imported for _, imported in BETWEEN_PACKAGES if package(imported) == name}
    assert used == face(name)


@pytest.mark.parametrize("library", KNOWS)
def test_a_library_is_known_to_few(library: str) -> None:
    """Whoever changes a library finds all of its uses in one place."""
    users = {
        module
        for module, path in MODULES.items()
        for imported in imports(path)
        if is_within(imported, {library})
    }
    assert users
    assert sorted(user for user in users if not is_within(user, KNOWS[library])) == []


@pytest.mark.parametrize("path", sorted(ATLAS.glob("*/**/__init__.py")), ids=lambda path: path.parent.name)
def test_a_package_loads_nothing(path: Path) -> None:
    """Its `__init__.py` is a docstring: pages and commands take only those modules that they need."""
    assert [type(node) for node in ast.parse(path.read_text(encoding="utf-8")).body] == [ast.Expr]


LIMITS = {"module": 400, "class": 150, "function": 45}


def test_nothing_is_too_long_to_read() -> None:
    """No module, class or function is longer than the limits, no package has more than 14 modules."""
    long = []
    for module, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        sizes = [("module", module, text.count("\n"))]
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                kind = "class" if isinstance(node, ast.ClassDef) else "function"
                sizes.append((kind, f"{module}.{node.name}", (node.end_lineno or 0) - node.lineno + 1))
        long += [f"{name}: {lines} lines" for kind, name, lines in sizes if lines > LIMITS[kind]]
    assert long == []
    crowded = [path for path in [ATLAS, *ATLAS.rglob("*/")] if len(list(path.glob("[!_]*.py"))) > 14]
    assert crowded == []
