"""Use the finished bundle as a person does, and measure how long its window takes. Linux, with what `make test` needs.

    .venv/bin/python packaging/try_bundle.py [--display :7] [FOLDER]

The bundle is copied to a folder with a space in its name, where nobody may write. Where this is run as root, it is
started as an ordinary user; in any case with next to nothing in its environment and, where the system allows that,
without a network. On a virtual screen the sample cat is dropped on its window, a channel is exported with the keyboard,
the window is closed. The same export from the command line has to give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import stat
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "x11")]

from drag_and_drop import DragSource  # noqa: E402
from real_program import FIRST_TILE, RealProgram  # noqa: E402
from virtual_screen import virtual_screen, wait_until  # noqa: E402
from Xlib import X  # noqa: E402
from Xlib.display import Display  # noqa: E402

SCREEN = 1600, 1000
CAT = ROOT / "resources" / "samples" / "chelsea.png"
NOBODY = 65534
WARM_RUNS, COLD_RUNS = 7, 3
WARM_BAR, COLD_BAR = 1.0, 2.0
_LONGEST = 60.0


def main() -> None:
    """Do everything, and print what was seen."""
    parser = argparse.ArgumentParser(description="Use the finished bundle as a person does.")
    parser.add_argument("bundle", nargs="?", type=Path, default=ROOT / "dist" / "Convscope", metavar="FOLDER")
    parser.add_argument("--display", help=f"a screen of {SCREEN[0]}×{SCREEN[1]} pixels with a window manager to use")
    options = parser.parse_args()
    screen = nullcontext(options.display) if options.display else virtual_screen(*SCREEN)
    with tempfile.TemporaryDirectory(prefix="convscope ") as folder, screen as display:
        place = Path(folder)
        place.chmod(0o755)
        copy = place / "a bundle to try"
        shutil.copytree(options.bundle, copy, symlinks=True)
        protect(copy)
        prefix = isolation()
        before = fingerprint(copy)
        command = (*prefix, str(copy / "convscope"))
        print(f"started with: {' '.join(prefix) or 'no isolation'}")
        try_self_test(command, place)
        exported = try_window(command, place, display)
        try_command_line(command, place, exported)
        if fingerprint(copy) != before:
            sys.exit("The bundle has changed while it was used.")
        print("the bundle's folder is as it was")
        measure(command, copy, place, display)


def protect(folder: Path) -> None:
    """Take away the right to write; root would be able to all the same, which is why it is not root that runs it."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o444)


def isolation() -> tuple[str, ...]:
    """What to start a program with, so that it has no network, and is no administrator."""
    ordinary = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if os.geteuid() == 0 else ()
    for network in (("unshare", "--net"), ("unshare", "--map-current-user", "--net")):
        if subprocess.run([*network, *ordinary, "true"], capture_output=True, check=False).returncode == 0:
            return (*network, *ordinary)
    print("not tried: this system does not let a program be cut off from the network")
    return ordinary


def new_home(place: Path, name: str) -> Path:
    """A person's folder, with that person as its owner."""
    home = place / name
    home.mkdir()
    return home


def hand_over(folder: Path) -> None:
    """Make everything in a folder belong to the person who runs the program."""
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)


class BundledProgram(RealProgram):
    """The bundle on a screen, in the home of whoever runs it."""

    def __init__(self, command: tuple[str, ...], home: Path, display: str, settings: dict[str, str]) -> None:
        self.started = time.monotonic()
        super().__init__(display, home, settings=settings, command=command)

    def _make_environment(self, display: str) -> dict[str, str]:
        environment = super()._make_environment(display)
        hand_over(self.home)
        self.started = time.monotonic()
        return environment


def try_self_test(command: tuple[str, ...], place: Path) -> None:
    """Run the self-test with an environment that has nothing at all in it."""
    home = new_home(place, "self-test")
    hand_over(home)
    done = subprocess.run(
        [*with_environment(command), "self-test"], cwd=home, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{done.stderr}\nThe self-test failed.")
    print(done.stdout.strip())


def with_environment(command: tuple[str, ...], *settings: str) -> tuple[str, ...]:
    """The command with these settings as its whole environment."""
    return (*command[:-1], "env", "-i", *settings, command[-1])


def try_window(command: tuple[str, ...], place: Path, display: str) -> Path:
    """Drop the cat, export one channel with the keyboard, close; returns the exported picture."""
    home = new_home(place, "a person")
    target = home / "home" / "exported maps"
    with BundledProgram(command, home, display, {"gallery/layer": "block3_conv1"}) as program:
        program.wait_for_title("Convscope")
        with DragSource(display, [CAT]) as source:
            if not source.drop(*program.point(600, 350)):
                sys.exit("The window did not take the cat.")
        program.wait_for_title(CAT.name)
        program.wait_for_maps()
        program.activate()
        x, y = program.point(*FIRST_TILE)
        program.tool("mousemove", str(x), str(y), "click", "1")
        program.press("ctrl+e")
        wait_until(lambda: any(title.startswith("Export") for title in program.titles()), "the export dialog")
        program.press("alt+s", "alt+p", "alt+g", "alt+f", "ctrl+a")
        program.type(str(target))
        program.press("Return")
        wait_until((target / "manifest.json").exists, "the manifest")
        program.activate()
        program.press("ctrl+q")
        program.assert_ends_well()
    print(f"window: cat dropped, {', '.join(sorted(path.name for path in target.iterdir()))} exported, closed cleanly")
    return target / "block3_conv1_000.png"


def try_command_line(command: tuple[str, ...], place: Path, exported: Path) -> None:
    """Export the same channel from the command line."""
    home = new_home(place, "a shell")
    hand_over(home)
    shutil.copyfile(CAT, home / CAT.name)
    arguments = ("--layer", "block3_conv1", "--channels", "0", "--colormap", "gray", "--out", "maps")
    full = (*with_environment(command, f"HOME={home}"), "maps", CAT.name, *arguments)
    done = subprocess.run(full, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        sys.exit(f"{done.stderr}\nThe export from the command line failed.")
    if (home / "maps" / exported.name).read_bytes() != exported.read_bytes():
        sys.exit("The window and the command line export different pictures.")
    print("command line: the same channel, the same bytes")


def fingerprint(folder: Path) -> str:
    """A hash of the names, sizes and times of all files."""
    lines = [
        f"{path.relative_to(folder)} {path.lstat().st_size} {path.lstat().st_mtime_ns}"
        for path in sorted(folder.rglob("*"))
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def measure(command: tuple[str, ...], copy: Path, place: Path, display: str) -> None:
    """Time from the start of the process to the painted window: with files from the disk, and with files in memory."""
    if os.geteuid() == 0:  # what else this machine has to do should count as little as possible
        command = ("nice", "--adjustment=-20", *command)
    cold = []
    for number in range(COLD_RUNS):
        forget(copy)
        cold.append(start_to_paint(command, new_home(place, f"cold {number}"), display))
    warm = [start_to_paint(command, new_home(place, f"warm {number}"), display) for number in range(WARM_RUNS)]
    for name, seconds, bar in (("cold", cold, COLD_BAR), ("warm", warm, WARM_BAR)):
        middle = statistics.median(seconds)
        listed = " ".join(f"{value:.2f}" for value in sorted(seconds))
        verdict = "within" if middle <= bar else "MISSES"
        print(f"first paint, {name}: median {middle:.2f} s of {listed}; {verdict} the bar of {bar:g} s")


def start_to_paint(command: tuple[str, ...], home: Path, display: str) -> float:
    """Seconds until the screen shows the window with something on it."""
    with BundledProgram(command, home, display, {}) as program:
        screen = Display(display)
        try:
            end = time.monotonic() + _LONGEST
            while not is_painted(screen):
                if time.monotonic() > end:
                    sys.exit("No window was painted within a minute.")
                time.sleep(0.01)  # looking all the time would take a processor away from what is measured
            seconds = time.monotonic() - program.started
        finally:
            screen.close()
        program.process.kill()
        program.process.wait()
        wait_until(lambda: not program.titles(), "the end of the window")
    return seconds


def is_painted(screen: Display) -> bool:
    """Whether there are more colours on a line across the screen than a window without content has."""
    line = screen.screen().root.get_image(0, SCREEN[1] // 2, SCREEN[0], 1, X.ZPixmap, 0xFFFFFFFF).data
    return len({line[start : start + 4] for start in range(0, len(line), 4)}) > 8


def forget(folder: Path) -> None:
    """Ask the system to forget the bundle's files, so that the next start reads them from the disk."""
    os.sync()
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            descriptor = os.open(file, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


if __name__ == "__main__":
    main()
