from __future__ import annotations

import sys

import pytest

from gui.jobs.listeners import Listeners


class Ear:
    def __init__(self, heard: list[str], name: str) -> None:
        self._heard, self._name = heard, name

    def hear(self, event: str) -> None:
        self._heard.append(f"{self._name} {event}")


def test_everyone_hears_in_the_order_in_which_they_came() -> None:
    heard: list[str] = []
    listeners: Listeners[str] = Listeners()
    first, second = Ear(heard, "first"), Ear(heard, "second")
    listeners.connect(second.hear)
    listeners.connect(first.hear)
    listeners.connect(lambda event: heard.append(f"function {event}"))
    listeners.emit("one")
    listeners.emit("two")
    assert heard == ["second one", "first one", "function one", "second two", "first two", "function two"]


def test_an_object_that_is_gone_is_not_kept_and_hears_nothing() -> None:
    heard: list[str] = []
    listeners: Listeners[str] = Listeners()
    gone, stays = Ear(heard, "gone"), Ear(heard, "stays")
    listeners.connect(gone.hear)
    listeners.connect(stays.hear)
    del gone
    listeners.emit("one")
    listeners.emit("two")
    assert heard == ["stays one", "stays two"]


def test_the_error_of_one_keeps_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: errors.append(error))
    heard: list[str] = []
    listeners: Listeners[str] = Listeners()

    def fail(event: str) -> None:
        raise ValueError(event)

    listeners.connect(fail)
    listeners.connect(heard.append)
    listeners.emit("one")
    assert heard == ["one"]
    assert [str(error) for error in errors] == ["one"]


def test_an_event_within_an_event_reaches_everyone() -> None:
    heard: list[str] = []
    listeners: Listeners[str] = Listeners()
    gone = Ear(heard, "gone")

    def again(event: str) -> None:
        if event == "outer":
            listeners.emit("inner")

    listeners.connect(again)
    listeners.connect(gone.hear)
    listeners.connect(heard.append)
    del gone
    listeners.emit("outer")
    assert heard == ["inner", "outer"]
