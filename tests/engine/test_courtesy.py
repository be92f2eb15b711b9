"""Threads that calculate give way to one that hurries."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from engine import courtesy


@pytest.fixture(autouse=True)
def nobody_hurries() -> Iterator[None]:
    courtesy.rest()
    yield
    courtesy.rest()


def polite_thread() -> threading.Thread:
    thread = threading.Thread(target=courtesy.give_way)
    thread.start()
    return thread


def test_others_wait_until_one_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "_PATIENCE_SECONDS", 120)
    courtesy.hurry()
    thread = polite_thread()
    time.sleep(0.05)
    assert thread.is_alive()
    courtesy.rest()
    thread.join(60)
    assert not thread.is_alive()


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "_PATIENCE_SECONDS", 0.001)
    courtesy.hurry()
    thread = polite_thread()
    thread.join(60)
    assert not thread.is_alive()


def test_one_does_not_wait_for_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "_nobody_hurries", Impatient())
    courtesy.hurry()
    courtesy.give_way()


class Impatient(threading.Event):
    """An event that nobody may wait for."""

    def wait(self, timeout: float | None = None) -> bool:
        raise AssertionError("it waits for itself")
