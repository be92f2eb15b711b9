"""Amounts as people read them."""

import pytest

from gui.units import bytes_text, count_text


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
