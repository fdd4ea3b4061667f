"""Visitors' own tables: who can reach them, how long they stay, how much they may take."""

import gc
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from atlas.catalog import filters, loader, sheets, visitors
from atlas.catalog.loader import Library
from atlas.errors import ConfigurationError, DataError
from atlas.paths import DATA
from atlas.place_columns import with_place_columns
from atlas.screen.plants import map_view
from atlas.web import routes, security
from tests.nominatim import Clock


@dataclass
class Draft:
    """A file being prepared that says whether it was closed."""

    key: str = "draft"
    closed: list[bool] = field(default_factory=list)

    def close(self) -> None:
        self.closed.append(True)

    def rejects(self) -> bytes:
        return b"row,reason"


@dataclass
class Crowd:
    """Some visitors on a clock of the test; those in `away` have closed their tab."""

    clock: Clock = field(default_factory=Clock)
    away: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.visitors: visitors.Visitors[str] = visitors.Visitors(clock=self.clock, sweeps=False)

    def enter(self, *owners: str) -> None:
        for owner in owners:
            self.away.discard(owner)
            self.visitors.enter(owner, is_here=lambda owner=owner: owner not in self.away)

    def keep(self, owner: str, megabytes: int = 1) -> str:
        self.clock.sleep(1)
        self.enter(owner)
        key = visitors.new_key()
        self.visitors.keep(owner, key, f"table of {owner}", megabytes * visitors.MB)
        return key


def test_a_key_leads_to_the_table() -> None:
    """Each owner has a table, behind a key of its own."""
    two = Crowd()
    keys = [two.keep("ada"), two.keep("bob")]
    assert [two.visitors.of(key) for key in keys] == ["table of ada", "table of bob"]
    assert [two.visitors.mine(owner) for owner in ("ada", "bob", "eve")] == [
        "table of ada",
        "table of bob",
        None,
    ]


def test_keys_cannot_be_guessed() -> None:
    """256 random bits; none is like another."""
    keys = {visitors.new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {43}


@pytest.mark.parametrize("key", ["", "yours", "ada", "x" * 43])
def test_other_keys_lead_nowhere(key: str) -> None:
    """Neither an owner nor an empty text is a key."""
    one = Crowd()
    one.keep("ada")
    assert one.visitors.of(key) is None


def test_a_new_table_ends_the_old_key() -> None:
    """One table a visitor: the address of the one before leads nowhere."""
    one = Crowd()
    old, new = one.keep("ada"), one.keep("ada")
    assert (one.visitors.of(old), one.visitors.of(new)) == (None, "table of ada")
    assert one.visitors.size == visitors.MB


def test_forget() -> None:
    """At once: table, key and draft are gone; what worked on the draft is told to stop."""
    one, draft = Crowd(), Draft()
    key = one.keep("ada")
    one.visitors.hold("ada", draft, 1)
    one.visitors.forget("ada")
    assert (one.visitors.of(key), one.visitors.mine("ada"), one.visitors.draft("ada")) == (None, None, None)
    assert (one.visitors.size, draft.closed, one.visitors.farewell("ada")) == (0, [True], "")
    assert one.visitors.draft_of("draft") is None


def test_a_draft_has_a_key_of_its_own() -> None:
    """It opens the draft and nothing else, until another draft takes its place."""
    one, draft = Crowd(), Draft()
    key = one.keep("ada")
    one.visitors.hold("ada", draft, 1)
    assert (one.visitors.draft_of("draft"), one.visitors.draft_of(key)) == (draft, None)
    assert (one.visitors.of("draft"), one.visitors.of(key)) == (None, "table of ada")
    one.visitors.hold("ada", Draft("next"), 1)
    assert (one.visitors.draft_of("draft"), draft.closed) == (None, [True])


def test_a_closed_tab_ends_the_key() -> None:
    """At once; when the connection is back in time, the key works again."""
    one = Crowd()
    key = one.keep("ada")
    one.away.add("ada")
    assert one.visitors.of(key) is None
    one.clock.sleep(visitors.GRACE_S - 1)
    one.visitors.sweep()
    one.away.clear()
    assert one.visitors.of(key) == "table of ada"


def test_who_stays_away_loses_the_table() -> None:
    """After the time that a session is kept for a lost connection, the memory is free."""
    one, draft = Crowd(), Draft()
    key = one.keep("ada")
    one.visitors.hold("ada", draft, 1)
    one.away.add("ada")
    one.visitors.sweep()
    one.clock.sleep(visitors.GRACE_S)
    one.visitors.sweep()
    assert (one.visitors.size, one.visitors.mine("ada"), draft.closed) == (0, None, [True])
    one.away.clear()
    assert one.visitors.of(key) is None


def test_time_away_is_counted_anew() -> None:
    """Two short absences are no long one."""
    one = Crowd()
    one.keep("ada")
    for _ in range(3):
        one.away.add("ada")
        one.visitors.sweep()
        one.clock.sleep(visitors.GRACE_S - 1)
        one.enter("ada")
    one.visitors.sweep()
    assert one.visitors.mine("ada") == "table of ada"


def test_the_oldest_idle_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looked at the table last keeps it; the other is told why it is gone, once."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "10")
    some = Crowd()
    ada, bob = some.keep("ada", 4), some.keep("bob", 4)
    some.clock.sleep(1)
    assert some.visitors.of(ada)
    eve = some.keep("eve", 4)
    assert [some.visitors.of(key) for key in (ada, bob, eve)] == ["table of ada", None, "table of eve"]
    assert some.visitors.size <= 10 * visitors.MB
    assert some.visitors.farewell("bob").startswith("Your table was put aside, because")
    assert [some.visitors.farewell(owner) for owner in ("ada", "bob", "eve")] == ["", "", ""]


def test_as_many_go_as_have_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large table may need the room of several; a draft counts as well."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "10")
    some = Crowd()
    for owner in ("ada", "bob", "eve"):
        some.keep(owner, 2)
    some.visitors.hold("eve", Draft(), 2 * visitors.MB)
    some.keep("max", 6)
    assert [some.visitors.mine(owner) for owner in ("ada", "bob", "eve", "max")] == [
        None,
        None,
        "table of eve",
        "table of max",
    ]


def test_too_large_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that can never fit is refused in a sentence, and nobody loses anything for it."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "10")
    some = Crowd()
    ada = some.keep("ada", 4)
    with pytest.raises(DataError) as caught:
        some.keep("bob", 11)
    assert str(caught.value) == (
        "This table needs about 11 MB of memory, and this server gives all visitors' tables 10 MB together. "
        "Use a smaller file, or fewer columns."
    )
    assert some.visitors.of(ada) == "table of ada"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "１"])
def test_a_wrong_budget(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A sentence names the variable and the value."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", text)
    with pytest.raises(ConfigurationError, match=f"ATLAS_UPLOADS_MB is “{text}”"):
        visitors.budget()


def test_an_ended_session_keeps_nothing() -> None:
    """What a thread of a session that is gone wants to keep is refused."""
    one = Crowd()
    with pytest.raises(DataError, match="session has ended"):
        one.visitors.hold("ada", Draft(), 1)


def test_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty visitors at the same moment: the budget holds, and each has a whole table or none."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "10")
    some = Crowd()
    names = [f"visitor {number}" for number in range(20)]
    start = threading.Barrier(len(names))

    def visit(name: str) -> None:
        start.wait()
        for _ in range(20):
            some.keep(name, 2)

    threads = [threading.Thread(target=visit, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    have = [name for name in names if some.visitors.mine(name)]
    assert (len(have), some.visitors.size) == (5, 10 * visitors.MB)


# --- over HTTP ---


TABLE = pd.DataFrame(
    {
        "plant_id": [f"p{number}" for number in range(400)],
        "name": [f"Works {number}" for number in range(400)],
        "country": ["Italy", "Spain"] * 200,
        "latitude": [*np.linspace(-50, 50, 399), np.nan],
        "longitude": [9.0] * 399 + [np.nan],
    }
)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes.routes(), middleware=[Middleware(security.SecurityHeaders)]))


@pytest.fixture
def here(serve: Callable[[Path], Library]) -> set[str]:
    """Who is connected."""
    present = {"ada", "bob"}
    serve(DATA)
    for owner in ("ada", "bob"):
        loader.visitors().enter(owner, is_here=lambda owner=owner: owner in present)
    return present


def addresses(key: str) -> list[str]:
    return [
        f"/api/points/{key}.bin",
        f"/api/points/{key}/names?rows=0,5",
        f"/api/plants.csv?table={key}&country=Italy",
        f"/api/rejects/{key}.csv",
    ]


def answers(client: TestClient, key: str) -> list[tuple[int, Any, dict[str, str]]]:
    """Status, content without the key, and headers without length."""
    got = [client.get(path) for path in addresses(key)]
    return [(one.status_code, one.text.replace(key[:60], "KEY"), dict(one.headers)) for one in got]


def test_the_owner_has_map_names_and_rows(client: TestClient, here: set[str]) -> None:
    """All of it under the key; nobody may keep it, no other site may read it."""
    sheet = loader.keep_own("ada", "Works", TABLE)
    got = [client.get(path) for path in addresses(sheet.version)[:3]]
    assert [one.status_code for one in got] == [200, 200, 200]
    assert got[0].content == sheet.points.packed
    assert got[1].json()["names"] == ["Works 0", "Works 5"]
    assert got[2].text.splitlines()[1].startswith("p0,Works 0,")
    assert len(got[2].text.splitlines()) == 201
    assert {one.headers["cache-control"] for one in got} == {"no-store, private"}
    assert [one.headers.get("access-control-allow-origin") for one in got] == [None] * 3
    assert 'filename="atlas-yours_country-italy_' in got[2].headers["content-disposition"]


def test_nobody_else_reaches_it(client: TestClient, here: set[str]) -> None:
    """No name but the key leads to it: every answer is that for a table that never was."""
    sheet = loader.keep_own("ada", "Works", TABLE)
    never = answers(client, visitors.new_key())
    assert [status for status, _, _ in never] == [404, 404, 404, 404]
    for guess in (sheet.version[::-1], "A" * 43):
        assert answers(client, guess) == never
    for guess in ("yours", "ada", sheet.version[:-1]):
        assert [status for status, _, _ in answers(client, guess)] == [404, 404, 400, 404]
    assert sheet.version not in client.get("/api/health").text
    assert "yours" not in client.get("/api/plants.csv?table=x").text


@pytest.mark.parametrize("end", ["forgotten", "left", "replaced"])
def test_afterwards_it_is_as_if_it_never_was(client: TestClient, here: set[str], end: str) -> None:
    """After Forget, with the tab closed, or when another table took its place."""
    sheet = loader.keep_own("ada", "Works", TABLE)
    never = answers(client, visitors.new_key())
    assert answers(client, sheet.version)[0][0] == 200
    if end == "forgotten":
        loader.visitors().forget("ada")
    elif end == "left":
        here.discard("ada")
    else:
        loader.keep_own("ada", "Works", TABLE)
    assert answers(client, sheet.version) == never


def test_the_rejects_of_a_draft(client: TestClient, here: set[str]) -> None:
    """A file for whoever has the draft's key, and only while its owner is there."""
    loader.visitors().hold("ada", Draft("secret"), 1)
    answer = client.get("/api/rejects/secret.csv")
    assert (answer.status_code, answer.content) == (200, b"row,reason")
    assert answer.headers["cache-control"] == "no-store, private"
    here.discard("ada")
    assert client.get("/api/rejects/secret.csv").status_code == 404


def test_a_forgotten_table_leaves_memory(client: TestClient, here: set[str]) -> None:
    """Nothing that was worked out for it keeps it alive, not even where nobody looks for circles."""
    sheet = loader.keep_own("ada", "Works", TABLE)
    answers(client, sheet.version)
    sheet.memory.of("card", 3, lambda: "card", most=5)
    map_view.prepared_map(sheet, 560, fills=False)
    result = sheet.results.of(filters.Selection("yours", q="works"))
    assert len(sheet.results.ordered(result, "name", descending=True)) == 400
    assert sheet.index.row_of("p7") == 7
    gone = weakref.ref(sheet), weakref.ref(sheet.table), weakref.ref(sheet.index)
    gc.disable()
    try:
        del sheet, result
        loader.visitors().forget("ada")
        assert [one() for one in gone] == [None, None, None]
    finally:
        gc.enable()


def test_too_large_is_said_before_it_is_made(here: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget is checked against the table's size, before an index is built."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "1")
    wide = TABLE.assign(text="x" * 5000)
    monkeypatch.setattr(loader, "index_of", lambda *_: pytest.fail("it was built"))
    with pytest.raises(DataError, match="This table needs about"):
        loader.keep_own("ada", "Works", wide)


def test_the_size_is_not_told_too_small() -> None:
    """What is counted for a table is at least what it and its index hold."""
    sheet = loader.sheet_of(with_place_columns(TABLE), sheets.About("yours", "Works"))
    held = sheets.size_of(sheet.table) + len(sheet.points.packed) + sheet.points.rows.nbytes
    held += sheet.index.text.nbytes + sum(one.codes.nbytes for one in sheet.index.options.values())
    assert loader.size_of_sheet(TABLE) >= held


def test_what_one_visitor_sees(here: set[str]) -> None:
    """The catalog of the owner has one more table; that of the others does not change."""
    opened = loader.open_catalog()
    sheet = loader.keep_own("ada", "Works", TABLE)
    assert list(opened.with_own(sheet).sheets) == [*opened.sheets, "yours"]
    assert list(loader.open_catalog().sheets) == list(opened.sheets)
    assert opened.with_own(None) is opened
