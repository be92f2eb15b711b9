"""Pillow on untrusted files: which formats, which frame, a time limit, one sentence when it fails."""

from __future__ import annotations

import functools
import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from PIL import Image

from engine.files.regular_file import shown
from engine.formats import heic
from engine.formats.foreign import bytes_missing, foreign_kind, is_heif
from engine.formats.frames import check_frame
from engine.formats.names import PLUGINS, formats
from engine.formats.timed_bytes import TimedBytes, TooSlowError
from engine.pictures import levels as levels_
from engine.pictures.file_bytes import is_text
from engine.pixels.colour_facts import without_bad_profile
from engine.pixels.raster import Raster
from engine.records import EngineError, Levels

MAX_SECONDS = 3.0
"""Processor time after which a decoder gets no more bytes."""

MAX_COUNTING_SECONDS = 1.0
"""Processor time after which the frames counted so far are all there are."""

_PREFIX_BYTES = 16  # what Pillow shows to a plugin first
_UNBOUNDED_CODECS = ("fits_gzip",)  # unpacks as much as there is
_COUNTED_FORMATS = ("GIF",)  # their headers do not say how many frames follow
_COLOUR_FACTS = ("gamma", "chromaticity", "srgb")  # what a PNG says of its colours, for `engine.pixels.colour_facts`

# Without a handler, logging writes their messages to stderr. They still reach whatever handlers the program sets up.
for _library in ("PIL", "tifffile", "imagecodecs"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# `warnings.catch_warnings` changes the whole process: two threads in it at once could each keep the other's filters.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Decoded:
    """A picture as it was decoded.

    Attributes:
        image: The image, loaded, in a mode of 8 bits.
        frames: How many frames or pages the file has.
        notes: What was done on the way that a person might want to know.
        levels: Which of its values are black and white, when the file has more than 8 bits.
        plain: Whether Pillow alone, told nothing, gives the same image.
    """

    image: Image.Image
    frames: int
    notes: tuple[str, ...]
    levels: Levels | None = None
    plain: bool = False


@contextmanager
def decoded(data: bytes, name: str, frame: int, levels: tuple[float, float] | None = None) -> Iterator[Decoded]:
    """Decode one frame of a picture, for as long as the ``with`` block lasts.

    Args:
        data: The bytes of the file.
        name: What to call it in a sentence.
        frame: Which frame or page, from 0.
        levels: The values of a deep picture that become black and white; those that suit it when None.

    Raises:
        EngineError: It is not a picture, not a whole one, too large or too slow to decode, or has no such frame. Any
            other exception of the ``with`` block becomes one too: converting can fail on what a damaged file left.
    """
    name = shown(name)
    foreign = foreign_kind(data)
    if foreign is not None:
        raise EngineError(f"{name} is {foreign.kind}, which is not opened; {foreign.advice}.")
    with watched(without_bad_profile(data), name) as file:
        yield from _decoded(file, name, frame, levels)


def _decoded(file: TimedBytes, name: str, frame: int, levels: tuple[float, float] | None) -> Iterator[Decoded]:
    """The one picture that is wanted: by our own readers, by Pillow, or by both."""
    from engine.formats import own_decoders  # only opening a picture needs it and what it brings in

    found = own_decoders.read(file, name, frame)
    if found is not None and found.raster is not None:
        done = _shown(found.raster, found.frames, frame, (), levels)
        del found  # up to 320 MB, while somebody else goes on with the picture
        yield done
        return
    file = found.file if found and found.file else file
    with _identified(file, name) as image:
        yield _load(image, file, name, frame, found.frames if found else None, levels)


def _shown(
    raster: Raster, frames: int, frame: int, notes: tuple[str, ...], levels: tuple[float, float] | None
) -> Decoded:
    image, used, more = levels_.to_image(raster, levels)
    return Decoded(image, frames, (*notes, *_frame_note(frame, frames), *more), used)


@contextmanager
def watched(data: bytes, name: str) -> Iterator[TimedBytes]:
    """A file for Pillow to read within its time, in one thread at once and without warnings.

    Args:
        data: The bytes of the file.
        name: What to call it in a sentence, as `shown` gives it.

    Raises:
        EngineError: Any other exception of the ``with`` block, in a sentence.
    """
    _silence_libtiff()
    file = TimedBytes(data, MAX_SECONDS)
    with _one_at_a_time, _quiet():
        try:
            yield file
        except EngineError:
            raise
        except Exception as error:
            raise _sentence(error, file, name) from error
    if file.stopped:  # some plugins take that for the end of the file, and give half a picture
        raise _too_slow(name)


@functools.cache
def _silence_libtiff() -> None:
    """Keep libtiff from writing to stderr what is wrong with a file; Pillow leaves its error handler on.

    Where libtiff's names cannot be reached (Windows links it statically), its lines stay.
    """
    import ctypes

    from PIL import _imaging

    with suppress(OSError, AttributeError):
        ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Pictures inside icons may be larger than the icon's header says, and Pillow alone sees their size.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _identified(file: io.BytesIO, name: str) -> Image.Image:
    """The picture, opened but not loaded.

    `Image.open` refuses by its own pixel limit, one for the whole process and below what a JPEG may have here, so the
    plugins are asked directly.
    """
    data = file.getvalue()
    if is_heif(data):
        return heic.opened(file, data, name)
    prefix = data[:_PREFIX_BYTES].ljust(_PREFIX_BYTES, b"\0")
    damaged: str | None = None
    for format_name in formats():
        factory, accept = Image.OPEN[format_name]
        answer = accept is None or accept(prefix)
        if not answer or isinstance(answer, str):  # a plugin whose library is missing answers with a message
            continue
        file.seek(0)
        try:
            return factory(file, "")
        except (TooSlowError, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise
        except Exception:  # noqa: BLE001 - plugins raise whatever a damaged header leads to, also when the file is another's
            if accept is not None:
                damaged = damaged or format_name
    raise EngineError(_unidentified(data, name, damaged))


def _unidentified(data: bytes, name: str, damaged: str | None) -> str:
    if (missing := bytes_missing(data)) > 0:
        whole = len(data) + missing
        return f"{name} is cut off: the last {missing:,} of its {whole:,} bytes are missing; open an intact copy of it."
    if damaged is not None:
        article = "an" if damaged.startswith(("A", "I", "X")) else "a"
        return (
            f"{name} begins like {article} {damaged} picture but is damaged or of an unusual kind; "
            "save it anew as PNG or JPEG."
        )
    bytes_ = "1 byte" if len(data) == 1 else f"{len(data):,} bytes"
    kind = "a text file" if is_text(data) else f"{bytes_} of no known kind of picture"
    return f"{name} is {kind}; choose a picture such as PNG, JPEG, TIFF or WebP."


def _load(
    image: Image.Image,
    file: TimedBytes,
    name: str,
    frame: int,
    pages: int | None,
    levels: tuple[float, float] | None,
) -> Decoded:
    """The wanted frame of a picture that Pillow has opened; of ``pages``, when the image is that page already."""
    from engine.formats import deep as deep_formats
    from engine.pixels import limits as picture_limits

    data = file.getvalue()
    # Frames that can be reached by themselves may each have a size of their own, so that of the first says nothing.
    by_itself = pages is not None or picture_limits.is_random_access(image)
    note = "" if by_itself else picture_limits.fit_into_memory(image, data, name)
    frames = pages or _count_frames(image, data)
    check_frame(frame, frames, name)
    if frames > 1 and not by_itself:
        picture_limits.check_animated(image, name)
    if frame and pages is None:
        picture_limits.check_skipped(image, frame, name)
        heic.go_to(image, frame) if image.format == heic.FORMAT else image.seek(frame)
    if frame or by_itself:
        note = picture_limits.fit_into_memory(image, data, name)
    cut, raster, opened = "", deep_formats.read(image, data, name), image
    if raster is None:
        image, cut = _loaded(image, file, name, frame)
        picture_limits.check_size(image.size, picture_limits.MAX_PIXELS, name)
        raster = deep_formats.of_image(image)
    notes = tuple(filter(None, (note, cut)))
    if raster is None:
        plain = not notes and image.format != heic.FORMAT
        said = (*notes, *_frame_note(frame, frames), *deep_formats.note_of_depth(image, data))
        return Decoded(image, frames, said, plain=plain)
    image.close()
    done = _shown(raster, frames, frame, notes, levels)
    done.image.format = opened.format
    done.image.info.update({key: opened.info[key] for key in _COLOUR_FACTS if key in opened.info})
    return done


def _frame_note(frame: int, frames: int) -> tuple[str, ...]:
    return (f"frame {frame + 1} of {frames}",) if frames > 1 else ()


def _loaded(image: Image.Image, file: TimedBytes, name: str, frame: int) -> tuple[Image.Image, str]:
    """The picture with its pixels, and a note when its file ends too early for all of them."""
    if image.format == heic.FORMAT:
        return image, heic.load(image, name)
    from engine.formats import cut_off
    from engine.pixels import limits as picture_limits

    def reopen(changed: bytes) -> Image.Image:
        again = Image.OPEN[PLUGINS.get(image.format or "", image.format or "")][0](file.again(changed), "")
        picture_limits.fit_into_memory(again, changed, name)
        return again

    try:
        image.load()
    except OSError as error:
        found = cut_off.rescued(reopen, image, file.getvalue(), name) if cut_off.is_cut(error) and not frame else None
        if found is None:
            raise
        return found
    if not frame and cut_off.ends_in_grey(image):
        return cut_off.completed(reopen, file.getvalue(), name) or (image, "")
    return image, ""


def check_codecs(image: Image.Image, name: str) -> None:
    """Raise an `EngineError` when a picture, not loaded yet, would be unpacked without a limit."""
    if any(tile[0] in _UNBOUNDED_CODECS for tile in getattr(image, "tile", ())):
        raise EngineError(f"{name} is a FITS picture packed with gzip, which is not opened; save it unpacked.")


def _count_frames(image: Image.Image, data: bytes) -> int:
    if image.format not in _COUNTED_FORMATS:
        return max(1, getattr(image, "n_frames", 1))
    # On a second image, because counting moves to the last frame and may fail on the way.
    other = image
    try:
        other = Image.OPEN[image.format][0](TimedBytes(data, MAX_COUNTING_SECONDS), "")
        return int(getattr(other, "n_frames", 1))
    except Exception:  # noqa: BLE001 - the frames before the damage can still be opened
        return other.tell() + 1


def _sentence(error: Exception, file: TimedBytes, name: str) -> EngineError:
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return EngineError(f"{name} has more pixels than are opened in this format; make it smaller first.")
    if isinstance(error, MemoryError):
        return EngineError(f"There is not enough memory to open {name}; make the picture smaller first.")
    if isinstance(error, ImportError):
        return EngineError(f"What opens {name} is missing ({error}); install Convscope's dependencies again.")
    if file.stopped:
        return _too_slow(name)
    return EngineError(f"{name} is a damaged or incomplete picture; open an intact copy of it.")


def _too_slow(name: str) -> EngineError:
    return EngineError(f"{name} takes too long to decode; open it elsewhere and save it as PNG or JPEG.")
