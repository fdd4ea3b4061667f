"""The story of the plants on the Map page."""

import csv
from pathlib import Path

import pytest

from tests.screen.page import button, buttons, html, is_sound, names, opened, picker, says

DATA = Path(__file__).parent.parent.parent.parent / "data"
with (DATA / "story.csv").open(encoding="utf-8", newline="") as file:
    STEPS = list(csv.DictReader(file))
BEGIN = f"The story in {len(STEPS)} steps"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["step"])
def test_a_link_to_a_step_opens_its_plant(step: dict[str, str]) -> None:
    """With its year, title, sentence and source."""
    app = opened(story=step["step"])
    assert is_sound(app)
    assert (picker(app).value, app.query_params["story"]) == (step["plant_id"], step["step"])
    assert f"Step {step['step']} of {len(STEPS)}" in says(app)
    assert f"{step['year']}: {step['title']}" in says(app)
    assert step["sentence"] in says(app)
    assert f'href="{step["source_url"]}"' in html(app).replace("&#39;", "'")


def test_from_the_first_step_to_the_last_and_back() -> None:
    """Each click is a step; the ends go no further; the table changes where it lacks the plant."""
    app = button(opened(country="Mexico"), BEGIN).click().run()
    assert dict(app.query_params) == {"table": "sites", "plant": "portello", "story": "1"}
    assert button(app, "Previous").disabled
    for step in STEPS[1:]:
        button(app, "Next").click().run()
        assert (app.query_params["story"], picker(app).value) == (step["step"], step["plant_id"])
    assert button(app, "Next").disabled
    button(app, "Previous").click().run()
    assert app.query_params["story"] == STEPS[-2]["step"]


def test_leaving_shows_the_ordinary_page() -> None:
    """Without filter, plant or step; the story can begin again."""
    app = button(opened(story="3"), "Leave").click().run()
    assert dict(app.query_params) == {}
    assert (len(names(app)), BEGIN in buttons(app)) == (5, True)


def test_another_plant_can_be_selected_on_the_way() -> None:
    """The step stays."""
    app = opened(story="1")
    picker(app).set_value("arese").run()
    assert (app.query_params["plant"], app.query_params["story"]) == ("arese", "1")
    assert "Step 1 of" in says(app)


@pytest.mark.parametrize("number", ["0", "8", "x", "1.0", ""])
def test_a_step_that_does_not_exist_is_the_ordinary_page(number: str) -> None:
    """Nothing is selected."""
    app = opened(story=number)
    assert is_sound(app)
    assert BEGIN in buttons(app)
    assert "plant" not in app.query_params
