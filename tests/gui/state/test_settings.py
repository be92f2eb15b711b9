"""Settings come back as they were, and nothing in the file can do harm."""

from pathlib import Path
from random import Random

import pytest

from gui.state.map_export_options import ExportOptions
from gui.state.pattern_export_options import PatternExportOptions
from gui.state.settings import FORMAT, MOST_RECENT, Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


CHANGES = {
    "scheme": "dark",
    "export": ExportOptions("everything", "sheet", "magma", 4, "/tmp/Über uns, a=b", include_linear=False),
    "memory_limit": "4",
    "weights": "/tmp/my weights, ä.h5",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_value_comes_back(file: Path, name: str) -> None:
    settings = Settings(file)
    assert getattr(settings, name) != CHANGES[name]
    setattr(settings, name, CHANGES[name])
    settings.save()
    again = Settings(file)
    assert getattr(again, name) == CHANGES[name]
    assert type(getattr(again, name)) is type(CHANGES[name])
    assert again.problem == ""


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("[window]\nscheme=purple", "scheme"),
        ("[export]\noptions={not json", "export"),
        ("[export]\noptions=[1]", "export"),
    ],
)
def test_a_senseless_value_is_the_default(file: Path, line: str, name: str) -> None:
    default = getattr(Settings(file), name)
    file.write_text(line + "\n", encoding="utf-8")
    assert getattr(Settings(file), name) == default


def test_bytes_of_a_layout(file: Path) -> None:
    settings = Settings(file)
    assert settings.layout_state("geometry") == b""
    state = bytes(range(256))
    settings.set_layout_state("geometry", state)
    settings.save()
    assert Settings(file).layout_state("geometry") == state


def test_a_damaged_layout_is_none(file: Path) -> None:
    file.write_text("[layout]\ngeometry=???\n", encoding="utf-8")
    assert Settings(file).layout_state("geometry") == b""


def test_recent_files_newest_first_once_each_and_only_those_there(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    pictures = [tmp_path / f"a picture, number {number}.png" for number in range(MOST_RECENT + 3)]
    for picture in pictures:
        picture.touch()
        settings.add_recent_file(picture)
    settings.add_recent_file(str(pictures[5]))
    settings.save()
    recent = Settings(file).recent_files()
    assert len(recent) == MOST_RECENT
    assert recent[:2] == (str(pictures[5]), str(pictures[-1]))
    assert len(set(recent)) == len(recent)
    pictures[5].unlink()
    assert Settings(file).recent_files()[0] == str(pictures[-1])
    settings.clear_recent_files()
    assert settings.recent_files() == ()


def test_a_recent_file_is_kept_with_its_whole_path(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.png").touch()
    settings = Settings(file)
    settings.add_recent_file("a.png")
    assert settings.recent_files() == (str(tmp_path / "a.png"),)


@pytest.mark.parametrize("text", ["{", '"text"', "[1, null]"])
def test_damaged_recent_files_are_none(file: Path, text: str) -> None:
    settings = Settings(file)
    settings.set_text("recent/files", text)
    assert settings.recent_files() == ()


@pytest.mark.parametrize(
    "content",
    # Other noise may have a quotation mark that lets all of it pass for one value.
    [b"garbage\nmore", b"\0" * 200, Random(1).randbytes(400) + b"\nx", b"[unclosed\nscheme=dark"],
)
def test_a_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    settings = Settings(file)
    assert "start from their defaults" in settings.problem
    assert settings.scheme == "system"
    assert file.with_name("settings.damaged.ini").read_bytes() == content
    settings.scheme = "dark"
    settings.save()
    assert Settings(file).scheme == "dark"
    assert Settings(file).problem == ""


def test_the_file_of_a_later_version_is_left_alone(file: Path) -> None:
    file.write_text(f"[General]\nformat={FORMAT + 1}\n[window]\nscheme=dark\n", encoding="utf-8")
    before = file.read_bytes()
    settings = Settings(file)
    assert "later version" in settings.problem
    assert settings.scheme == "system"
    settings.scheme = "light"
    settings.add_recent_file("/tmp/a.png")
    settings.save()
    assert file.read_bytes() == before


def test_the_version_is_written(file: Path) -> None:
    settings = Settings(file)
    settings.scheme = "dark"
    settings.save()
    assert f"format={FORMAT}" in file.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "not a folder").touch()
    settings = Settings(tmp_path / "not a folder" / "settings.ini")
    assert "cannot be saved" in settings.problem
    settings.scheme = "dark"
    settings.save()
    assert settings.scheme == "dark"
    assert "make the file writable" in settings.problem


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert settings.problem
    assert settings.guide_zoom == 100


def test_two_of_them_know_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = Settings(tmp_path / "one.ini"), Settings(tmp_path / "other.ini")
    one.scheme = "dark"
    assert other.scheme == "system"
    assert one.path != other.path


@pytest.mark.parametrize("kind", [ExportOptions, PatternExportOptions])
def test_a_text_that_is_nested_too_deeply_is_senseless(kind: type[ExportOptions | PatternExportOptions]) -> None:
    """Found by fuzzing."""
    assert kind.from_text("[" * 3000) == kind()
