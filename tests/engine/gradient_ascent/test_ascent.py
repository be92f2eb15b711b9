from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tiny_network import TINY

from engine.networks.activations import Kernels
from engine.networks.tensorflow_loader import load
from engine.patterns.options import PatternOptions
from engine.records import EngineError, MapArray

LAYER = "block2_conv1"
SMALL = {"canvas": 16, "steps": 8}


@pytest.fixture(scope="module")
def lab() -> Any:
    load()
    from engine.gradient_ascent import ascent, attempts
    from engine.gradient_ascent import gradients as network
    from engine.patterns import objectives

    return SimpleNamespace(
        ascent=ascent, Control=attempts.Control, Pass=network.Pass, network=network, objectives=objectives
    )


@pytest.fixture(scope="module")
def kernels(tiny_kernels: Kernels) -> Kernels:
    """The tiny network with a first layer of opposites, so that some of its ReLUs are on whatever comes in."""
    kernel, bias = tiny_kernels["block1_conv1"]
    half = kernel[..., :2]
    return {**tiny_kernels, "block1_conv1": (np.concatenate([half, -half], axis=3), bias)}


@pytest.fixture(scope="module")
def net(lab: Any, kernels: Kernels) -> Any:
    return lab.network.PatternNetwork(kernels, TINY)


@pytest.fixture
def run(lab: Any, net: Any) -> Any:
    def patterns(
        channels: Any = (1,), layer: str = LAYER, batch: int = 1, control: Any = None, **options: Any
    ) -> list[Any]:
        wanted = PatternOptions(**{"overrides": SMALL, **options})
        return list(lab.ascent.patterns(net, layer, channels, wanted, batch=batch, control=control))

    return patterns


def likeness(one: Any, other: Any) -> float:
    """The correlation of two pictures: what hardly depends on the order in which a processor adds."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_frames_count_up_to_one_that_is_done(run: Any) -> None:
    frames = run()

    assert [frame.step for frame in frames] == [1, 2, 4, 6, 8]
    assert [frame.done for frame in frames] == [False] * 4 + [True]
    assert {frame.steps for frame in frames} == {8}
    assert {frame.outcome for frame in frames[:-1]} == {"rendering"}
    assert frames[-1].score > frames[0].score
    np.testing.assert_allclose(frames[-1].curve, [(frame.step, frame.score) for frame in frames], rtol=1e-5)


def test_a_frame_is_a_picture_and_what_the_network_is_fed(run: Any) -> None:
    frame = run()[-1]

    assert (frame.image.shape, frame.image.dtype) == ((16, 16, 3), np.uint8)
    assert (frame.input.shape, frame.input.dtype) == ((16, 16, 3), np.float32)
    for array in (frame.image, frame.input, frame.curve, frame.state.numbers):
        assert array.flags.c_contiguous
        assert not array.flags.writeable
    restored = frame.input + np.array([103.939, 116.779, 123.68])
    np.testing.assert_allclose(restored[..., ::-1], frame.image, atol=1e-3)


def test_score_is_the_mean_after_relu_of_what_the_frame_holds(run: Any, kernels: Kernels) -> None:
    frame = run(channels=(2,), layer="block1_conv1")[-1]
    kernel, bias = kernels["block1_conv1"]
    padded = np.pad(frame.input, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))
    maps = np.einsum("hwcij,ijco->hwo", windows, kernel) + bias

    assert frame.score == pytest.approx(np.maximum(maps[:, :, 2], 0).mean(), rel=1e-3)


@pytest.mark.parametrize("recipe", ["crisp", "fast", "lucid"])
def test_the_same_seed_gives_the_same_bytes(run: Any, recipe: str) -> None:
    first, again, other = (run(recipe=recipe, seed=seed)[-1] for seed in (3, 3, 4))

    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.input, again.input)
    assert not np.array_equal(first.image, other.image)


def test_a_batch_changes_a_picture_by_rounding_only(run: Any) -> None:
    """Whether sums over a batch are rounded as sums over one picture is up to the processor's instructions.

    An ascent enlarges that from step to step, so only the first step is compared value by value.
    """
    for steps in (1, 8):
        options = {"channels": (0, 1, 3), "overrides": {**SMALL, "steps": steps, "precision": "float32"}}
        together = [frame for frame in run(batch=2, **options) if frame.done]
        alone = [frame for frame in run(**options) if frame.done]

        assert [frame.channel for frame in together] == [0, 1, 3]
        for one, other in zip(together, alone, strict=True):
            assert likeness(one.image, other.image) > 0.99
            if steps == 1:
                # The gradient; Adam divides by its size, and makes a large step of one that is rounded away from 0.
                gradient = other.state.first
                np.testing.assert_allclose(one.state.first, gradient, atol=1e-5 * np.abs(gradient).max())


def test_somebody_who_waits_sees_the_first_step_before_it_is_traced(lab: Any, kernels: Kernels) -> None:
    exact = {**SMALL, "precision": "float32"}

    def frames(network: Any, *, early: bool) -> list[Any]:
        control = lab.Control(early=early)
        return list(lab.ascent.patterns(network, LAYER, (1,), PatternOptions(seed=3, overrides=exact), control=control))

    network = lab.network.PatternNetwork(kernels, TINY)
    ascending = lab.ascent.patterns(
        network, LAYER, (1,), PatternOptions(seed=3, overrides=exact), control=lab.Control(early=True)
    )
    glimpse = next(ascending)
    untraced = len(network.traces)
    first, *others = ascending
    again = frames(network, early=True)
    plain = frames(lab.network.PatternNetwork(kernels, TINY), early=False)

    assert untraced == 0
    assert [frame.step for frame in (glimpse, first, *others)] == [1, 1, 2, 4, 6, 8]
    assert np.mean(np.abs(glimpse.image.astype(int) - first.image) <= 1) > 0.99
    assert glimpse.score == pytest.approx(first.score, rel=1e-3)
    np.testing.assert_allclose(glimpse.curve, [[1, glimpse.score]], rtol=1e-6)
    assert [frame.step for frame in again] == [1, 2, 4, 6, 8]  # now there is a trace
    for one, same, other in zip((first, *others), again, plain, strict=True):
        np.testing.assert_array_equal(one.curve, other.curve)
        np.testing.assert_array_equal(one.image, other.image)
        np.testing.assert_array_equal(one.image, same.image)


def test_a_glimpse_is_of_the_step_that_comes_also_when_its_gradient_is_redirected(
    lab: Any, tiny_kernels: Kernels
) -> None:
    from engine.gradient_ascent.run import Run, Task
    from engine.patterns.settle import settled

    kernel, bias = tiny_kernels["block1_conv1"]
    network = lab.network.PatternNetwork({**tiny_kernels, "block1_conv1": (kernel, bias - 1e4)}, TINY)  # no unit is on
    recipe = settled(
        TINY, LAYER, PatternOptions("crisp", size=16, steps=4, overrides={"precision": "float32", "pooling": "max"})
    )
    seen = {}
    for redirect in (False, True):
        run = Run(network, Task(LAYER, (lab.objectives.channel(1),), (0,), recipe, 0, redirect))
        glimpse = run.glimpse()
        run.advance()
        (seen[redirect],) = run.pictures().images
        assert glimpse is not None
        assert np.mean(np.abs(glimpse.images[0].astype(int) - seen[redirect]) <= 1) > 0.99

    assert not np.array_equal(seen[False], seen[True])


def test_what_is_under_way_goes_on_when_its_trace_is_dropped(lab: Any, kernels: Kernels, run: Any) -> None:
    network = lab.network.PatternNetwork(kernels, TINY)
    frames = []
    for frame in lab.ascent.patterns(network, LAYER, (1,), PatternOptions(overrides=SMALL)):
        frames.append(frame)
        network.traces.clear()

    for one, other in zip(frames, run(), strict=True):
        np.testing.assert_array_equal(one.image, other.image)


def test_a_glimpse_of_what_is_not_finite_is_not_shown(lab: Any, kernels: Kernels) -> None:
    network = lab.network.PatternNetwork(kernels, TINY)
    too_far = {**SMALL, "optimizer": "ascent", "step_size": 1e30}
    ascending = lab.ascent.patterns(
        network, LAYER, (1,), PatternOptions("chollet", overrides=too_far), control=lab.Control(early=True)
    )
    frames = list(ascending)

    assert len(network.traces) > 0
    assert all(np.abs(frame.input).max() < 1e12 for frame in frames)
    assert "no longer finite" in frames[-1].note


def test_a_cancel_ends_after_the_step_under_way(lab: Any, net: Any) -> None:
    cancel = threading.Event()
    frames = []
    for frame in lab.ascent.patterns(net, LAYER, (1, 2), PatternOptions(overrides=SMALL), control=lab.Control(cancel)):
        frames.append(frame)
        cancel.set()

    assert [(frame.channel, frame.step, frame.done, frame.outcome) for frame in frames] == [
        (1, 1, False, "rendering"),
        (1, 1, True, "rendering"),
    ]


def test_what_was_continued_twice_replays_to_the_same_picture(lab: Any, net: Any, run: Any) -> None:
    """Its step size falls at the end of each part, so that one continuation of as many steps gives another picture."""
    overrides = {**SMALL, "anneal": 0.5, "tolerance": 0.0}
    first = run(overrides=overrides)[-1]
    once = list(lab.ascent.resume(net, first.state, lab.objectives.channel(1), 4))[-1]
    twice = list(lab.ascent.resume(net, once.state, lab.objectives.channel(1), 6))[-1]
    assert (first.continued, once.continued, twice.continued) == ((), (4,), (4, 6))

    state = run(overrides=overrides)[-1].state
    for steps in twice.continued:
        again = list(lab.ascent.resume(net, state, lab.objectives.channel(1), steps))[-1]
        state = again.state
    np.testing.assert_array_equal(again.image, twice.image)
    whole = list(lab.ascent.resume(net, first.state, lab.objectives.channel(1), 10))[-1]
    assert not np.array_equal(whole.image, twice.image)


def test_what_was_cancelled_goes_on_to_the_same_picture(lab: Any, net: Any, run: Any) -> None:
    whole = run(overrides={**SMALL, "anneal": 0.0})[-1]
    half = run(overrides={**SMALL, "anneal": 0.0, "steps": 5})[-1]
    on = list(lab.ascent.resume(net, half.state, lab.objectives.channel(1), 3))

    assert (on[-1].step, on[-1].steps, on[-1].done) == (8, 8, True)
    np.testing.assert_array_equal(on[-1].image, whole.image)
    assert on[-1].curve[-1, 0] == 8
    assert on[-1].curve[0, 0] == 1


def test_only_the_last_frame_when_nobody_watches(lab: Any, run: Any) -> None:
    assert [frame.step for frame in run(control=lab.Control(every=0))] == [8]
    assert [frame.step for frame in run(control=lab.Control(every=3))] == [3, 6, 8]


def test_numbers_out_of_range_end_the_ascent_with_the_last_good_frame(run: Any) -> None:
    frame = run(recipe="fast", overrides={**SMALL, "step_size": 1e38})[-1]

    assert frame.done
    assert frame.step < 8
    assert "no longer finite" in frame.note
    assert np.isfinite(frame.input).all()
    assert np.isfinite(frame.score)


def test_a_size_beyond_the_canvas_is_tiled(run: Any) -> None:
    frame = run(size=40)[-1]

    assert frame.image.shape == (40, 40, 3)
    np.testing.assert_array_equal(frame.image[:16], frame.image[16:32])


def test_the_canvas_follows_the_receptive_field(run: Any) -> None:
    sides = [run(layer=layer, overrides={"steps": 1})[-1].image.shape[0] for layer in ("block1_conv1", "block2_conv2")]

    assert sides == [48, 56]


def test_a_dead_channel_is_stuck_and_says_so(lab: Any, kernels: Kernels) -> None:
    kernel, bias = kernels[LAYER]
    dead = {**kernels, LAYER: (np.zeros_like(kernel), np.full_like(bias, -1))}
    net = lab.network.PatternNetwork(dead, TINY)
    frames = list(lab.ascent.patterns(net, LAYER, (0,), PatternOptions(overrides={**SMALL, "seeds": 1})))

    assert [frame.outcome for frame in frames if frame.done] == ["stuck"]
    assert frames[-1].attempts == 4
    assert "No gradient" in frames[-1].note
    assert frames[-1].score == 0


def test_what_is_stuck_says_which_attempt_it_is_from(lab: Any, kernels: Kernels) -> None:
    kernel, bias = kernels[LAYER]
    net = lab.network.PatternNetwork({**kernels, LAYER: (np.zeros_like(kernel), np.full_like(bias, -1))}, TINY)
    every = lab.Control(every=1)
    *frames, last = lab.ascent.patterns(
        net, LAYER, (0,), PatternOptions(overrides={**SMALL, "seeds": 1}), control=every
    )

    assert (last.attempts, last.best_attempt) == (4, 1)
    assert not any(frame.done or frame.best_attempt for frame in frames)
    end_of_first = [frame for frame in frames if frame.attempts == 1][-1]
    assert (end_of_first.step, end_of_first.outcome, end_of_first.state) == (last.step, "rendering", None)
    np.testing.assert_array_equal(end_of_first.image, last.image)
    quiet = list(
        lab.ascent.patterns(
            net, LAYER, (0,), PatternOptions(overrides={**SMALL, "seeds": 1}), control=lab.Control(every=0)
        )
    )
    assert [frame.done for frame in quiet] == [True]


def test_a_pattern_that_stays_blank_is_tried_again(lab: Any, kernels: Kernels) -> None:
    kernel, bias = kernels[LAYER]
    net = lab.network.PatternNetwork({**kernels, LAYER: (kernel, bias - 30)}, TINY)
    overrides = {"canvas": 16, "steps": 40, "loss": "relu"}
    frames = [
        frame
        for frame in lab.ascent.patterns(net, LAYER, (1, 4), PatternOptions(overrides=overrides), batch=2)
        if frame.done
    ]

    assert {frame.channel for frame in frames} == {1, 4}
    for frame in frames:
        assert frame.outcome == "rendered"
        assert frame.attempts == 2
        assert frame.recipe.loss == "linear"
        assert "before ReLU" in frame.note


def test_an_ascent_stops_once_its_score_has_levelled_off(run: Any) -> None:
    frame = run(overrides={"canvas": 16, "steps": 400, "tolerance": 0.02, "anneal": 0.0, "step_size": 0.3})[-1]

    assert frame.done
    assert frame.step < 400
    assert frame.outcome == "rendered"


def test_a_neuron_keeps_its_place(lab: Any, net: Any) -> None:
    goal = lab.objectives.neuron(1, (0.5, 0.5))
    recipe = {"parameter": "pixels", "canvas": 32, "steps": 3, "optimizer": "ascent", "step_size": 5, "padding": "zero"}
    frame = list(lab.ascent.pattern(net, "block2_conv2", goal, PatternOptions(overrides={**recipe, "start": 0})))[-1]
    changed = (frame.image != frame.image[0, 0]).any(axis=2)
    rows, columns = np.nonzero(changed)

    assert 10 <= rows.min() <= rows.max() <= 24, "only the receptive field of the middle changes"
    assert 10 <= columns.min() <= columns.max() <= 24
    assert frame.recipe.shift is False


def test_a_channel_can_be_pushed_down(lab: Any, net: Any) -> None:
    up, down = (
        list(lab.ascent.pattern(net, LAYER, goal, PatternOptions(overrides=SMALL)))[-1]
        for goal in (lab.objectives.channel(1), -lab.objectives.channel(1))
    )

    assert down.score < up.score
    assert down.outcome == "rendered"


def test_several_patterns_of_a_channel_differ_more_with_diversity(lab: Any, net: Any) -> None:
    likeness = {}
    for diversity in (0.0, 3.0):
        goal = lab.objectives.diverse(1, 3, diversity)
        overrides = {**SMALL, "steps": 24, "step_size": 0.05, "tolerance": 0.0, "rescue": False}
        frames = [
            frame for frame in lab.ascent.pattern(net, LAYER, goal, PatternOptions(overrides=overrides)) if frame.done
        ]
        assert sorted(frame.variant for frame in frames) == [0, 1, 2]
        assert not np.array_equal(frames[0].image, frames[1].image)
        likeness[diversity] = _likeness([_maps(lab, net, frame.input) for frame in frames])

    # From the same three starts: it is the term that makes the difference, not the noise.
    assert likeness[3.0] < likeness[0.0] - 0.02


def _maps(lab: Any, net: Any, fed: MapArray) -> MapArray:
    """The maps of the layer after ReLU, float32 (height, width, channels)."""
    maps, _ = net.maps(fed[np.newaxis], LAYER, tuple(range(6)), lab.Pass())
    after: MapArray = np.maximum(maps.numpy()[0], 0)
    return after


def _likeness(maps: list[MapArray]) -> float:
    """The mean cosine between the correlations of the channels of each two of them."""
    grams = [np.tensordot(one, one, axes=((0, 1), (0, 1))).ravel() for one in maps]
    units = [gram / np.linalg.norm(gram) for gram in grams]
    return float(np.mean([units[a] @ units[b] for a in range(len(units)) for b in range(a)]))


def test_a_layer_dreams_on_a_picture(lab: Any, net: Any) -> None:
    picture = np.random.default_rng(0).integers(60, 200, (32, 32, 3)).astype(np.uint8)
    overrides = {"canvas": 32, "size": 32, "steps": 6}
    frames = list(
        lab.ascent.pattern(
            net, LAYER, lab.objectives.layer(), PatternOptions("dream", overrides=overrides), start=picture
        )
    )

    assert frames[-1].channel == -1
    assert frames[-1].score > frames[0].score
    likeness = np.corrcoef(frames[0].image.ravel(), picture.ravel())[0, 1]
    assert likeness > 0.9


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"recipe": "krisp"}, "'crisp'"),
        ({"layer": "block2_conv9"}, "'block2_conv"),
        ({"layer": "block1_pool"}, "none; did you mean"),
        ({"channels": (6,)}, "0 to 5"),
        ({"overrides": {"canvas": 2}}, "at least 4 pixels"),
        ({"overrides": {"canvas": 60_000}}, "GB of memory, and the limit is"),
        ({"size": 60_000}, "GB of memory, and the limit is"),
        ({"steps": 0}, "at least one step"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words) as caught:
        run(**options)
    assert "\n" not in str(caught.value)


def test_patterns_that_differ_do_not_start_from_one_picture(lab: Any, net: Any) -> None:
    """Found by the robot: as many pictures as the objective wants, and numbers for one of them."""
    overrides = {"canvas": 32, "size": 32, "steps": 2}
    with pytest.raises(EngineError, match="cannot all start from one picture"):
        list(
            lab.ascent.pattern(
                net,
                LAYER,
                lab.objectives.diverse(1, 2),
                PatternOptions("dream", overrides=overrides),
                start=np.zeros((32, 32, 3), np.uint8),
            )
        )


def test_a_start_of_another_size_is_refused(lab: Any, net: Any) -> None:
    with pytest.raises(EngineError, match="16×16"):
        list(
            lab.ascent.pattern(
                net,
                LAYER,
                lab.objectives.layer(),
                PatternOptions("dream", overrides={"canvas": 16}),
                start=np.zeros((8, 8, 3), np.uint8),
            )
        )


def test_traces_are_kept_for_the_next_channel(lab: Any, kernels: Kernels) -> None:
    net = lab.network.PatternNetwork(kernels, TINY)
    list(lab.ascent.patterns(net, LAYER, (0,), PatternOptions(overrides=SMALL)))
    kept = len(net.traces)
    list(lab.ascent.patterns(net, LAYER, (1, 2), PatternOptions(seed=9, overrides={**SMALL, "step_size": 0.2})))

    assert len(net.traces) == kept


def test_the_least_used_traces_are_dropped(lab: Any) -> None:
    import tensorflow as tf

    traces = lab.network.Traces()
    shapes = [tf.ones(count) for count in range(1, 9)]  # each shape is traced apart, and counts
    for value in shapes:
        traces.run("first", tf.square, shapes[0])
        np.testing.assert_array_equal(traces.run("other", tf.negative, value).numpy(), -np.ones(value.shape))

    assert len(traces) == 6
    assert traces.known("first", shapes[0])
    assert [traces.known("other", value) for value in shapes] == [False] * 3 + [True] * 5
