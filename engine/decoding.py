"""Pillow, used on files that nobody vouches for: which formats, which frame, how long, one sentence when it fails."""

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

from engine import levels as levels_
from engine.picture_file import foreign_kind, is_text
from engine.picture_frames import check_frame
from engine.raster import Raster
from engine.records import EngineError, Levels
from engine.regular_file import shown
from engine.timed_bytes import TimedBytes, TooSlowError

MAX_SECONDS = 3.0
"""Processor time after which a decoder gets no more bytes."""

MAX_COUNTING_SECONDS = 1.0
"""Processor time after which the frames counted so far are all there are."""

# In this order: formats with a signature first, so that one without (TGA) never takes another's file. Left out, for
# good: EPS and WMF (Ghostscript, Windows), BUFR, GRIB, HDF5 and MPEG (recognised but not read), IPTC (opens what is
# inside it with every plugin), FPX and MIC (compound documents).
_FORMATS = (
    *(
        "PNG",
        "JPEG",
        "GIF",
        "WEBP",
        "TIFF",
        "BMP",
        "AVIF",
        "JPEG2000",
        "PPM",
        "ICO",
        "CUR",
        "ICNS",
        "PSD",
        "QOI",
        "DDS",
    ),
    *("DIB", "SGI", "SUN", "PCX", "DCX", "FLI", "XPM", "XBM", "BLP", "FTEX", "FITS", "MSP", "PIXAR", "XVTHUMB", "IM"),
    *("GBR", "PCD", "MCIDAS", "SPIDER", "IMT", "TGA"),
)
_EXTENSION_ONLY = ("MPO",)  # opened by the JPEG plugin
_PREFIX_BYTES = 16  # what Pillow shows to a plugin first
_COUNTED_FORMATS = ("GIF",)  # their headers do not say how many frames follow

# Without a handler, logging writes their messages to stderr. They still reach whatever handlers the program sets up.
for _library in ("PIL", "tifffile", "imagecodecs"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# `warnings.catch_warnings` changes the whole process: two threads in it at once could each keep the other's filters.
_one_at_a_time = threading.Lock()


def formats() -> tuple[str, ...]:
    """Pillow's names of the formats that are opened, as far as this Pillow has them."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def extensions() -> tuple[str, ...]:
    """The file name extensions (".png") of the formats that are opened, sorted."""
    wanted = {*formats(), *_EXTENSION_ONLY}
    return tuple(sorted(ending for ending, name in Image.registered_extensions().items() if name in wanted))


def mime_types() -> tuple[str, ...]:
    """The MIME types of the formats that are opened, sorted."""
    return tuple(sorted({Image.MIME[name] for name in formats() if name in Image.MIME}))


@dataclass(frozen=True)
class Decoded:
    """A picture as it was decoded.

    Attributes:
        image: The image, loaded, in a mode of 8 bits.
        frames: How many frames or pages the file has.
        notes: What was done on the way that a person might want to know.
        levels: Which of its values are black and white, when the file has more than 8 bits.
    """

    image: Image.Image
    frames: int
    notes: tuple[str, ...]
    levels: Levels | None = None


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
    kind = foreign_kind(data)
    if kind is not None:
        raise EngineError(f"{name} is {kind}, which is not opened; save or export it as PNG or JPEG first.")
    _silence_libtiff()
    file = TimedBytes(data, MAX_SECONDS)
    with _one_at_a_time, _quiet():
        try:
            yield from _decoded(file, name, frame, levels)
        except EngineError:
            raise
        except Exception as error:
            raise _sentence(error, file, name) from error
    if file.stopped:  # some plugins take that for the end of the file, and give half a picture
        raise _too_slow(name)


def _decoded(file: TimedBytes, name: str, frame: int, levels: tuple[float, float] | None) -> Iterator[Decoded]:
    """The one picture that is wanted: by our own readers, by Pillow, or by both."""
    from engine import own_decoders  # only opening a picture needs it and what it brings in

    found = own_decoders.read(file, name, frame)
    if found is not None and found.raster is not None:
        done = _shown(found.raster, found.frames, frame, (), levels)
        del found  # up to 320 MB, while somebody else goes on with the picture
        yield done
        return
    with _identified(found.file if found and found.file else file, name) as image:
        yield _load(image, file.getvalue(), name, frame, found.frames if found else None, levels)


def _shown(
    raster: Raster, frames: int, frame: int, notes: tuple[str, ...], levels: tuple[float, float] | None
) -> Decoded:
    image, used, more = levels_.to_image(raster, levels)
    return Decoded(image, frames, (*notes, *_frame_note(frame, frames), *more), used)


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
    if damaged is not None:
        return (
            f"{name} begins like a {damaged} picture but is damaged or of an unusual kind; save it anew as PNG or JPEG."
        )
    bytes_ = "1 byte" if len(data) == 1 else f"{len(data):,} bytes"
    kind = "a text file" if is_text(data) else f"{bytes_} of no known kind of picture"
    return f"{name} is {kind}; choose a picture such as PNG, JPEG, TIFF or WebP."


def _load(
    image: Image.Image,
    data: bytes,
    name: str,
    frame: int,
    pages: int | None,
    levels: tuple[float, float] | None,
) -> Decoded:
    """The wanted frame of a picture that Pillow has opened; of ``pages``, when the image is that page already."""
    from engine import deep_formats, picture_limits

    # Frames that can be reached by themselves may each have a size of their own, so that of the first says nothing.
    by_itself = pages is not None or picture_limits.is_random_access(image)
    note = "" if by_itself else picture_limits.fit_into_memory(image, data, name)
    frames = pages or _count_frames(image, data)
    check_frame(frame, frames, name)
    if frames > 1 and not by_itself:
        picture_limits.check_animated(image, name)
    if frame and pages is None:
        picture_limits.check_skipped(image, frame, name)
        image.seek(frame)
    if frame or by_itself:
        note = picture_limits.fit_into_memory(image, data, name)
    notes = (note,) if note else ()
    raster = deep_formats.read(image, data, name)
    if raster is None:
        image.load()
        picture_limits.check_size(image.size, picture_limits.MAX_PIXELS, name)
        raster = deep_formats.of_image(image)
    if raster is None:
        return Decoded(image, frames, (*notes, *_frame_note(frame, frames), *deep_formats.note_of_depth(image, data)))
    image.close()
    return _shown(raster, frames, frame, notes, levels)


def _frame_note(frame: int, frames: int) -> tuple[str, ...]:
    return (f"frame {frame + 1} of {frames}",) if frames > 1 else ()


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
