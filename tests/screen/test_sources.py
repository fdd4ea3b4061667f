"""The page Sources: claims, facts and disagreements, each with its source."""

import re

from atlas.screen import state
from tests.screen.page import SOURCES, html, opened, picker, says, texts


def test_claims_of_one_verdict() -> None:
    """Choosing a verdict shows its claims only, and the address holds it."""
    app = opened(SOURCES)
    assert html(app).count('id="c') == 34
    (verdict,) = [group for group in app.main.button_group if group.key == state.VERDICT]
    assert verdict.options == ["Supported (18)", "Outdated (2)", "Contradicted (8)", "Not verifiable (6)"]
    verdict.select("outdated").run()
    assert html(app).count('id="c') == 2
    assert app.query_params["verdict"] == "outdated"
    assert html(opened(SOURCES, verdict="outdated")).count('id="c') == 2
    assert html(opened(SOURCES, verdict="nonsense")).count('id="c') == 34


def test_the_tab_of_the_address_is_open() -> None:
    """An unknown one is the first."""
    assert opened(SOURCES, tab="facts").session_state[state.SOURCES_TABS] == "Facts and sources"
    assert opened(SOURCES, tab="x").session_state[state.SOURCES_TABS] == "The article, checked"


def test_the_sources_of_a_plant() -> None:
    """Each fact of the selected plant with its source."""
    app = opened(SOURCES, plant="cassino")
    facts = app.dataframe[0].value
    assert {"Latitude (°)", "Opened", "Model", "Vehicles built"} <= set(facts["column"])
    giulia = facts[facts["value"] == "Giulia (952)"]
    assert giulia["row_key"].tolist() == ["Alfa Romeo, Giulia (952), 2016"]
    assert any(
        re.search(r"^\d+ of \d+ facts have a source; \d+ ha(s|ve) low confidence\.", t) for t in texts(app)
    )


def test_coverage_over_all_cards() -> None:
    """How many facts have a source; the figures are those of the cards."""
    app = opened(SOURCES)
    found = re.search(r"(\d+) of (\d+) facts shown on the cards of 22 plants have a source", says(app))
    assert found
    sourced, shown = map(int, found.groups())
    assert f"The other {shown - sourced} say “no source”" in says(app)
    assert 0.8 * shown < sourced < shown


def test_disagreements_are_told() -> None:
    """Each row of the table, with what was chosen."""
    app = opened(SOURCES)
    assert "Sources contradict each other on 37 points." in says(app)
    assert html(app).count("<b>We took:</b>") == 37


def test_claims_and_disagreements_link_to_the_map() -> None:
    """Relative addresses, which hold under a base path; other sites open in their table."""
    links = set(re.findall(r'href="(\./[^"]*)"', html(opened(SOURCES))))
    assert "./?plant=cassino" in links
    assert "./?table=sites&amp;plant=portello" in links
    assert {link for link in links if not re.fullmatch(r"\./\?(table=sites&amp;)?plant=\w+", link)} == set()
    for link in ("cassino", "portello"):
        query = {"plant": link} if link == "cassino" else {"plant": link, "table": "sites"}
        assert picker(opened(**query)).value == link
