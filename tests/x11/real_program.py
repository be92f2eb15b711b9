"""The program as a person runs it: a process of its own, on a screen, in a home directory of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from virtual_screen import wait_until
from Xlib import X
from Xlib.display import Display
from Xlib.error import BadDrawable, BadWindow
from Xlib.protocol.event import ClientMessage

import engine

ROOT = Path(engine.__file__).parents[1]
Rectangle = tuple[int, int, int, int]
"""x, y, width and height."""

GALLERY = (300, 110, 560, 420)
"""x, y, width and height of a part of the window that the gallery fills, whatever else changes at 1280×800."""

FIRST_TILE = (323, 140)
"""A point of the window inside the gallery's first tile."""

VIRIDIS_ZERO = (68, 1, 84)
"""The colour of a value of 0."""

_KEPT = frozenset({"Convscope.ini", "convscope.log"})
_ALWAYS = 120
_STILL_SECONDS = 1.0


class RealProgram:
    """Starts `main.py`, presses its keys, and looks at the screen.

    Attributes:
        home: Where it keeps everything.
        process: The process.
    """

    def __init__(
        self,
        display: str,
        home: Path,
        arguments: tuple[str, ...] = (),
        settings: Mapping[str, str] | None = None,
        command: tuple[str, ...] = (sys.executable, str(ROOT / "main.py")),
    ) -> None:
        """Start it.

        Args:
            display: The screen.
            home: A folder for settings, logs and temporary files.
            arguments: The command line.
            settings: Remembered settings, such as ``{"picture/size": "64"}``, unless an earlier run has left its own.
            command: What to start, if not this checkout.
        """
        self.home = home
        self._display = Display(display)
        self._root = self._display.screen().root
        self._window: Any = None
        self._write_settings({"window/scheme": "light", **(settings or {})})
        self._environment = self._make_environment(display)
        with (home / "stderr").open("wb") as errors:
            self.process = subprocess.Popen((*command, *arguments), env=self._environment, stdout=errors, stderr=errors)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def titles(self) -> dict[str, int]:
        """The titles of its windows, with the windows."""
        clients = self._root.get_full_property(self._atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        numbers = clients.value if clients is not None else ()
        windows = [self._display.create_resource_object("window", number) for number in numbers]
        found: dict[str, int] = {}
        for window in windows:
            with suppress(BadWindow):  # one that is closed while we look
                if self._is_ours(window) and (title := self._text(window, "_NET_WM_NAME")):
                    found[title] = window.id
        return found

    def title(self) -> str:
        """The title of the main window, or "" before there is one."""
        return next((title for title in self.titles() if title.endswith("Convscope")), "")

    def wait_for_title(self, start: str) -> None:
        """Wait until the main window's title begins with these words."""
        wait_until(lambda: self.title().startswith(start), f"the title {start!r}", _ALWAYS)

    def wait_for_maps(self) -> None:
        """Wait until the gallery is full of feature maps, and until nothing changes in it any more."""
        wait_until(self.shows_maps, "maps on the screen", _ALWAYS)
        self.wait_until_still()

    def wait_until_still(self) -> None:
        """Wait until the gallery has looked the same for a while."""
        last, since = self.grab(*GALLERY), time.monotonic()

        def still() -> bool:
            nonlocal last, since
            now = self.grab(*GALLERY)
            if not np.array_equal(now, last):
                last, since = now, time.monotonic()
            return time.monotonic() - since > _STILL_SECONDS

        wait_until(still, "a still gallery", _ALWAYS)

    def shows_maps(self) -> bool:
        """Whether the gallery has zeros in viridis, and many other colours."""
        pixels = self.grab(*GALLERY).reshape(-1, 3)
        zeros = (pixels == VIRIDIS_ZERO).all(axis=1).mean()
        return bool(zeros > 0.02) and len(np.unique(pixels, axis=0)) > 100

    def place(self) -> tuple[int, int]:
        """Where the main window's content begins on the screen."""
        place = self._root.translate_coords(self._main(), 0, 0)
        return int(place.x), int(place.y)

    def rectangles(self) -> list[Rectangle]:
        """Each of its windows that can be seen, menus and tips among them, without the desktop's frames."""
        clients = [self._display.create_resource_object("window", number) for number in self.titles().values()]
        found = []
        for window in (*clients, *self._root.query_tree().children):
            with suppress(BadWindow, BadDrawable):  # one that is closed while we look
                if self._is_ours(window) and window.get_attributes().map_state == X.IsViewable:
                    place, size = self._root.translate_coords(window, 0, 0), window.get_geometry()
                    found.append((int(place.x), int(place.y), int(size.width), int(size.height)))
        return found

    def point(self, x: int, y: int) -> tuple[int, int]:
        """A point of the main window in coordinates of the screen."""
        left, top = self.place()
        return left + x, top + y

    def grab(self, x: int = 0, y: int = 0, width: int = 1280, height: int = 800) -> npt.NDArray[np.uint8]:
        """What the screen shows of a part of the main window, uint8 RGB (height, width, 3)."""
        left, top = self.point(x, y)
        image = self._root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF)
        pixels = np.frombuffer(image.data, np.uint8).reshape(height, width, 4)
        return pixels[:, :, 2::-1]

    def press(self, *keys: str) -> None:
        """Press keys in the active window, one after the other, in xdotool's words: "ctrl+q", "Return"."""
        self.tool("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text in the active window."""
        self.tool("type", "--clearmodifiers", "--delay", "4", text)

    def tool(self, *arguments: str) -> None:
        """Call xdotool."""
        subprocess.run(("xdotool", *arguments), env=self._environment, check=True)

    def activate(self) -> None:
        """Make the main window the one that keys go to."""
        self.tool("windowactivate", "--sync", str(self._main().id))

    def close_by_window_manager(self) -> None:
        """Close the main window as its title bar's button does: with WM_DELETE_WINDOW."""
        wish = ClientMessage(
            window=self._main(), client_type=self._atom("_NET_CLOSE_WINDOW"), data=(32, [0, 0, 0, 0, 0])
        )
        self._root.send_event(wish, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.flush()

    def has_loaded(self, part_of_name: str) -> bool:
        """Whether the process, or one that it has started, has loaded a library of that name."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")  # each thread has those that it started
        numbers = [str(self.process.pid), *(number for file in children for number in file.read_text().split())]
        for number in numbers:
            with suppress(OSError):  # it has just ended
                if part_of_name in Path(f"/proc/{number}/maps").read_text(encoding="utf-8"):
                    return True
        return False

    def assert_ends_well(self) -> None:
        """Wait for the end, and check that it is a good one: status 0, no complaint anywhere, nothing left behind."""
        assert self.process.wait(timeout=_ALWAYS) == 0
        assert (self.home / "stderr").read_text(encoding="utf-8") == ""
        log = next(self.home.rglob("convscope.log"), None)
        lines = log.read_text(encoding="utf-8").splitlines() if log else []
        assert [line for line in lines if " WARNING " in line or " ERROR " in line or " CRITICAL " in line] == []
        # Its other processes notice that the window is gone, take back what they had begun, and go as well.
        wait_until(lambda: not list((self.home / "tmp").iterdir()), "an empty folder for temporary files")
        kept = {path.name for path in (self.home / "config", self.home / "data") for path in path.rglob("*.*")}
        assert kept <= _KEPT

    def _main(self) -> Any:
        """The main window: its title changes, so it is looked for only once."""
        if self._window is None:
            wait_until(self._find_main, "the window", _ALWAYS)
        return self._window

    def _find_main(self) -> bool:
        number = next((number for title, number in self.titles().items() if title.endswith("Convscope")), None)
        if number is not None:
            self._window = self._display.create_resource_object("window", number)
        return number is not None

    def _write_settings(self, settings: Mapping[str, str]) -> None:
        folder = self.home / "config" / "Convscope"
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "Convscope.ini").exists():  # an earlier run has remembered more than that
            return
        lines = [f"[{key.partition('/')[0]}]\n{key.partition('/')[2]}={value}\n" for key, value in settings.items()]
        (folder / "Convscope.ini").write_text("".join(lines), encoding="utf-8")

    def _make_environment(self, display: str) -> dict[str, str]:
        folders = {
            "HOME": "home",
            "TMPDIR": "tmp",
            "XDG_CONFIG_HOME": "config",
            "XDG_DATA_HOME": "data",
            "XDG_CACHE_HOME": "cache",
            "XDG_RUNTIME_DIR": "runtime",
        }
        for folder in folders.values():
            (self.home / folder).mkdir(mode=0o700, exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            **{name: str(self.home / folder) for name, folder in folders.items()},
        }

    def _is_ours(self, window: Any) -> bool:
        found = window.get_full_property(self._atom("_NET_WM_PID"), X.AnyPropertyType)
        return found is not None and found.value[0] == self.process.pid

    def _text(self, window: Any, name: str) -> str:
        found = window.get_full_property(self._atom(name), X.AnyPropertyType)
        return bytes(found.value).decode("utf-8") if found is not None else ""

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))
