"""How urgent jobs are: what the person looks at, what they asked for, what they may look at next, files."""

from __future__ import annotations

NOW, SOON, LATER, LAST = range(4)
