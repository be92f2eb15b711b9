"""What was dropped or pasted: one function for both, from whatever a file manager, a browser or an editor offers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage

from engine.process.requests import ImageSource
from engine.records import EngineError

UNNAMED = "pasted picture"
"""What a picture is called that came without a name."""

_GNOME_FILES = "x-special/gnome-copied-files"
_MOZILLA_URLS = ("text/x-moz-url-data", "text/x-moz-url", "application/x-moz-file-promise-url")
_IMAGE_FORMATS = ("image/png", "image/webp", "image/avif", "image/tiff", "image/jpeg", "image/gif", "image/bmp")
"""Encoded pictures in the order we like them: the ones first that a program offers when it has the original."""

_REMOTE = frozenset({"http", "https", "ftp", "blob"})


def accepts(mime: QMimeData) -> bool:
    """Whether `image_sources` has something to say about it: sources, or the reason why not.

    Quick enough for every move of the mouse during a drag: no picture is fetched from the other program.
    """
    return mime.hasImage() or _image_format(mime) is not None or bool(_urls(mime))


def image_sources(mime: QMimeData) -> tuple[ImageSource, ...] | None:
    """The pictures in a drop or on the clipboard.

    Local files come first, then image data (bytes as they were offered rather than encoded anew), for browsers offer
    the data of a picture together with its address.

    Returns:
        One source for each file, or one for the image data, or None when there is nothing of the kind.

    Raises:
        EngineError: Only an address on the network was offered.
    """
    urls = _urls(mime)
    files = tuple(dict.fromkeys(_local_path(url) for url in urls if url.isLocalFile() and url.path()))
    if files:
        return tuple(ImageSource(name=Path(file).name or file, path=file) for file in files)
    remote = next((url for url in urls if url.scheme() in _REMOTE), None)
    data = _image_data(mime) or _inline_data(urls)
    if data:
        return (ImageSource(_name(remote), data=data, url=remote.toString() if remote else None),)
    if remote is not None:
        raise EngineError(
            f"Convscope does not fetch from the network; save the picture or drag the picture itself. "
            f"Received: {_shortened(remote.toString())}"
        )
    return None


def _urls(mime: QMimeData) -> list[QUrl]:
    """Every address on offer, those of files and those of the network."""
    found = list(mime.urls())
    found += [QUrl(line) for line in _text(mime, _GNOME_FILES, "utf-8").splitlines()[1:]]  # the first says cut or copy
    for kind in _MOZILLA_URLS:
        found += [QUrl(line) for line in _text(mime, kind, "utf-16-le").splitlines()[:1]]  # the second is a title
    if not found and mime.hasText():
        found = _urls_in_text(mime.text())
    return [url for url in found if url.isValid() and url.scheme()]


def _urls_in_text(text: str) -> list[QUrl]:
    """The addresses in a text that has one in every line that is not empty; otherwise none."""
    found: list[QUrl] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        url = _url_of(line.strip('"'))
        if url is None:
            return []
        found.append(url)
    return found


def _url_of(line: str) -> QUrl | None:
    scheme = line.partition(":")[0].lower()
    if scheme in _REMOTE or scheme in ("file", "data"):
        url = QUrl(line)
        return url if url.isValid() else None
    path = Path(line).expanduser() if line.startswith("~/") else Path(line)
    return QUrl.fromLocalFile(str(path)) if path.is_absolute() else None


def _text(mime: QMimeData, kind: str, encoding: str) -> str:
    if not mime.hasFormat(kind):
        return ""
    return bytes(mime.data(kind).data()).decode(encoding, errors="replace").strip("\0\ufeff")


def _local_path(url: QUrl) -> str:
    return str(Path(url.toLocalFile()))


def _image_format(mime: QMimeData) -> str | None:
    """The encoded picture to take, if one is offered."""
    return next((kind for kind in _IMAGE_FORMATS if mime.hasFormat(kind)), None)


def _image_data(mime: QMimeData) -> bytes:
    for data in _encoded(mime):
        if data:
            return data
    return b""


def _encoded(mime: QMimeData) -> Iterator[bytes]:
    for kind in _IMAGE_FORMATS:
        if mime.hasFormat(kind):
            yield bytes(mime.data(kind).data())
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        yield _png(image)


def _png(image: QImage) -> bytes:
    encoded = QByteArray()
    buffer = QBuffer(encoded)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know bytes only
    return bytes(encoded.data())


def _inline_data(urls: list[QUrl]) -> bytes:
    """The picture inside the first ``data:`` address that has one (RFC 2397)."""
    for url in urls:
        head, comma, body = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(",")
        if head.startswith("data:image/") and comma:
            raw = unquote_to_bytes(body)
            try:
                return base64.b64decode(raw, validate=True) if head.endswith(";base64") else raw
            except binascii.Error:
                continue
    return b""


def _name(url: QUrl | None) -> str:
    return (PurePosixPath(url.path()).name if url is not None else "") or UNNAMED


def _shortened(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
