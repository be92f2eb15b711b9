"""Threads that calculate give way to one that hurries."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from engine import thread_priority
from engine.networks.tensorflow_loader import load
from engine.networks.tracing import traced


@pytest.fixture(autouse=True)
def nobody_hurries() -> Iterator[None]:
    thread_priority.rest()
    yield
    thread_priority.rest()


def polite_thread() -> threading.Thread:
    thread = threading.Thread(target=thread_priority.give_way)
    thread.start()
    return thread


def test_others_wait_until_one_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_priority, "_PATIENCE_SECONDS", 120)
    thread_priority.hurry()
    thread = polite_thread()
    time.sleep(0.05)
    assert thread.is_alive()
    thread_priority.rest()
    thread.join(60)
    assert not thread.is_alive()


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_priority, "_PATIENCE_SECONDS", 0.001)
    thread_priority.hurry()
    thread = polite_thread()
    thread.join(60)
    assert not thread.is_alive()


def test_where_one_hurries_all_the_time_others_go_on_for_a_while_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Counting()
    monkeypatch.setattr(thread_priority, "_nobody_hurries", event)
    monkeypatch.setattr(thread_priority, "_PATIENCE_SECONDS", 0.001)
    thread_priority.hurry()

    def work(times: int) -> None:
        for _ in range(times):
            thread_priority.give_way()

    for little, waits in ((120.0, 1), (0.0, 20)):
        monkeypatch.setattr(thread_priority, "_LITTLE_SECONDS", little)
        event.waits = 0
        thread = threading.Thread(target=work, args=(20,))
        thread.start()
        thread.join(60)
        assert event.waits == waits


def test_one_does_not_wait_for_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_priority, "_nobody_hurries", Impatient())
    thread_priority.hurry()
    thread_priority.give_way()


def test_a_trace_gives_way_at_each_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    tf, _ = load()
    asked: list[int] = []
    monkeypatch.setattr(thread_priority, "give_way", lambda: asked.append(1))

    def body(value: Any) -> Any:
        for _ in range(10):
            value = tf.nn.relu(value) + 1
        return value

    made = traced(tf, body)
    assert made(tf.constant([-3.0, 2.0])).numpy().tolist() == [10.0, 12.0]
    graph = made.get_concrete_function(tf.TensorSpec([2], tf.float32)).graph
    assert len(asked) >= 30
    assert {operation.device for operation in graph.get_operations()} == {""}
    asked.clear()
    made(tf.constant([0.0, 1.0]))
    assert asked == []


class Counting(threading.Event):
    """An event that counts who waits for it."""

    waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        return super().wait(timeout)


class Impatient(threading.Event):
    """An event that nobody may wait for."""

    def wait(self, timeout: float | None = None) -> bool:
        raise AssertionError("it waits for itself")
