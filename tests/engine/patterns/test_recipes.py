from __future__ import annotations

import json
import subprocess
import sys

import pytest

from engine.patterns import objectives, recipes
from engine.patterns.rescue import attempts, judge, levelled_off
from engine.records import EngineError


def test_the_book_recipe_is_the_books() -> None:
    book = recipes.recipe("chollet")

    assert (book.size, book.canvas, book.steps, book.step_size) == (150, 150, 40, 1.0)
    assert (book.level - book.start, book.level + book.start) == (128, 148)
    assert (book.loss, book.optimizer, book.momentum, book.preprocessing) == ("relu", "ascent", 0, False)
    assert not any((book.shift, book.jitter, book.scales, book.rotate, book.rescue))
    assert (book.padding, book.pooling, book.precision) == ("zero", "max", "float32")


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_survives_json(name: str) -> None:
    recipe = recipes.recipe(name)

    assert recipes.from_dict(json.loads(json.dumps(recipe.as_dict()))) == recipe


def test_overrides_change_what_they_name() -> None:
    changed = recipes.recipe("crisp", {"steps": 7, "step_size": 1, "scales": [0.9, 1.1], "loss": "relu"})

    assert (changed.steps, changed.step_size, changed.scales, changed.loss) == (7, 1.0, (0.9, 1.1), "relu")
    assert isinstance(changed.step_size, float)
    assert recipes.recipe("crisp").steps != 7


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"stepsize": 1}, "'step_size'"),
        ({"name": "x"}, "no parameter"),
        ({"steps": 1.5}, "whole number"),
        ({"steps": -1}, "0 or more"),
        ({"steps": True}, "whole number"),
        ({"step_size": "fast"}, "number"),
        ({"step_size": float("nan")}, "number"),
        ({"shift": 1}, "true or false"),
        ({"loss": "softmax"}, "relu, linear"),
        ({"scales": [0]}, "factors"),
    ],
)
def test_a_wrong_override_is_named(overrides: dict[str, object], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        recipes.recipe("crisp", overrides)


def test_an_unknown_recipe_gets_the_nearest_name() -> None:
    with pytest.raises(EngineError, match="'crisp'"):
        recipes.recipe("krisp")


def test_a_record_without_a_name_is_no_recipe() -> None:
    with pytest.raises(EngineError, match="name"):
        recipes.from_dict({"steps": 3})


def test_rescue_tries_in_the_documented_order() -> None:
    tried = list(attempts(recipes.recipe("crisp", {"loss": "relu", "canvas": 64}), seed=5))

    assert [one.recipe.loss for one in tried] == ["relu"] + ["linear"] * 5
    assert [one.redirect for one in tried] == [False, False, True, True, True, True]
    assert [one.seed for one in tried] == [5, 5, 5, 6, 7, 5]
    assert [one.recipe.canvas for one in tried] == [64] * 5 + [96]


def test_the_book_recipe_is_tried_once() -> None:
    assert len(list(attempts(recipes.recipe("chollet"), seed=0))) == 1


@pytest.mark.parametrize(
    ("score", "expected", "rise", "outcome"),
    [
        (0.0, 10.0, 5.0, "stuck"),
        (14.0, 10.0, 5.0, "weak"),
        (15.0, 10.0, 5.0, "rendered"),
        (0.0, None, 5.0, "rendered"),
        (0.0, None, 0.0, "stuck"),
        (15.0, 10.0, 0.0, "stuck"),
    ],
)
def test_outcomes(score: float, expected: float | None, rise: float, outcome: str) -> None:
    assert judge(score, expected, rise) == outcome


def test_an_ascent_has_levelled_off_when_a_quarter_of_the_steps_gains_little() -> None:
    recipe = recipes.recipe("crisp", {"steps": 16, "tolerance": 0.01})

    assert levelled_off([1.0, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5], recipe)
    assert not levelled_off([float(step) for step in range(12)], recipe)
    assert not levelled_off([5.0] * 7, recipe)
    assert not levelled_off([5.0] * 12, recipes.recipe("crisp", {"steps": 16}))


def test_recipes_and_objectives_need_no_tensorflow() -> None:
    code = (
        "import sys; import engine.patterns; from engine.patterns import recipes, objectives, records, rescue; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert objectives.channel(3).channel == 3
