"""The collection of licence texts."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import licences
import pytest
from packaging_scripts import ROOT


def test_our_own_come_first_and_name_who_made_them() -> None:
    own = {notice.name: notice for notice in licences.own("1.2.3")}
    assert (own["Convscope"].version, own["Convscope"].licence) == ("1.2.3", "MIT")
    assert "MIT License" in own["Convscope"].text
    assert "Simonyan" in own["Weights of VGG16"].text
    assert "Stéfan van der Walt" in own["Sample picture"].text


def test_pythons_licence_is_found() -> None:
    notice = licences.python()
    assert notice.version.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert "PSF" in notice.text or "Python Software Foundation" in notice.text


def test_every_distribution_that_the_program_needs_has_a_text() -> None:
    names = [
        line.partition("==")[0]
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    ]
    installed = {found.name.lower().replace("_", "-"): found for found in metadata.distributions()}
    notices = [licences.of_distribution(installed[name]) for name in names if name in installed]
    assert len(notices) > 30
    assert all(len(notice.text) > 200 for notice in notices)
    known = {notice.name.lower().replace("_", "-"): notice for notice in notices}
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in known["pyside6-essentials"].text
    assert "libjpeg-turbo" in known["imagecodecs"].text
    assert "Christoph Gohlke" in known["tifffile"].text
    assert "libheif" in known["pillow-heif"].text
    assert "Apache License" in next(known[name] for name in known if name.startswith("tensorflow")).text


def test_modules_lead_to_their_distributions() -> None:
    found = {distribution.name.lower() for distribution in licences.distributions({"PIL", "numpy", "os", "gui"})}
    assert found == {"pillow", "numpy"}


def test_without_a_text_there_is_no_bundle(tmp_path: Path) -> None:
    folder = tmp_path / "thing-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n", encoding="utf-8")
    (folder / "RECORD").write_text("thing-1.0.dist-info/METADATA,,\n", encoding="utf-8")
    with pytest.raises(licences.NoLicenceError, match="thing comes without"):
        licences.of_distribution(metadata.Distribution.at(folder))


def test_what_is_written_can_be_read_back(tmp_path: Path) -> None:
    from gui.dialogs import build_info

    written = [licences.Notice("A thing (Debian)", "1", "MIT", "words\n"), licences.Notice("B", "", "", "others\n")]
    licences.write(written, tmp_path)
    read = build_info.notices(tmp_path)
    assert [(notice.name, notice.version, notice.licence, notice.text()) for notice in read] == [
        ("A thing (Debian)", "1", "MIT", "words\n"),
        ("B", "", "", "others\n"),
    ]
    assert json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))[0]["file"] == "A-thing-Debian.txt"
