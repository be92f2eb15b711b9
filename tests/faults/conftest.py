"""The tests of faults use what the tests of the window and of the virtual screen have."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("gui", "x11")]
