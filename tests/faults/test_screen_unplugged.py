"""A screen is unplugged while the window is on it: the window comes to the one that is left, and all goes on there.

The screens are monitors of RandR 1.5, parts of one virtual screen: to Qt and to the window manager they come and go as
real ones do. The one that goes has two pixels where the other one has one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_program import FIRST_TILE, ROOT, RealProgram, Rectangle
from virtual_screen import missing_programs, virtual_screen, wait_until

from engine.patterns.settings import PatternSettings

pytestmark = [pytest.mark.x11, pytest.mark.real]

LEFT: Rectangle = (0, 0, 1400, 900)
RIGHT: Rectangle = (1400, 0, 2600, 1700)
WIDTH, HEIGHT = 1280, 800
COMMAND = ("env", "QT_SCREEN_SCALE_FACTORS=left=1;right=2", sys.executable, str(ROOT / "main.py"))

_MISSING = missing_programs("xdotool", "xrandr")


class Screens:
    """Two screens side by side.

    Attributes:
        display: The name of the display that they belong to.
    """

    def __init__(self, display: str) -> None:
        self.display = display
        self._xrandr("--setmonitor", "left", _described(LEFT), "screen")
        self.plug_in()

    def plug_in(self) -> None:
        """Plug the right one in."""
        self._xrandr("--setmonitor", "right", _described(RIGHT), "none")

    def unplug(self) -> None:
        """Pull the right one out."""
        self._xrandr("--delmonitor", "right")

    def _xrandr(self, *arguments: str) -> None:
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(("xrandr", *arguments), env=environment, check=True, stdout=subprocess.DEVNULL)


def _described(screen: Rectangle) -> str:
    x, y, width, height = screen
    return f"{width}/300x{height}/200+{x}+{y}"


@pytest.fixture
def screens() -> Iterator[Screens]:
    if _MISSING:
        reason = f"screens that can be unplugged need {', '.join(_MISSING)}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}, and CI must have it")
        pytest.skip(reason)
    with virtual_screen(RIGHT[0] + RIGHT[2], RIGHT[3]) as display:
        yield Screens(display)


def inside(rectangle: Rectangle, screen: Rectangle) -> bool:
    (x, y, width, height), (left, top, wide, high) = rectangle, screen
    return left <= x and top <= y and x + width <= left + wide and y + height <= top + high


def all_on(program: RealProgram, screen: Rectangle, count: int = 1) -> bool:
    """Whether so many windows are there, and no edge of any of them is outside a screen."""
    found = program.rectangles()
    return len(found) == count and all(inside(rectangle, screen) for rectangle in found)


def patterns(home: Path) -> int:
    return len(list((home / "cache").rglob("*.pattern")))


def move_to_the_right(program: RealProgram) -> None:
    """Where it gets the size that it had; a window that a window manager moves keeps its pixels, which are smaller."""
    (number,) = program.titles().values()
    x, y, _, _ = RIGHT
    program.tool("windowmove", "--sync", str(number), str(x + 30), str(y + 40))
    wait_until(lambda: all_on(program, RIGHT), "the window on the right screen")
    program.tool("windowsize", "--sync", str(number), str(2 * WIDTH), str(2 * HEIGHT))
    wait_until(lambda: all_on(program, RIGHT), "the larger window on the right screen")


def test_the_window_comes_to_the_screen_that_is_left(screens: Screens, cat_path: Path, tmp_path: Path) -> None:
    chosen = PatternSettings(steps=8, seed=77).to_text().replace('"', '\\"')  # no sheet has that seed
    settings = {"gallery/layer": "block3_conv1", "patterns/settings": f'"{chosen}"'}
    with RealProgram(screens.display, tmp_path, (str(cat_path),), settings, COMMAND) as program:
        program.wait_for_title(cat_path.name)
        program.wait_for_maps()
        move_to_the_right(program)
        program.activate()
        program.press("ctrl+shift+r")
        wait_until(lambda: patterns(tmp_path) > 1, "patterns")
        screens.unplug()
        wait_until(lambda: all_on(program, LEFT), "the window on the left screen")
        formed = patterns(tmp_path)
        wait_until(lambda: patterns(tmp_path) > formed + 1, "more patterns")
        program.press("F2")
        wait_until(program.shows_maps, "maps on the left screen")
        use_what_opens(program)
        screens.plug_in()
        move_to_the_right(program)
        program.activate()
        program.press("ctrl+q")
        program.assert_ends_well()
    screens.unplug()
    with RealProgram(screens.display, tmp_path, command=COMMAND) as program:
        program.wait_for_title("Convscope")
        wait_until(lambda: all_on(program, LEFT), "the window of the next start on the left screen")
        program.activate()
        program.press("ctrl+q")
        program.assert_ends_well()


def use_what_opens(program: RealProgram) -> None:
    """A menu, a dialog, the guide and a tip all open where they can be seen."""
    program.activate()
    for keys, back in (("alt+f", "Escape"), ("ctrl+e", "Escape"), ("F1", "Escape")):
        program.press(keys)
        wait_until(lambda: all_on(program, LEFT, 2), f"what {keys} opens")
        program.press(back)
        wait_until(lambda: all_on(program, LEFT), f"the end of what {keys} opens")
    x, y = program.point(*FIRST_TILE)
    program.tool("mousemove", str(x), str(y), "sleep", "0.1", "mousemove", str(x + 3), str(y + 3))
    wait_until(lambda: all_on(program, LEFT, 2), "a tip")
