"""Sentences as they fit into a tooltip."""

from gui.formatting import tip


def test_long_lines_of_a_tooltip_are_broken_and_others_stay() -> None:
    words = " ".join(["gradient"] * 30)
    lines = tip(f"Title\n\n{words}").split("\n")
    assert lines[:2] == ["Title", ""]
    assert " ".join(lines[2:]) == words
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 + 4
