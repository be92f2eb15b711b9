"""Drops and pastes in the shapes that file managers, browsers and editors give them."""

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from engine.process.requests import ImageSource
from engine.records import EngineError
from gui.pictures.mime import UNNAMED, accepts, image_sources

REMOTE = "https://example.org/pictures/cat%20one.png"


def image() -> QImage:
    result = QImage(3, 2, QImage.Format.Format_RGB32)
    result.fill(QColor("#20a0ff"))
    return result


def png() -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image().save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def mime(**parts: bytes) -> QMimeData:
    """Formats by name, with ``__`` for the slash and ``_`` for the dash."""
    result = QMimeData()
    for kind, data in parts.items():
        result.setData(kind.replace("__", "/").replace("_", "-"), data)
    return result


def with_urls(*urls: str | QUrl) -> QMimeData:
    result = QMimeData()
    result.setUrls([QUrl(url) for url in urls])
    return result


def with_text(text: str) -> QMimeData:
    result = QMimeData()
    result.setText(text)
    return result


def paths(mime_data: QMimeData) -> list[str | None]:
    return [source.path for source in image_sources(mime_data) or ()]


def test_several_files_with_spaces_and_accents() -> None:
    files = ["/tmp/a cat.png", "/tmp/Übergrößenträger.jpg", "/tmp/猫.webp"]
    dropped = with_urls(*(QUrl.fromLocalFile(file) for file in files))
    assert image_sources(dropped) == tuple(ImageSource(Path(file).name, path=file) for file in files)
    assert accepts(dropped)


def test_a_uri_list_as_it_comes_from_another_program() -> None:
    dropped = mime(text__uri_list=b"file:///tmp/a%20cat.png\r\nfile:///tmp/caf%C3%A9.png\r\n")
    assert paths(dropped) == ["/tmp/a cat.png", "/tmp/café.png"]


def test_folders_and_manifests_are_passed_on(tmp_path: Path) -> None:
    dropped = with_urls(QUrl.fromLocalFile(f"{tmp_path}/"), QUrl.fromLocalFile("/tmp/x/manifest.json"))
    assert image_sources(dropped) == (
        ImageSource(tmp_path.name, path=str(tmp_path)),
        ImageSource("manifest.json", path="/tmp/x/manifest.json"),
    )


def test_the_same_file_twice_is_one() -> None:
    dropped = mime(
        text__uri_list=b"file:///tmp/a%20b.png\r\n",
        x_special__gnome_copied_files=b"copy\nfile:///tmp/a%20b.png",
    )
    assert paths(dropped) == ["/tmp/a b.png"]


@pytest.mark.parametrize("verb", [b"copy", b"cut"])
def test_files_copied_in_a_file_manager(verb: bytes) -> None:
    assert paths(mime(x_special__gnome_copied_files=verb + b"\nfile:///tmp/a.png\nfile:///tmp/b.png")) == [
        "/tmp/a.png",
        "/tmp/b.png",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/tmp/a cat.png", ["/tmp/a cat.png"]),
        ("  /tmp/a.png\n\n/tmp/b.png\n", ["/tmp/a.png", "/tmp/b.png"]),
        ('"/tmp/a.png"', ["/tmp/a.png"]),
        ("file:///tmp/a%20b.png", ["/tmp/a b.png"]),
        ("~/a.png", [str(Path.home() / "a.png")]),
    ],
)
def test_text_that_is_a_path(text: str, expected: list[str]) -> None:
    assert paths(with_text(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "hello", "a/relative/path.png", "/tmp/a.png and more\nwords", "mailto:a@b.c", "a: b"]
)
def test_other_text_is_nothing(text: str) -> None:
    assert image_sources(with_text(text)) is None
    assert not accepts(with_text(text))


def test_nothing_at_all() -> None:
    assert image_sources(QMimeData()) is None
    assert not accepts(QMimeData())


def test_encoded_bytes_are_taken_as_they_are() -> None:
    data = png()
    assert image_sources(mime(image__png=data, image__bmp=b"BM...")) == (ImageSource(UNNAMED, data=data),)
    assert image_sources(mime(image__jpeg=b"\xff\xd8jpeg"))[0].data == b"\xff\xd8jpeg"  # type: ignore[index]


def test_encoded_bytes_come_before_the_decoded_image(qapp: QApplication) -> None:
    pasted = mime(image__png=png())
    pasted.setImageData(image())
    assert image_sources(pasted)[0].data == png()  # type: ignore[index]


def test_an_empty_format_is_passed_over(qapp: QApplication) -> None:
    pasted = mime(image__png=b"", image__jpeg=b"\xff\xd8jpeg")
    assert image_sources(pasted)[0].data == b"\xff\xd8jpeg"  # type: ignore[index]


def test_a_decoded_image_becomes_png_without_loss(qapp: QApplication) -> None:
    pasted = QMimeData()
    pasted.setImageData(image())
    assert accepts(pasted)
    (source,) = image_sources(pasted) or ()
    again = QImage.fromData(source.data or b"")
    assert again.size() == image().size()
    assert again.pixelColor(1, 1) == QColor("#20a0ff")


def test_a_browser_gives_data_and_address() -> None:
    dropped = with_urls(REMOTE)
    dropped.setData("image/png", png())
    assert image_sources(dropped) == (ImageSource("cat one.png", data=png(), url=QUrl(REMOTE).toString()),)


def test_a_file_comes_before_data() -> None:
    dropped = with_urls(QUrl.fromLocalFile("/tmp/a.png"))
    dropped.setData("image/png", png())
    assert image_sources(dropped) == (ImageSource("a.png", path="/tmp/a.png"),)


@pytest.mark.parametrize(
    "dropped",
    [
        with_urls(REMOTE),
        with_text(REMOTE),
        mime(text__x_moz_url=f"{REMOTE}\nA cat".encode("utf-16-le")),
        mime(application__x_moz_file_promise_url=REMOTE.encode("utf-16-le")),
        with_urls("blob:https://example.org/1234"),
    ],
)
def test_the_network_is_never_asked(dropped: QMimeData) -> None:
    assert accepts(dropped)  # so that the person is told why
    with pytest.raises(EngineError, match=r"does not fetch from the network; save the picture .* Received: "):
        image_sources(dropped)


def test_a_long_address_is_shortened_in_the_sentence() -> None:
    with pytest.raises(EngineError) as caught:
        image_sources(with_urls("https://example.org/" + 500 * "x"))
    assert len(str(caught.value)) < 250


def test_mozilla_gives_a_local_file() -> None:
    assert paths(mime(text__x_moz_url="file:///tmp/a%20b.png\na b.png".encode("utf-16-le"))) == ["/tmp/a b.png"]


@pytest.mark.parametrize("make", [with_text, with_urls])
def test_a_picture_inside_its_address(make) -> None:  # type: ignore[no-untyped-def]
    address = "data:image/png;base64," + base64.b64encode(png()).decode()
    assert image_sources(make(address)) == (ImageSource(UNNAMED, data=png()),)


@pytest.mark.parametrize("address", ["data:image/png;base64,###", "data:text/plain,hello", "data:image/png"])
def test_a_broken_inline_picture_is_nothing(address: str) -> None:
    assert image_sources(with_text(address)) is None


def test_local_files_among_remote_ones() -> None:
    assert paths(with_urls(REMOTE, "file:///tmp/a.png")) == ["/tmp/a.png"]
