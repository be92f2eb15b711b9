"""Amounts as people read them, and sentences as they fit into a tooltip."""

import pytest

from gui.formatting import bytes_text, count_text, tip


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (12_345, "12 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (111_219_712, "111 MB"),
        (9_300_000_000, "9.3 GB"),
        (5e15, "5000 TB"),
    ],
)
def test_bytes(count: float, text: str) -> None:
    assert bytes_text(count) == text


def test_counts() -> None:
    assert count_text(1, "channel") == "1 channel"
    assert count_text(9920, "channel") == "9,920 channels"
    assert count_text(2, "copy", "copies") == "2 copies"


def test_long_lines_of_a_tooltip_are_broken_and_others_stay() -> None:
    words = " ".join(["gradient"] * 30)
    lines = tip(f"Title\n\n{words}").split("\n")
    assert lines[:2] == ["Title", ""]
    assert " ".join(lines[2:]) == words
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 + 4
