"""What people on Linux install, made from the finished bundle: a .deb for Debian and Ubuntu, and a portable archive."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import build_info
import icons

ROOT = Path(__file__).resolve().parents[1]
BUILD, DIST = ROOT / "build", ROOT / "dist"
HERE = Path(__file__).resolve().parent / "linux"
METAINFO = "io.github.convscope.convscope.metainfo.xml"

_HOME = "usr/lib/convscope"
_OPTIONAL = ("libqgtk3.so", "wayland")
"""Plugins that are carried, but whose libraries a machine without that desktop need not have."""

_LINKED = ("PySide6", "shiboken6", "python3", "libpython")
"""Where the files are that need more of the system than the C library; to ask about TensorFlow too takes minutes."""

_CONTROL = """\
Package: convscope
Version: {version}
Architecture: {architecture}
Maintainer: The Convscope authors <convscope@users.noreply.github.com>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: libwayland-client0, libwayland-cursor0, shared-mime-info
Suggests: libgtk-3-0
Section: science
Priority: optional
Description: see what every channel of a convolutional network makes of a picture
 Convscope is a microscope for VGG16. Drop a picture on its window and look at
 the feature map of every channel of every layer, before and after ReLU, down
 to single values. Beside each map stands a filter pattern: a picture that the
 channel responds to strongly, formed by gradient ascent while you watch.
 .
 The package carries the weights of the network, Python, Qt and TensorFlow, and
 needs neither an internet connection nor a graphics card.
"""


def deb() -> str:
    """Build the Debian package; returns where it is and how large."""
    root = BUILD / "deb"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(DIST / "Convscope", root / _HOME, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/convscope").symlink_to("../lib/convscope/convscope")
    icons.write_hicolor(root / "usr/share/icons/hicolor")
    _fill_in(METAINFO, root / "usr/share/metainfo" / METAINFO)
    _fill_in("convscope.desktop", root / "usr/share/applications/convscope.desktop")
    _fill_in("convscope.1", root / "usr/share/man/man1/convscope.1")
    _fill_in("copyright", root / "usr/share/doc/convscope/copyright")
    _fill_in("changelog", root / "usr/share/doc/convscope/changelog")
    _fill_in("lintian-overrides", root / "usr/share/lintian/overrides/convscope")
    _zip(root / "usr/share/man/man1/convscope.1")
    _zip(root / "usr/share/doc/convscope/changelog")
    _set_modes(root)
    _write_control(root)
    version, architecture = build_info.version(), _architecture()
    package = DIST / f"convscope_{version}_{architecture}.deb"
    # Higher levels take several times as long for a tenth of the size: most of it is TensorFlow's machine code.
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(root), str(package)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": _seconds()})
    shutil.rmtree(root)
    return _described(package)


def archive() -> str:
    """Build the portable archive, which is unpacked anywhere; returns where it is and how large."""
    name = f"convscope-{build_info.version()}-linux-{os.uname().machine}"
    target = DIST / f"{name}.tar.xz"
    (BUILD / "generated").mkdir(parents=True, exist_ok=True)
    _fill_in("README.txt", BUILD / "generated" / "README.txt")

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = int(_seconds())
        return entry

    # `xz` uses all processors, which Python's own compression does not.
    with target.open("wb") as output, subprocess.Popen(["xz", "-T0", "-1"], stdin=subprocess.PIPE, stdout=output) as xz:
        with tarfile.open(fileobj=xz.stdin, mode="w|") as packed:
            packed.add(BUILD / "generated" / "README.txt", f"{name}/README.txt", filter=plain)
            packed.add(ROOT / "LICENSE", f"{name}/LICENSE", filter=plain)
            packed.add(DIST / "Convscope", name, filter=plain)
        assert xz.stdin is not None
        xz.stdin.close()
    if xz.returncode:
        raise OSError(f"xz ended with {xz.returncode}; is the disk full?")
    return _described(target)


def _fill_in(name: str, target: Path) -> None:
    date = build_info.release_date()
    day = time.strftime("%a, %d %b %Y 00:00:00 +0000", time.strptime(date, "%Y-%m-%d"))
    words = {"VERSION": build_info.version(), "DATE": date, "YEAR": date[:4], "DAY": day}
    words["GLIBC"] = (os.confstr("CS_GNU_LIBC_VERSION") or "").rpartition(" ")[2]
    text = (HERE / name).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def _zip(file: Path) -> None:
    file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
    file.unlink()


def _set_modes(root: Path) -> None:
    """Everybody may read everything, and only the program itself is to be executed."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            executable = path.is_dir() or path == root / _HOME / "convscope"
            path.chmod(0o755 if executable else 0o644)


def _write_control(root: Path) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    text = _CONTROL.format(
        version=build_info.version(),
        architecture=_architecture(),
        kilobytes=sum(file.stat().st_size for file in files) // 1024,
        depends=_depends(root),
    )
    sums = [f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(root)}\n" for file in files]
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(text, encoding="utf-8")
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")
    for path in (control, *control.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _depends(root: Path) -> str:
    """The packages of the system's libraries that the bundle is linked to, in the versions that it needs."""
    inside = root / _HOME / "_internal"
    files = [path for path in sorted(inside.rglob("*")) if path.is_file() and not path.is_symlink() and _is_elf(path)]
    linked = [path for path in files if str(path.relative_to(inside)).startswith(_LINKED)]
    needed = [path for path in linked if not any(word in str(path).lower() for word in _OPTIONAL)]
    index = json.loads((inside / "resources/licences/index.json").read_text(encoding="utf-8"))
    carried = [entry["name"].removesuffix(" (Debian)") for entry in index if entry["name"].endswith(" (Debian)")]
    scratch = BUILD / "shlibdeps"
    (scratch / "debian").mkdir(parents=True, exist_ok=True)
    (scratch / "debian" / "control").write_text("Source: convscope\n\nPackage: convscope\nArchitecture: any\n")
    folders = sorted({inside, *(path.parent for path in linked)})
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0", f"-S{root}"]
    command += [f"-x{package}" for package in carried]
    command += [f"-l{folder}" for folder in folders]
    command += [f"-e{path}" for path in [root / _HOME / "convscope", *needed]]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"dpkg-shlibdeps does not know what the bundle needs: {done.stderr.strip()[-2000:]}")
    return done.stdout.partition("shlibs:Depends=")[2].strip()


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def _seconds() -> str:
    """The time that files get, so that the same bundle gives the same package."""
    return str(int(time.mktime(time.strptime(build_info.release_date() + " UTC", "%Y-%m-%d %Z"))))


def _described(file: Path) -> str:
    return f"{file.relative_to(ROOT)}, {file.stat().st_size / 1e6:.0f} MB"
