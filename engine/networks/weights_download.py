"""Downloads Keras's own VGG16 weights, when a person asks for it."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any

from engine.files.fsync import sync_descriptor
from engine.files.lock_files import doomed
from engine.files.regular_file import reason, shown
from engine.networks.weights_format import MAX_BYTES, WeightsError
from engine.records import Progress, WeightsFile
from engine.units import bytes_text

_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"

KERAS_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/{_FILE}"
"""Where Keras itself fetches VGG16's weights without the top."""

KERAS_MD5 = "6d6bbae143d832006294945121d1f1fc"
"""Of that file, as `keras.applications.vgg16` states it. Keras publishes no stronger digest."""

_BLOCK = 2**18
_SECONDS_OF_SILENCE = 15.0
_RETRY = "check the connection and try again"


def keras_cache_path() -> Path:
    """Where Keras keeps the file: below ``KERAS_HOME``, or below ``~/.keras``."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "models" / _FILE


def download(
    target: Path | None = None,
    *,
    url: str = KERAS_URL,
    md5: str = KERAS_MD5,
    cancel: threading.Event | None = None,
) -> Generator[Progress, None, WeightsFile | None]:
    """Download a weights file, a block at a time; each yield is a place to cancel.

    The bytes go to a temporary file beside the target, which takes the target's name once its digest is right.
    Cancelling, closing the generator and every error remove it.

    Args:
        target: Where to put it; Keras's own cache when None, so that Keras finds it too.
        url: Where it is.
        md5: Hex digest that it must have.
        cancel: Looked at before each block.

    Yields:
        Bytes received, and bytes in all, 0 while unknown.

    Returns:
        The file; None when it was cancelled.

    Raises:
        WeightsError: The connection, the file or the disk failed; the sentence says how.
    """
    target = target or keras_cache_path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".part")
    except OSError as error:
        raise WeightsError(
            f"{shown(str(target))} cannot be written ({reason(error)}); choose another folder."
        ) from error
    with doomed(Path(partial)):
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            digest = yield from _fetch(url, md5, file, cancel)
            _sync(file)
        if digest is None:
            return None
        _place(partial, target)
        return WeightsFile(str(target), digest, "downloaded", known=md5 == KERAS_MD5)


def _fetch(
    url: str, md5: str, file: IO[bytes], cancel: threading.Event | None
) -> Generator[Progress, None, str | None]:
    """Copy the body into the file; the sha256 of what came, or None when it was cancelled."""
    sums = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with _connect(url) as response:
        total = _length(response)
        done = 0
        while not (cancel is not None and cancel.is_set()):
            yield Progress(done, total, "Downloading VGG16's weights")
            block = _next_block(response)
            if not block:
                break
            done += len(block)
            if done > MAX_BYTES:
                raise WeightsError(f"The server sends more than {bytes_text(MAX_BYTES)}; try again later.")
            for each in sums:
                each.update(block)
            _write(file, block)
        else:
            return None
    if total and done < total:
        raise WeightsError(f"The download ended after {done:,} of {total:,} bytes; {_RETRY}.")
    if sums[1].hexdigest() != md5:
        raise WeightsError(
            f"The downloaded file is not the one expected (its md5 is {sums[1].hexdigest()}); try again."
        )
    return sums[0].hexdigest()


def _connect(url: str) -> Any:
    request = urllib.request.Request(url, headers={"User-Agent": "Convscope"})
    try:
        return urllib.request.urlopen(request, timeout=_SECONDS_OF_SILENCE)
    except urllib.error.HTTPError as error:
        with error:
            raise WeightsError(f"The server answered {error.code} for {url}; {_RETRY} later.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = getattr(error, "reason", None)
        why = reason(cause if isinstance(cause, BaseException) else error)
        raise WeightsError(f"There is no connection to {url} ({why}); {_RETRY}.") from error


def _length(response: Any) -> int:
    stated = response.headers.get("Content-Length", "")
    return int(stated) if stated.isdecimal() else 0


def _next_block(response: Any) -> bytes:
    try:
        block: bytes = response.read1(_BLOCK)  # what has come, without waiting for a full block
    except (OSError, http.client.HTTPException) as error:
        raise WeightsError(f"The connection broke during the download ({reason(error)}); {_RETRY}.") from error
    return block


def _write(file: IO[bytes], block: bytes) -> None:
    try:
        file.write(block)
        file.flush()  # a full disk must show here, not when the file is closed
    except OSError as error:
        raise WeightsError(f"The download cannot be saved ({reason(error)}); make room on the disk.") from error


def _sync(file: IO[bytes]) -> None:
    try:
        sync_descriptor(file.fileno())
    except OSError as error:
        raise WeightsError(f"The download cannot be saved ({reason(error)}); make room on the disk.") from error


def _place(partial: str, target: Path) -> None:
    try:
        Path(partial).replace(target)
    except OSError as error:
        raise WeightsError(
            f"{shown(str(target))} cannot be written ({reason(error)}); choose another folder."
        ) from error
