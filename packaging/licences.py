"""The licence texts of everything that a bundle carries: this program, Python, the packages, the system's libraries."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_TEXTS = Path(__file__).resolve().parent / "licences"
_IS_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_LONGEST_NAME = 80  # some distributions have the whole text in the field for the licence's name

_WITHOUT_TEXT = {
    "flatbuffers": ("Apache-2.0.txt",),
    "tensorflow": ("Apache-2.0.txt",),
    "tensorflow-cpu": ("Apache-2.0.txt",),
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
"""Distributions whose wheels come without the text of their licence."""

_OUTSIDE_METADATA = {
    "tensorflow": "tensorflow/THIRD_PARTY_NOTICES.txt",
    "tensorflow-cpu": "tensorflow/THIRD_PARTY_NOTICES.txt",
    "imagecodecs": "imagecodecs/licenses/*",
}
"""Notices that a distribution keeps among its modules: a file, or a pattern for those of the libraries within."""

_OWN = (
    ("Convscope", "MIT", ("LICENSE",)),
    ("Weights of VGG16", "CC-BY-4.0", ("resources/weights/PROVENANCE.md",)),
    ("Sample picture", "CC0-1.0", ("resources/samples/LICENCE.md",)),
    ("Colour maps", "CC0-1.0", ("resources/colormaps/LICENCE.md",)),
)


class NoLicenceError(Exception):
    """Something is carried whose licence text was not found."""


@dataclass(frozen=True)
class Notice:
    """One thing that a bundle carries.

    Attributes:
        name: What it is called.
        version: Its version, or "".
        licence: The licence's name, an SPDX expression where its makers give one, or "" when only the text says it.
        text: The text.
    """

    name: str
    version: str
    licence: str
    text: str


def own(version: str) -> list[Notice]:
    """What this project is itself."""
    return [
        Notice(name, version if name == "Convscope" else "", licence, _joined(ROOT / file for file in files))
        for name, licence, files in _OWN
    ]


def python() -> Notice:
    """The Python that runs the program.

    Raises:
        NoLicenceError: This Python has been installed without its licence.
    """
    version = ".".join(map(str, sys.version_info[:3]))
    short = ".".join(map(str, sys.version_info[:2]))
    prefix = Path(sys.base_prefix)
    places = (
        prefix / "lib" / f"python{short}" / "LICENSE.txt",
        prefix / "LICENSE.txt",  # Windows
        Path(f"/usr/share/doc/python{short}/copyright"),  # Debian
    )
    for place in places:
        if place.is_file():
            return Notice("Python", version, "PSF-2.0", _joined([place]))
    raise NoLicenceError(f"Python's licence is in none of {', '.join(map(str, places))}.")


def distributions(modules: Iterable[str]) -> list[metadata.Distribution]:
    """The distributions that these modules are from.

    Args:
        modules: Names of top-level modules and packages; those of Python itself may be among them.
    """
    of_module = metadata.packages_distributions()
    names = {name for module in modules for name in of_module.get(module, ())}
    return sorted((metadata.distribution(name) for name in names), key=lambda found: found.name.lower())


def of_distribution(distribution: metadata.Distribution) -> Notice:
    """The notice of a distribution.

    Raises:
        NoLicenceError: There is no text.
    """
    name = re.sub(r"[-_.]+", "-", distribution.name).lower()
    files = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or ()
        if ".dist-info" in file.parts[0] and _IS_LICENCE.search(file.name)
    ]
    files += [_TEXTS / file for file in _WITHOUT_TEXT.get(name, ()) if not files]
    if name in _OUTSIDE_METADATA:
        files += sorted(Path(str(distribution.locate_file(""))).glob(_OUTSIDE_METADATA[name]))
    if not files:
        raise NoLicenceError(f"{distribution.name} comes without the text of its licence; name one in {__file__}.")
    return Notice(distribution.name, distribution.version, _licence_name(distribution), _joined(files))


def of_system_libraries(libraries: Iterable[Path]) -> list[Notice]:
    """The notices of the Debian packages that these libraries were taken from; none on other systems."""
    if shutil.which("dpkg-query") is None:
        return []
    packages = sorted({package for library in libraries for package in _packages_with(library)})
    notices = []
    for package in packages:
        text = Path("/usr/share/doc") / package / "copyright"
        if not text.is_file():
            raise NoLicenceError(f"{text} is missing.")
        version = _query("-W", "-f", "${Version}\n", package).split("\n", 1)[0]
        notices.append(Notice(f"{package} (Debian)", version, "", _joined([text])))
    return notices


def write(notices: Sequence[Notice], folder: Path) -> None:
    """Write one text for each, and ``index.json`` with names, versions, licences and files in that order."""
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for notice in notices:
        file = re.sub(r"[^A-Za-z0-9.+-]+", "-", notice.name).strip("-") + ".txt"
        (folder / file).write_text(notice.text, encoding="utf-8")
        entry = asdict(notice)
        del entry["text"]
        index.append(entry | {"file": file})
    (folder / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _packages_with(library: Path) -> list[str]:
    """The packages of a file; since Debian merged /lib into /usr/lib, dpkg may know it by either path."""
    real = library.resolve()
    for place in (real, Path(str(real).removeprefix("/usr"))):
        found = _query("-S", str(place))
        if found:
            return [part.strip().split(":")[0] for part in found.splitlines()[0].rpartition(": ")[0].split(",")]
    return []


def _query(*arguments: str) -> str:
    done = subprocess.run(["dpkg-query", *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _licence_name(distribution: metadata.Distribution) -> str:
    fields = distribution.metadata
    for field in ("License-Expression", "License"):
        value = str(fields[field]).strip() if field in fields else ""
        if value and "\n" not in value and len(value) < _LONGEST_NAME:
            return value
    classifiers = (str(value) for value in fields.get_all("Classifier") or ())
    return ", ".join(value.rpartition(" :: ")[2] for value in classifiers if value.startswith("License :: "))


def _joined(files: Iterable[Path]) -> str:
    return "\n\n".join(file.read_text(encoding="utf-8", errors="replace").strip() for file in files) + "\n"
