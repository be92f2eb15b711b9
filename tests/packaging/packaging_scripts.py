"""Where the scripts are that build what people install."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "packaging"
ROOT = FOLDER.parent
