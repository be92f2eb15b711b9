"""The scripts of `packaging/`, which is a folder and not a package, can be imported by these tests."""

from __future__ import annotations

import sys

from packaging_scripts import FOLDER

sys.path.insert(0, str(FOLDER))
