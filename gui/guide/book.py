"""The user guide as data: its pages in order, read from Markdown files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gui.guide.shortcuts import ShortcutGroup

CONTENTS = "README.md"
"""The file whose list of links is the order of the pages. It is what a person sees first who reads the folder."""

FIRST = "first-steps.md"
"""The page that is opened when nothing more fitting is known."""

KEYS_MARK = "<!-- keys -->"
"""Stands where the keys of the program are listed, so that they are written down once, in the program."""

_ENTRY = re.compile(r"^\d+\. \[(?P<title>[^\]]+)\]\((?P<name>[\w-]+\.md)\)", re.MULTILINE)
_MISSING = "# The guide is missing\n\nThis copy of Convscope came without it; install the program anew to get it.\n"


@dataclass(frozen=True)
class GuidePage:
    """One page of the guide.

    Attributes:
        name: Its file, such as ``scales.md``; links name it.
        title: What it is called in the list of contents.
        text: Markdown.
    """

    name: str
    title: str
    text: str


def read_guide(folder: Path, shortcuts: Iterable[ShortcutGroup] = ()) -> tuple[GuidePage, ...]:
    """The pages of a guide, in the order of its contents.

    Args:
        folder: Where the files are.
        shortcuts: The keys of the program, for the page that lists them.

    Returns:
        At least one page: where there is no guide, one that says so.
    """
    try:
        contents = (folder / CONTENTS).read_text(encoding="utf-8")
        return tuple(
            GuidePage(found["name"], found["title"], _text(folder / found["name"], shortcuts))
            for found in _ENTRY.finditer(contents)
        ) or (GuidePage(FIRST, "Guide", _MISSING),)
    except (OSError, UnicodeDecodeError):
        return (GuidePage(FIRST, "Guide", _MISSING),)


def anchor(heading: str) -> str:
    """What a link to a heading ends with, as on most sites that show Markdown: ``Before ReLU`` is ``before-relu``."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def keys_markdown(groups: Iterable[ShortcutGroup]) -> str:
    """The keys of the program as Markdown tables, one a group."""
    tables = []
    for group in groups:
        rows = "\n".join(f"| {_cell(shortcut.text)} | {_cell(shortcut.keys)} |" for shortcut in group.shortcuts)
        tables.append(f"## {group.title}\n\n| command | keys |\n| --- | --- |\n{rows}\n")
    return "\n".join(tables)


def _text(path: Path, shortcuts: Iterable[ShortcutGroup]) -> str:
    text = path.read_text(encoding="utf-8")
    return text.replace(KEYS_MARK, keys_markdown(shortcuts)) if KEYS_MARK in text else text


def _cell(text: str) -> str:
    return re.sub(r"([\\|*_`<\[])", r"\\\1", text)
