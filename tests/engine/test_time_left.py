"""The estimate of the time left, with a clock that the test turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.time_left import FIRST_WORD, TimeLeft, about_text, time_left_text


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(estimate: TimeLeft, clock: Clock, total: int, steps: list[float]) -> float | None:
    answer = estimate.update(0, total)
    for done, seconds in enumerate(steps, start=1):
        clock.now += seconds
        answer = estimate.update(done, total)
    return answer


def test_a_steady_job(clock: Clock) -> None:
    assert run(TimeLeft(clock), clock, 100, 20 * [2.0]) == pytest.approx(160.0)


def test_nothing_is_known_at_first(clock: Clock) -> None:
    estimate = TimeLeft(clock)
    assert estimate.update(0, 100) is None
    clock.now += FIRST_WORD / 4
    assert estimate.update(5, 100) is None
    clock.now += FIRST_WORD
    assert estimate.update(10, 100) is not None


def test_nothing_is_known_without_a_total(clock: Clock) -> None:
    assert run(TimeLeft(clock), clock, 0, 20 * [2.0]) is None


def test_the_wait_for_the_next_step_counts_down(clock: Clock) -> None:
    estimate = TimeLeft(clock)
    before = run(estimate, clock, 10, 5 * [10.0])
    clock.now += 4
    assert before is not None
    assert estimate.update(5, 10) == pytest.approx(before - 4)
    clock.now += 1000
    assert estimate.update(5, 10) == 0


def test_one_slow_step_does_not_make_it_jump(clock: Clock) -> None:
    estimate = TimeLeft(clock)
    before = run(estimate, clock, 1000, 200 * [0.1])
    clock.now += 1.0
    after = estimate.update(201, 1000)
    assert before is not None
    assert after is not None
    assert before < after < 1.25 * before  # the slow step alone would say ten times as long


def test_a_lasting_change_of_speed_is_followed(clock: Clock) -> None:
    assert run(TimeLeft(clock), clock, 400, 200 * [0.1] + 100 * [1.0]) == pytest.approx(100.0, rel=0.05)


def test_the_end(clock: Clock) -> None:
    assert run(TimeLeft(clock), clock, 5, 5 * [1.0]) == 0


@pytest.mark.parametrize(("done", "total"), [(0, 50), (2, 100)])
def test_another_job_starts_anew(clock: Clock, done: int, total: int) -> None:
    estimate = TimeLeft(clock)
    run(estimate, clock, 50, 10 * [1.0])
    clock.now += 1
    assert estimate.update(done, total) is None


@given(st.lists(st.floats(0.0, 100.0), max_size=30), st.integers(30, 1000))
def test_never_negative(steps: list[float], total: int) -> None:
    clock = Clock()
    answer = run(TimeLeft(clock), clock, total, steps)
    assert answer is None or answer >= 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "a few seconds left"),
        (4.9, "a few seconds left"),
        (5, "5 s left"),
        (32.4, "30 s left"),
        (57, "55 s left"),
        (58, "1 min left"),
        (240, "4 min left"),
        (3540, "59 min left"),
        (3600, "1 h left"),
        (3600 + 5 * 60, "1 h left"),
        (3600 + 11 * 60, "1 h 15 min left"),
        (7800, "2 h 15 min left"),
        (2 * 3600 + 55 * 60, "3 h left"),
        (3 * 3600 + 10 * 60, "3 h left"),
        (3 * 3600 + 19 * 60, "3 h 30 min left"),
        (35990, "10 h left"),
        (144000, "40 h left"),
    ],
)
def test_words(seconds: float | None, text: str) -> None:
    assert time_left_text(seconds) == text


def test_words_in_a_sentence() -> None:
    assert about_text(3) == "a few seconds"
    assert about_text(11940) == "about 3 h 30 min"
