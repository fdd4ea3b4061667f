"""Letters that were decoded wrongly are told from odd ones, and what they were is checked."""

import pytest

from atlas.importing import letters

TEXTS = ["Fábrica", "Göteborg", "Łódź", "İzmir", "København", "São João", "Côte d’Ivoire", "Москва"]


@pytest.mark.parametrize("text", TEXTS)
def test_text_in_order_stays(text: str) -> None:
    """Accents of any language are letters, also in capitals."""
    assert letters.mended(text) == text
    assert letters.mended(text.upper()) == text.upper()


@pytest.mark.parametrize("text", [text for text in TEXTS if text != "Москва"])
@pytest.mark.parametrize("times", [1, 2])
def test_what_was_decoded_wrongly_is_mended(text: str, times: int) -> None:
    """UTF-8 that was read as an old encoding, also twice."""
    wrong = text
    for _ in range(times):
        wrong = wrong.encode("utf-8").decode("latin-1")
    assert letters.surely_mended(wrong) == text


@pytest.mark.parametrize("text", ["ÅÃ³dÅº", "Rabī‘ah", "Ouê‘a", "Kā‘anapali"])
def test_what_is_not_sure_is_not_proposed(text: str) -> None:
    """Letters that were lost on the way, and transcriptions that only look odd."""
    assert letters.surely_mended(text) in ("", text)
