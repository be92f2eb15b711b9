"""A few seconds of fuzzing, always with the same inputs; `fuzz.py` goes on for as long as one likes."""

from __future__ import annotations

from pathlib import Path

import fuzz
import hypothesis
import pytest
from fuzz_targets import TARGETS
from hypothesis import HealthCheck

EXAMPLES = 25


@pytest.mark.parametrize("name", TARGETS)
def test_what_strangers_made_is_read_or_refused(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(target.inputs())
    def read(content: object) -> None:
        fuzz.read_one(target, content, tmp_path)

    read()


def test_the_guard_sees_what_is_written_elsewhere(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    with fuzz.guarded(inside):
        (inside / "file").write_text("allowed")
    with pytest.raises(fuzz.TrespassError, match="outside"), fuzz.guarded(inside):
        outside.write_text("not allowed")
