"""Install the .deb on a Debian that has nothing else, use it there as a person does, remove it, and see what is left.

    sudo .venv/bin/python packaging/try_deb.py [--display :7] [--root FOLDER] [PACKAGE]

A root file system is made with debootstrap from the mirror that this machine's apt uses, and gets the few tools that
any desktop has. The package is installed there with apt. An ordinary user starts it from its desktop entry on a virtual
screen, opens a picture by its type, exports a channel, and closes the window. After the package has been purged, only
that user's home may have anything more than before. Needs root, debootstrap and what `make test` needs.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "x11")]

from real_program import FIRST_TILE, RealProgram  # noqa: E402
from virtual_screen import virtual_screen, wait_until  # noqa: E402

SCREEN = 1600, 1000
CAT = ROOT / "resources" / "samples" / "chelsea.png"
ENTRY = "/usr/share/applications/convscope.desktop"
PERSON = 1000
TOOLS = ("desktop-file-utils", "libglib2.0-bin", "shared-mime-info", "xdg-utils", "fonts-dejavu-core")
"""What any desktop has: what reads desktop entries, what knows types of files, a font."""

BOOKS = re.compile(
    r"/(var/(lib/(dpkg|apt)|cache/(apt|debconf|ldconfig|fontconfig)|log)|etc/ld\.so\.cache|home|tmp/\.X11-unix|proc|run)(/|$)"
)
"""Where the system keeps books about packages, whatever they are, and where persons keep what is theirs."""


def main() -> None:
    """Do everything, and print what was seen."""
    parser = argparse.ArgumentParser(description="Try the .deb on a Debian that has nothing else.")
    parser.add_argument("package", nargs="?", type=Path, help="the newest in dist/ when missing")
    parser.add_argument("--display", help=f"a screen of {SCREEN[0]}×{SCREEN[1]} pixels with a window manager to use")
    parser.add_argument("--root", type=Path, help="a root that debootstrap has made already, used and changed")
    options = parser.parse_args()
    if options.root is None and shutil.which("debootstrap") is None:
        parser.error("this needs debootstrap; install it, or name a root that it has made with --root")
    packages = sorted((ROOT / "dist").glob("*.deb"), key=lambda file: file.stat().st_mtime)
    if options.package is None and not packages:
        parser.error("there is no .deb in dist/; `make bundle` makes one")
    package = options.package or packages[-1]
    screen = nullcontext(options.display) if options.display else virtual_screen(*SCREEN)
    with tempfile.TemporaryDirectory(prefix="convscope-root-") as folder, screen as display:
        root = options.root or Path(folder)
        if options.root is None:
            bootstrap(root)
        with mounted(root):
            settle(root)
            before = snapshot(root)
            install(root, package)
            try_shell(root)
            use(root, display)
            remove(root)
            compare(before, snapshot(root))


def bootstrap(root: Path) -> None:
    """Make a minimal Debian."""
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text(encoding="utf-8").split("\n") if line
    )
    suite = release["VERSION_CODENAME"].strip('"')
    subprocess.run(["debootstrap", "--variant=minbase", suite, str(root), mirror()], check=True, stdout=sys.stderr)
    root.chmod(0o755)
    print(f"debootstrap: a minimal {release['PRETTY_NAME']}")


def mirror() -> str:
    """The first mirror that apt on this machine uses."""
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    text = "\n".join(
        file.read_text(encoding="utf-8") for file in files if file.is_file() and "disabled" not in file.name
    )
    found = re.search(r"^(?:URIs:|deb(?: \[.*?\])?)\s+(\S+)", text, re.MULTILINE)
    if found is None:
        sys.exit("No mirror is configured in /etc/apt.")
    return found[1]


@contextmanager
def mounted(root: Path) -> Iterator[None]:
    """Give the root the system's processes and screens for as long as it is used."""
    sockets = root / "tmp" / ".X11-unix"
    sockets.mkdir(exist_ok=True)
    places = [root / "proc", sockets]
    subprocess.run(["mount", "-t", "proc", "proc", str(places[0])], check=True)
    subprocess.run(["mount", "--bind", "/tmp/.X11-unix", str(places[1])], check=True)
    try:
        yield
    finally:
        for place in reversed(places):
            subprocess.run(["umount", str(place)], check=True)


def settle(root: Path) -> None:
    """Add the tools of any desktop, and a person."""
    for file in Path("/etc/apt/apt.conf.d").glob("99*"):  # how this machine has to talk to the mirror
        shutil.copy(file, root / "etc/apt/apt.conf.d" / file.name)
    inside(root, "apt-get", "update", "-qq")
    inside(root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *TOOLS)
    if not (root / "home/person").exists():
        inside(root, "useradd", "--create-home", "--uid", str(PERSON), "person")
    shutil.rmtree(root / "home/person/maps", ignore_errors=True)  # of an earlier run in the same root
    shutil.copy(CAT, root / "home/person/cat.png")
    for path in (root / "home/person").rglob("*"):
        os.chown(path, PERSON, PERSON)


def install(root: Path, package: Path) -> None:
    """Install the package with apt, which fetches what it depends on and nothing else."""
    shutil.copy(package, root / "tmp" / package.name)
    start = time.monotonic()
    inside(root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", f"/tmp/{package.name}")
    print(f"installed {package.name} in {time.monotonic() - start:.0f} s")
    (root / "tmp" / package.name).unlink()


def try_shell(root: Path) -> None:
    """What a shell and a desktop find: the command, its manual, its icons, the types of files it opens."""
    print(as_person(root, "convscope", "--version").strip())
    print(as_person(root, "convscope", "self-test").strip())
    for file in ("man/man1/convscope.1.gz", "icons/hicolor/48x48/apps/convscope.png", "doc/convscope/copyright"):
        if not (root / "usr/share" / file).is_file():
            sys.exit(f"/usr/share/{file} is missing.")
    for kind in ("image/png", "image/jpeg", "image/webp", "image/avif"):
        answer = as_person(root, "xdg-mime", "query", "default", kind).strip()
        if answer != "convscope.desktop":
            sys.exit(f"{kind} is opened with {answer or 'nothing'}.")
    if "image/png" not in as_person(root, "gio", "info", "-a", "standard::content-type", "cat.png"):
        sys.exit("The desktop does not take cat.png for a PNG.")
    print("it is the desktop's program for PNG, JPEG, WebP and AVIF")


class InstalledProgram(RealProgram):
    """The program inside the root, started by something that is gone again at once."""

    def __init__(self, root: Path, display: str, folder: Path, *starter: str) -> None:
        self.root = root
        super().__init__(display, folder, command=(*person(root, f"DISPLAY={display}"), *starter))

    def _is_ours(self, _window: object) -> bool:
        return True  # the only one on this screen that calls itself Convscope

    def end(self) -> None:
        """Close it with its key, and wait until its process is gone."""
        self.activate()
        self.press("ctrl+q")
        wait_until(lambda: not running(self.root), "the end of the program")


def use(root: Path, display: str) -> None:
    """Start it from its desktop entry; open a picture by its type; export; close."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        with InstalledProgram(root, display, Path(first), "gio", "launch", ENTRY) as program:
            program.wait_for_title("Convscope")
            program.end()
        print("started from its desktop entry, and closed")
        target = root / "home/person/maps"
        with InstalledProgram(root, display, Path(second), "gio", "open", "/home/person/cat.png") as program:
            program.wait_for_title("cat.png")
            program.wait_for_maps()
            program.activate()
            program.tool("mousemove", *map(str, program.point(*FIRST_TILE)), "click", "1")
            program.press("ctrl+e")
            wait_until(lambda: any(title.startswith("Export") for title in program.titles()), "the export dialog")
            program.press("alt+s", "alt+p", "alt+f", "ctrl+a")
            program.type("/home/person/maps")
            program.press("Return")
            wait_until((target / "manifest.json").exists, "the manifest")
            program.end()
    print(f"opened cat.png by its type, exported {', '.join(sorted(path.name for path in target.iterdir()))}")


def running(root: Path) -> list[int]:
    """Processes of the program inside the root."""
    program = str(root / "usr/lib/convscope/convscope")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "exe").readlink()) == program:
                found.append(int(process.name))
        except OSError:  # it has ended while we looked
            continue
    return found


def remove(root: Path) -> None:
    """Purge the package and what came with it."""
    listed = inside(root, "dpkg-query", "-L", "convscope").splitlines()
    inside(root, "apt-get", "purge", "-y", "-qq", "--autoremove", "convscope")
    left = [path for path in listed if path.startswith("/usr/lib/convscope") and (root / path[1:]).exists()]
    if left:
        sys.exit(f"After the removal there are still: {', '.join(left)}")


def snapshot(root: Path) -> set[str]:
    """All paths of the root, but not the books of the package manager, nor what is in homes."""
    found = set()
    for folder, folders, files in os.walk(root):
        inner = Path("/") / Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not BOOKS.match(str(inner / name))]
        found |= {str(inner / name) for name in (*folders, *files)}
    return {path for path in found if not BOOKS.match(path)}


def compare(before: set[str], after: set[str]) -> None:
    """Complain about whatever is there now and was not before."""
    left, gone = sorted(after - before), sorted(before - after)
    if left or gone:
        sys.exit(
            "\n".join(["After the removal the system is not as it was:", *left, *(f"gone: {path}" for path in gone)])
        )
    print(f"removed: of {len(before):,} paths outside homes none is more and none is less")


def inside(root: Path, *command: str) -> str:
    """Run something as root inside the root; returns what it prints."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["chroot", str(root), *command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def person(root: Path, *settings: str) -> tuple[str, ...]:
    """What to put before a command that a person runs inside the root, with almost nothing in the environment."""
    own = ("HOME=/home/person", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", *settings)
    return ("chroot", f"--userspec={PERSON}:{PERSON}", str(root), "env", "-i", "-C", "/home/person", *own)


def as_person(root: Path, *command: str) -> str:
    """Run something as a person inside the root; returns what it prints."""
    done = subprocess.run([*person(root), *command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
