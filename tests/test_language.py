"""The language of a visitor: which one, what it says, and that two visitors do not share it."""

import datetime
import threading
from collections.abc import Iterator

import pytest

from atlas import country_names, language
from atlas.language import gettext, ngettext


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with language.spoken("en"):
        yield


@pytest.mark.parametrize(
    ("asked", "preferred", "expected"),
    [
        ("it", "de", ("it", True)),
        ("xx", "de-CH, it;q=0.5", ("de", False)),
        (None, "ja, fr;q=0.4, es;q=0.8", ("es", False)),
        (None, "pt-BR", ("en", False)),
        (None, "", ("en", False)),
        (None, "it;q=many, de;q=0.1", ("de", False)),
        ("", "en-GB,en;q=0.9", ("en", False)),
    ],
)
def test_which_language(asked: str | None, preferred: str, expected: tuple[str, bool]) -> None:
    """The address first, then what the browser likes best of those that there are, then English."""
    chosen = language.choose(asked, preferred)
    assert (chosen.code, chosen.is_asked) == expected


def test_only_who_asked_passes_it_on() -> None:
    """A link without a language opens in that of its reader."""
    assert language.parameters() == {}
    with language.spoken("it"):
        assert language.parameters() == {}
    with language.spoken("it", is_asked=True):
        assert language.parameters() == {"lang": ["it"]}


def test_values_are_not_read_again() -> None:
    """Braces in a name are a part of the name."""
    assert gettext("{plant}: {year}", plant="{year}", year="1910") == "{year}: 1910"
    assert gettext("100 % {sure}") == "100 % {sure}"
    assert ngettext("{number} plant", "{number} plants", 1200) == "1,200 plants"
    assert ngettext("{number} plant", "{number} plants", 1) == "1 plant"


NUMBERS = [
    ("en", "1,234.5", "February 2026", "A, B and C", "25 November 2026", "Mexico"),
    ("it", "1.234,5", "febbraio 2026", "A, B e C", "25 novembre 2026", "Messico"),
    ("de", "1.234,5", "Februar 2026", "A, B und C", "25. November 2026", "Mexiko"),
    ("fr", "1\u202f234,5", "février 2026", "A, B et C", "25 novembre 2026", "Mexique"),
    ("es", "1.234,5", "febrero de 2026", "A, B y C", "25 de noviembre de 2026", "México"),
]


@pytest.mark.parametrize(("code", "number", "month", "listed", "date", "country"), NUMBERS)
def test_numbers_dates_and_names(
    code: str, number: str, month: str, listed: str, date: str, country: str
) -> None:
    """As Unicode CLDR has them."""
    with language.spoken(code):
        assert language.number(1234.5, 2) == number
        assert language.month(datetime.date(2026, 2, 1)) == month
        assert language.join(["A", "B", "C"]) == listed
        assert language.date(datetime.date(2026, 11, 25)) == date
        assert country_names.in_language("Mexico") == country


def test_two_visitors_at_once() -> None:
    """Each thread speaks the language of its own visitor."""
    heard: dict[str, str] = {}
    both = threading.Barrier(2)

    def visit(code: str) -> None:
        language.use(language.Spoken(code))
        both.wait(5)
        heard[code] = language.join(["A", "B"])

    threads = [threading.Thread(target=visit, args=(code,)) for code in ("it", "de")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {"it": "A e B", "de": "A und B"}


def test_what_is_made_later_is_made_in_its_language() -> None:
    """A file that is sent piece by piece, from whatever thread."""
    with language.spoken("it"):
        pieces = language.each_in("en", (language.current().code for _ in range(2)))
        assert [*pieces, language.current().code] == ["en", "en", "it"]


@pytest.mark.parametrize("code", language.languages())
def test_many_whole_numbers_at_once(code: str) -> None:
    """As each of them alone."""
    values = [0, 7, 999, 1_000, 12_345, 1_234_567]
    with language.spoken(code):
        assert language.whole_numbers(values) == [language.number(value) for value in values]


@pytest.mark.parametrize(
    ("several", "expected"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_several_words_in_a_sentence(several: list[str], expected: str) -> None:
    """Commas, and "and" before the last."""
    assert language.join(several) == expected
