"""The language that a visitor reads: sentences from catalogues, numbers and dates as Unicode CLDR has them.

    with spoken("it"):
        ngettext("{number} plant", "{number} plants", 1200)     # "1.200 stabilimenti"

Sentences are written in English where they are used, whole, with names in braces for what varies. Catalogues
(`languages/it.po`, gettext's format) hold the other languages; what they lack stays English. The language is
that of the current context, so two visitors at once may read two languages; what is remembered of a text is
remembered per language (see `memory`). How to add a language: docs/translating.md.
"""

import datetime
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal, TypeVar

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

ENGLISH = "en"
PARAMETER = "lang"
"""The parameter of an address that names the language: `?lang=it`."""
_FOLDER = Path(__file__).parent / "languages"
# English as the world writes it: "A, B and C". CLDR's plain "en" is that of the United States.
_LISTS = {ENGLISH: "en_001"}


@dataclass(frozen=True)
class Spoken:
    """A language by its code; `is_asked`: the address names it, so links on the page name it, too."""

    code: str = ENGLISH
    is_asked: bool = False


Thing = TypeVar("Thing")
_END = object()
_UNSAID = Spoken()
_spoken: ContextVar[Spoken] = ContextVar("language", default=_UNSAID)


# ---- which language --------------------------------------------------------------------------------


@cache
def languages() -> Mapping[str, str]:
    """Returns code -> the language's own name ("it" -> "Italiano") of all that there is a catalogue for."""
    codes = [ENGLISH, *sorted(path.stem for path in _FOLDER.glob("*.po"))]
    names = {code: Locale.parse(code).get_display_name(code) or code for code in codes}
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}


def choose(asked: str | None, preferred: str = "") -> Spoken:
    """Returns the language for a visitor: the one asked for, else what the browser prefers, else English.

    `preferred`: the header Accept-Language, or one code such as "de-CH".
    """
    if asked and asked in languages():
        return Spoken(asked, is_asked=True)
    wanted = [code for code, _ in sorted(_weighed(preferred), key=lambda pair: -pair[1])]
    best = negotiate_locale(wanted, list(languages()), sep="-") if wanted else None
    return Spoken(best or ENGLISH)


def _weighed(preferred: str) -> Iterator[tuple[str, float]]:
    """Yields code and weight of each language in a header: "de-CH, it;q=0.5"."""
    for part in preferred[:200].split(","):
        code, _, weight = part.partition(";q=")
        try:
            yield code.strip(), float(weight or 1)
        except ValueError:
            continue


def use(chosen: Spoken) -> None:
    """Makes a language that of the current context: of a request, or of a run of a page."""
    _spoken.set(chosen)


@contextmanager
def spoken(code: str, *, is_asked: bool = False) -> Iterator[None]:
    """Speaks a language within a `with` block."""
    token = _spoken.set(Spoken(code, is_asked))
    try:
        yield
    finally:
        _spoken.reset(token)


def each_in(code: str, things: Iterable[Thing]) -> Iterator[Thing]:
    """Yields what an iterator makes while a language is spoken, whichever context asks for the next thing."""
    context = copy_context()
    context.run(use, Spoken(code))
    iterator = iter(things)
    while (thing := context.run(next, iterator, _END)) is not _END:
        yield thing  # type: ignore[misc]  # not the end


def current() -> Spoken:
    """Returns the language of the current context."""
    return _spoken.get()


def parameters() -> dict[str, list[str]]:
    """Returns what links carry of a page's language: `{"lang": ["it"]}`, nothing if nobody asked for it."""
    return {PARAMETER: [current().code]} if current().is_asked else {}


# ---- sentences -------------------------------------------------------------------------------------


def gettext(message: str, /, **values: str) -> str:
    """Returns a sentence in the current language, with `values` in the place of the names in braces."""
    code = _spoken.get().code
    text = _catalogue(code).gettext(message) if message and code != ENGLISH else message
    return text.format_map(values) if values else text


def ngettext(one: str, many: str, count: int, /, **values: str) -> str:
    """Returns the form of a sentence for a number, which stands in it as `{number}`."""
    code = _spoken.get().code
    text = _catalogue(code).ngettext(one, many, count)
    return text.format_map({"number": number(count), **values})


def pgettext(context: str, message: str, /, **values: str) -> str:
    """Returns a sentence as `gettext` does; `context` tells apart two meanings of one English word."""
    code = _spoken.get().code
    text = message if code == ENGLISH else _catalogue(code).pgettext(context, message)
    return text.format_map(values) if values else text


def gettext_noop(message: str) -> str:
    """Returns a message as it is, and marks it for the catalogues; `gettext` translates it when shown."""
    return message


def is_translated(message: str) -> bool:
    """Tells whether the current language has a text of its own for a message; English always has."""
    code = _spoken.get().code
    return code == ENGLISH or not message or _catalogue(code).gettext(message) != message


def for_browser() -> dict[str, object]:
    """Returns what JavaScript needs of the current language: its code, and the texts of our scripts.

    A text of a message with a plural is the list of its forms.
    """
    code = _spoken.get().code
    return {"language": code, "texts": {} if code == ENGLISH else _texts_of_scripts(code)}


@cache
def _texts_of_scripts(code: str) -> Mapping[str, str | Sequence[str]]:
    texts: dict[str, str | Sequence[str]] = {}
    for message in _read(code):
        in_scripts = any(path.endswith(".js") for path, _ in message.locations)
        if in_scripts and message.string and not message.fuzzy:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            texts[singular] = message.string
    return texts


@cache
def _catalogue(code: str) -> NullTranslations:
    """Returns the texts of a language; compiled in memory, as a compiled file could be out of date."""
    if code == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.support import Translations

    compiled = io.BytesIO()
    write_mo(compiled, _read(code))
    compiled.seek(0)
    return Translations(compiled)


@cache
def _read(code: str):  # type: ignore[no-untyped-def]  # Babel's catalogue, imported when it is needed
    from babel.messages.pofile import read_po

    with (_FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def within_sentence(label: str) -> str:
    """Returns a label as it stands within a sentence: small, but in German and for an abbreviation."""
    is_word = label[1:2].islower() and _spoken.get().code != "de"
    return label[:1].lower() + label[1:] if is_word else label


# ---- numbers, dates, lists, names ------------------------------------------------------------------


def number(value: float, digits: int = 0) -> str:
    """Returns a number as the language writes it, with at most `digits` after the point: "1,200", "1.200"."""
    return _decimal(value, digits, _spoken.get().code)


@lru_cache(maxsize=10_000)
def _decimal(value: float, digits: int, code: str) -> str:
    pattern = f"#,##0.{'#' * digits}" if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=code)


def whole_numbers(values: Iterable[int]) -> list[str]:
    """Returns many whole numbers as the language writes them; `number` would take a second for 50,000."""
    mark = number(10_000).strip("0123456789")  # also languages that group nothing below 10,000
    return [f"{value:,}".replace(",", mark) for value in values]


def fixed(value: float, digits: int) -> str:
    """Returns a number with exactly `digits` after the point: "41.4740", "41,4740"."""
    return format_decimal(value, format=f"#,##0.{'0' * digits}", locale=_spoken.get().code)


def join(words: Sequence[str], style: Literal["and", "or"] = "and") -> str:
    """Returns "A", "A and B", "A, B and C" as the language puts it."""
    code = _spoken.get().code
    return format_list(words, style="standard" if style == "and" else "or", locale=_LISTS.get(code, code))


def date(day: datetime.date) -> str:
    """Returns "25 November 2026" as the language writes it."""
    code = _spoken.get().code
    return format_date(day, "long", locale=_LISTS.get(code, code))


def month(day: datetime.date) -> str:
    """Returns "February 2026" as the language writes it."""
    return format_skeleton("yMMMM", day, locale=_spoken.get().code)
