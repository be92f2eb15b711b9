"""What the desktop reads about the program: the desktop entry, the metainfo, the man page, the icons."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import build_info
import icons
import pytest
from packaging_scripts import FOLDER, ROOT
from PIL import Image

import engine
from engine import images
from engine.cli import commands as cli

LINUX = FOLDER / "linux"
METAINFO = LINUX / "io.github.convscope.convscope.metainfo.xml"

ALIASES = {
    "image/apng": "image/png",
    "image/fits": "",
    "image/qoi": "",
    "image/vnd.microsoft.icon": "image/x-icon",
    "image/vnd.zbrush.pcx": "image/x-pcx",
    "image/x-dds": "",
    "image/x-icns": "image/icns",
    "image/x-portable-bitmap": "image/x-portable-anymap",
    "image/x-portable-graymap": "image/x-portable-anymap",
    "image/x-portable-pixmap": "image/x-portable-anymap",
    "image/x-sgi": "image/sgi",
    "image/x-xbitmap": "image/xbm",
    "image/x-xpixmap": "image/xpm",
}
"""What desktops call a type, and what Pillow calls it; "" where Pillow reads it but has no name for it."""


@pytest.fixture(scope="module")
def entry() -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(LINUX / "convscope.desktop", encoding="utf-8")
    return dict(parser["Desktop Entry"])


def test_the_entry_starts_the_program_with_files(entry: dict[str, str]) -> None:
    assert entry["Type"] == "Application"
    assert entry["Exec"] == "convscope %F"
    assert entry["Icon"] == "convscope"
    assert entry["Terminal"] == "false"


def test_every_type_of_the_entry_is_one_that_is_opened(entry: dict[str, str]) -> None:
    types = entry["MimeType"].rstrip(";").split(";")
    assert len(types) == len(set(types)) > 20
    opened = set(images.supported_mime_types())
    assert {ALIASES.get(name, name) for name in types} - {""} <= opened
    suffixes = set(images.supported_extensions())
    assert {f".{name.rpartition('x-')[2].rpartition('/')[2]}" for name in types if ALIASES.get(name) == ""} <= suffixes


def test_every_type_that_is_opened_is_in_the_entry(entry: dict[str, str]) -> None:
    types = {ALIASES.get(name, name) for name in entry["MimeType"].rstrip(";").split(";")}
    assert set(images.supported_mime_types()) <= types


def test_metainfo_belongs_to_the_entry() -> None:
    root = ElementTree.parse(METAINFO).getroot()
    assert root.findtext("id") == METAINFO.name.removesuffix(".metainfo.xml")
    assert root.findtext("launchable") == "convscope.desktop"
    assert root.findtext("provides/binary") == "convscope"
    release = root.find("releases/release")
    assert release is not None
    assert release.attrib == {"version": "@VERSION@", "date": "@DATE@"}


def test_the_man_page_names_every_subcommand() -> None:
    page = (LINUX / "convscope.1").read_text(encoding="utf-8").replace("\\-", "-")
    for command in cli.SUBCOMMANDS:
        assert f".B {command}\n" in page
    for option in ("--layer", "--channels", "--out", "--force", "--weights", "--version", "--help"):
        assert option in page


def test_the_version_is_that_of_the_engine() -> None:
    assert build_info.version() == engine.__version__
    for file in ("convscope.1", METAINFO.name, "changelog", "README.txt"):
        text = (LINUX / file).read_text(encoding="utf-8")
        assert "@VERSION@" in text
        assert engine.__version__ not in text
    assert engine.__version__ not in (FOLDER / "windows" / "convscope.iss").read_text(encoding="utf-8")
    assert engine.__version__ not in (FOLDER / "convscope.spec").read_text(encoding="utf-8")


def test_no_list_of_packages_names_a_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-build.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        requirements = text.replace("\\\n", "").splitlines()
        assert all("--hash=sha256:" in line for line in requirements)


def test_the_build_uses_the_versions_that_are_tested() -> None:
    lists = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "requirements-build.txt")]
    tested, built = ({line.split()[0] for line in text.splitlines() if "==" in line} for text in lists)
    assert tested <= built


def test_icons_have_their_sizes(tmp_path: Path) -> None:
    icons.write_hicolor(tmp_path / "hicolor")
    for side in icons.HICOLOR_SIDES:
        with Image.open(tmp_path / "hicolor" / f"{side}x{side}" / "apps" / "convscope.png") as icon:
            assert (icon.size, icon.mode) == ((side, side), "RGBA")
            assert icon.getchannel("A").getextrema() == (0, 255)
    icons.write_ico(tmp_path / "convscope.ico")
    with Image.open(tmp_path / "convscope.ico") as icon:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= icon.info["sizes"]
    icons.write_icns(tmp_path / "convscope.icns")
    with Image.open(tmp_path / "convscope.icns") as icon:
        assert {(512, 512, 2), (128, 128, 1), (16, 16, 2)} <= set(icon.info["sizes"])


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-validate is not installed")
def test_the_desktop_accepts_the_entry() -> None:
    checked = subprocess.run(
        ["desktop-file-validate", LINUX / "convscope.desktop"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.skipif(not shutil.which("appstreamcli"), reason="appstreamcli is not installed")
def test_appstream_accepts_the_metainfo(tmp_path: Path) -> None:
    text = METAINFO.read_text(encoding="utf-8").replace("@VERSION@", engine.__version__).replace("@DATE@", "2026-01-01")
    (tmp_path / METAINFO.name).write_text(text, encoding="utf-8")
    checked = subprocess.run(
        ["appstreamcli", "validate", "--no-net", "--no-color", tmp_path / METAINFO.name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
