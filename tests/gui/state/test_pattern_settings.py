"""What a person set for patterns: resolved to a recipe, remembered as text, never an error when read back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.patterns.recipes import RECIPES
from engine.patterns.settings import LARGEST_SEED, LARGEST_SIZE, MOST_STEPS, SMALLEST_SIZE, PatternSettings
from engine.records import EngineError


def test_untouched_is_crisp_as_it_stands() -> None:
    assert PatternSettings().resolved() == RECIPES["crisp"]
    assert PatternSettings().changes == 0


def test_resolved_has_every_change() -> None:
    settings = PatternSettings("lucid", size=96, steps=12, overrides=(("jitter", 3), ("scales", (0.5, 2.0))))
    recipe = settings.resolved()
    assert (recipe.name, recipe.size, recipe.steps, recipe.jitter, recipe.scales) == ("lucid", 96, 12, 3, (0.5, 2.0))
    assert recipe.rotate == RECIPES["lucid"].rotate
    assert settings.changes == 4


def test_a_parameter_like_the_recipe_s_is_no_change() -> None:
    changed = PatternSettings().with_parameter("decay", 0.5)
    assert changed.overrides == (("decay", 0.5),)
    assert changed.with_parameter("decay", RECIPES["crisp"].decay) == PatternSettings()


def test_the_order_of_changes_does_not_matter() -> None:
    one = PatternSettings().with_parameter("decay", 0.5).with_parameter("jitter", 4)
    other = PatternSettings().with_parameter("jitter", 4).with_parameter("decay", 0.5)
    assert one == other
    assert hash(one) == hash(other)


def test_reset_and_another_recipe_keep_the_seed() -> None:
    settings = PatternSettings("crisp", size=64, steps=5, seed=9).with_parameter("shift", False)
    assert settings.reset() == PatternSettings("crisp", seed=9)
    assert settings.with_recipe("chollet") == PatternSettings("chollet", seed=9)


@pytest.mark.parametrize(("name", "value"), [("decoy", 1), ("decay", "steep"), ("shift", 1), ("loss", "softmax")])
def test_nonsense_is_refused(name: str, value: object) -> None:
    with pytest.raises(EngineError):
        PatternSettings().with_parameter(name, value)


settings_of_all_kinds = st.builds(
    lambda recipe, size, steps, seed, decay, scales, shift: (
        PatternSettings(recipe, size, steps, seed)
        .with_parameter("decay", decay)
        .with_parameter("scales", tuple(scales))
        .with_parameter("shift", shift)
    ),
    st.sampled_from(sorted(RECIPES)),
    st.none() | st.integers(SMALLEST_SIZE, LARGEST_SIZE),
    st.none() | st.integers(1, MOST_STEPS),
    st.integers(0, LARGEST_SEED),
    st.floats(0, 4),
    st.lists(st.floats(0.1, 10), max_size=4),
    st.booleans(),
)


@given(settings_of_all_kinds)
def test_text_and_back(settings: PatternSettings) -> None:
    assert PatternSettings.from_text(settings.to_text()) == settings


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "3", '"crisp"', "{}", '{"recipe": "fudge"}', '{"recipe": []}', "[" * 9999]
)
def test_nonsense_reads_as_the_defaults(text: str) -> None:
    assert PatternSettings.from_text(text) == PatternSettings()


def test_what_makes_sense_is_kept() -> None:
    text = json.dumps(
        {
            "recipe": "lucid",
            "size": 3,
            "steps": True,
            "seed": -1,
            "overrides": {"jitter": 5, "decoy": 1, "rotate": "much", "size": 64, "name": "crisp", "shift": 1},
        }
    )
    assert PatternSettings.from_text(text) == PatternSettings("lucid", overrides=(("jitter", 5),))


@pytest.mark.parametrize("overrides", ['{"pad": Infinity}', '{"pad": NaN}', "[]", "7", '{"scales": [0]}'])
def test_overrides_that_cannot_be(overrides: str) -> None:
    text = f'{{"recipe": "crisp", "seed": 4, "overrides": {overrides}}}'
    assert PatternSettings.from_text(text) == PatternSettings(seed=4)
