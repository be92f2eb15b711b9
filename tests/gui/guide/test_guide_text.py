"""The guide and the program say the same: links lead somewhere, what is named exists, and what exists is explained."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage

import engine
import main
import resources
from engine.cli import commands as cli
from engine.exports import maps as export
from engine.maps.colormaps import COLORMAPS
from engine.networks.vgg16 import VGG16
from engine.patterns.recipes import RECIPES
from engine.patterns.records import Outcome
from engine.patterns.requests import PATTERN_FORMATS
from engine.records import FITS, SCALES
from engine.session import Session
from gui.channels.model import Mark
from gui.commands.table import COMMANDS
from gui.formatting import bytes_text
from gui.guide.book import CONTENTS, anchor, read_guide
from gui.guide.contents import headings
from gui.guide.shortcuts import IN_VIEWS
from gui.state.choices import SCALE_WORDS
from gui.state.pattern_words import OBJECTIVES

pytestmark = pytest.mark.usefixtures("qapp")  # fonts, and so Markdown, need an application

GUIDE = resources.guide()
SOURCES = tuple(sorted(GUIDE.glob("*.md")))
MOST_BYTES = 3_000_000
IN_THE_QUEUE = {"Delete", "Ctrl+Home"}


def text_of(name: str) -> str:
    return (GUIDE / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands below a heading, to the next one of its rank."""
    after = re.split(rf"^## {re.escape(heading)}$", text_of(name), flags=re.MULTILINE)[1]
    return re.split(r"^## ", after, flags=re.MULTILINE)[0]


def first_column(text: str) -> list[str]:
    """The first cells of a text's tables, without their heads and rules."""
    cells = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    rules = [number for number, cell in enumerate(cells) if set(cell) == {"-"}]
    heads = {number - 1 for number in rules}
    return [cell.strip("`") for number, cell in enumerate(cells) if number not in heads | set(rules)]


def examples(name: str = "command-line.md") -> list[str]:
    """The lines of a page's code blocks."""
    return list(
        chain.from_iterable(block.strip().splitlines() for block in re.findall(r"```\n(.*?)```", text_of(name), re.S))
    )


def links(pattern: str) -> Iterator[tuple[Path, str]]:
    for path in SOURCES:
        for target in re.findall(pattern, path.read_text(encoding="utf-8")):
            yield path, target


def test_the_contents_have_every_page() -> None:
    pages = read_guide(GUIDE)
    assert sorted(page.name for page in pages) == sorted(path.name for path in SOURCES if path.name != CONTENTS)
    for page in pages:
        assert page.text.startswith("# ")
    titles = {page.name: page.text.splitlines()[0].removeprefix("# ") for page in pages}
    assert {page.name: page.title for page in pages} == titles


def test_every_link_leads_somewhere() -> None:
    found = [(path, target) for path, target in links(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")]
    assert len(found) > 40
    for path, target in found:
        name, _, fragment = target.partition("#")
        page = GUIDE / (name or path.name)
        assert page.is_file(), f"{path.name}: {target}"
        anchors = [anchor(heading) for level in (2, 3) for heading in headings(page.read_text(encoding="utf-8"), level)]
        assert not fragment or fragment in anchors, f"{path.name}: {target}, but there are {anchors}"


def test_every_picture_is_there_in_both_schemes_and_none_is_left_over() -> None:
    named = {target for _, target in links(r"!\[[^\]]+\]\(([^)]+)\)")}
    assert len(named) > 12
    wanted = named | {name.replace("-light.", "-dark.") for name in named}
    assert all("-light." in name for name in named)
    assert {f"pictures/{path.name}" for path in (GUIDE / "pictures").iterdir()} == wanted
    for name in wanted:
        assert 0 < QImage(str(GUIDE / name)).width() <= 720, name
    assert sum((GUIDE / name).stat().st_size for name in wanted) < MOST_BYTES


def test_every_picture_is_described() -> None:
    assert all(len(words) > 15 for _, words in links(r"!\[([^\]]*)\]"))


def words_of(command_text: str) -> str:
    return command_text.replace("&", "").rstrip("…")


def test_every_command_is_explained_in_its_menu() -> None:
    menus: dict[str, list[str]] = {}
    for command in COMMANDS:
        menus.setdefault(words_of(command.menu.rpartition("/")[2]), []).append(words_of(command.text))
    assert {heading: first_column(section("menus.md", heading)) for heading in headings(text_of("menus.md"))} == menus


def test_every_menu_that_the_guide_names_exists() -> None:
    known = {(words_of(command.menu.partition("/")[0]), words_of(command.text)) for command in COMMANDS}
    known |= {(menu, words_of(below)) for menu, _, below in (command.menu.partition("/") for command in COMMANDS)}
    texts = " ".join(text_of(path.name) for path in SOURCES)
    named = {
        (menu, " ".join(name.split()))
        for menu, name in re.findall(r"\*\*(File|Edit|View|Patterns|Go|Help),\s([^*]+)\*\*", texts)
    }
    assert len(named) > 15
    assert named - known == set()


def test_every_key_that_the_guide_names_exists() -> None:
    known = {key for command in COMMANDS for key in command.keys} | IN_THE_QUEUE
    known |= {shortcut.keys for group in IN_VIEWS for shortcut in group.shortcuts}
    named = {key for _, key in links(r"`((?:Ctrl|Alt|Shift)\+[^`]+|F\d|Delete)`")}
    assert len(named) > 15
    assert named - known == set()


def test_scales() -> None:
    explained = headings(text_of("scales.md"))[: len(SCALES)]
    assert set(explained) == {f"{SCALE_WORDS[scale][0]} ({scale})" for scale in SCALES}


@pytest.mark.parametrize(
    ("name", "heading", "expected"),
    [
        ("colours.md", "Colour maps", COLORMAPS),
        ("memory.md", "Making a picture square", FITS),
        ("patterns.md", "Recipes", RECIPES),
        ("patterns.md", "What became of it", set(get_args(Outcome)) - {"rendering"}),
        ("patterns.md", "What can be formed", [text.label for text in OBJECTIVES.values()]),
        ("exports.md", "What can be exported", (*export.FORMATS, *PATTERN_FORMATS)),
    ],
)
def test_every_choice_is_explained(name: str, heading: str, expected: object) -> None:
    assert sorted(first_column(section(name, heading))) == sorted(expected)  # type: ignore[call-overload]


def test_badges() -> None:
    explained = {heading.lower() for heading in headings(text_of("badges.md"))}
    assert explained == {mark for mark in get_args(Mark) if mark} | {"in patterns"}


def test_memory_of_the_maps() -> None:
    rows = re.findall(r"^\| ([\d,]+) px \| (.+?) \|$", section("memory.md", "Memory"), re.MULTILINE)
    assert len(rows) == 6
    for side, text in rows:
        assert bytes_text(VGG16.at(int(side.replace(",", ""))).maps_bytes()) == text


def test_sentences_are_those_of_the_program() -> None:
    code = " ".join(
        path.read_text(encoding="utf-8")
        for folder in ("engine", "gui")
        for path in Path(engine.__file__).parents[1].joinpath(folder).rglob("*.py")
    )
    code = re.sub(r'"\s+f?"', "", code)  # sentences of several lines
    quoted = [cell.strip("“”") for cell in first_column(section("trouble.md", "The bar with a sentence"))]
    assert len(quoted) > 5
    for sentence in quoted:
        for part in sentence.split("…"):
            assert part.strip() in code, sentence


def test_the_glossary_is_in_order() -> None:
    terms = [term.casefold() for term in re.findall(r"^\*\*([^*]+)\*\*:", text_of("glossary.md"), re.MULTILINE)]
    assert len(terms) > 25
    assert terms == sorted(terms)


def options_of(capsys: pytest.CaptureFixture[str], *command: str) -> set[str]:
    with pytest.raises(SystemExit):
        main.main([*command, "--help"])
    return set(re.findall(r"^ +(?:-h, )?(--[\w-]+)", capsys.readouterr().out, re.MULTILINE))


@pytest.mark.parametrize("command", cli.SUBCOMMANDS)
def test_every_option_is_explained(capsys: pytest.CaptureFixture[str], command: str) -> None:
    rows = ", ".join(first_column(section("command-line.md", f"convscope {command}")))
    explained = set(re.findall(r"--[\w-]+", rows)) | {"--help"}
    assert explained == options_of(capsys, command) - ({"--weights", "--memory"} if command != "layers" else set())


def test_every_option_of_the_window_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(first_column(section("command-line.md", "The window"))) == options_of(capsys)


def test_every_example_parses() -> None:
    commands = {cli.parse(shlex.split(line)[1:]).command for line in examples()}
    assert commands == {"window", *cli.SUBCOMMANDS}
    assert all(line.startswith("convscope") for line in examples())


@pytest.mark.parametrize("line", [line for line in examples() if line.startswith("convscope layers")])
def test_examples_that_need_no_network_run(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert main.main(shlex.split(line)[1:]) == 0
    assert "block5_pool" in capsys.readouterr().out


@pytest.mark.real
@pytest.mark.parametrize("line", [line for line in examples() if line.startswith("convscope maps ")])
def test_examples_of_maps_run(
    line: str, session: Session, cat_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "close", lambda _self: None)
    monkeypatch.setattr(engine, "open_session", lambda _weights: session)
    monkeypatch.chdir(tmp_path)
    Image.open(cat_path).save("cat.jpg")
    Image.fromarray(np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)).save("cells.tif")
    assert main.main(shlex.split(line)[1:]) == 0
    assert (tmp_path / shlex.split(line)[-1] / "manifest.json").is_file()


def test_where_the_guide_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_HERE", tmp_path / "resources")
    assert resources.guide("scales.md") == tmp_path / "docs" / "guide" / "scales.md"
    (tmp_path / "resources" / "guide").mkdir(parents=True)
    assert resources.guide("scales.md") == tmp_path / "resources" / "guide" / "scales.md"


def test_a_guide_that_is_missing_says_so(tmp_path: Path) -> None:
    (page,) = read_guide(tmp_path)
    assert "came without it" in page.text
    (tmp_path / CONTENTS).write_text("1. [Gone](gone.md)\n", encoding="utf-8")
    assert "came without it" in read_guide(tmp_path)[0].text
