"""Which TIFF pages Pillow decodes rightly, which this program decodes, which are refused and why."""

from __future__ import annotations

from dataclasses import dataclass

from engine.formats import tiff_header as tags
from engine.formats.tiff_header import Directory, Header
from engine.pixels.limits import MAX_PIXELS, MAX_SAMPLE_BYTES, MAX_SEGMENTS, check_size
from engine.records import EngineError

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIELAB, ICCLAB = 0, 1, 2, 3, 5, 6, 8, 9
_COLOUR_FILTER, _LINEAR_RAW = 32803, 34892
NO_COMPRESSION = 1
JPEG = (6, 7, 33007)
JPEG2000 = (33003, 33004, 33005, 34712)
FAX = (2, 3, 4)  # CCITT
WEBP = (34927, 50001)
LERC = (34887,)
PLAIN = (NO_COMPRESSION, 5, 8, 32773, 32946, 34925, 34926, 50000, 50013)  # LZW, Deflate, PackBits, LZMA, Zstandard
DEFLATE = (8, 32946, 50013)

_CAMERAS = (32767, 32769, 32770, 32867, 34713, 34892, 65535)  # how cameras compress raw data: Sony, Nikon, Pentax…
_PILLOW_COMPRESSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32809, 32946, 34925, 50000)
_SHOWN = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4, YCBCR: 3, CIELAB: 3, ICCLAB: 3}
_ALPHA, _UNASSOCIATED = 1, 2
_FORMATS = {1: "u", 2: "i", 3: "f", 4: "u"}


@dataclass(frozen=True)
class Kind:
    """The kind of a page.

    Attributes:
        photometric: What its samples mean (tag 262).
        channels: How many samples a pixel has.
        colours: Which of them are shown, in order.
        alpha: Which of them says how opaque a pixel is, or None.
        associated: Whether colours have been multiplied by it.
        bits: Bits of a sample.
        letter: "u", "i" or "f": unsigned, signed or float.
        planar: Whether the samples of each channel are by themselves.
        compression: How they are packed (tag 259).
        size: Width and height.
    """

    photometric: int
    channels: int
    colours: tuple[int, ...]
    alpha: int | None
    associated: bool
    bits: int
    letter: str
    planar: bool
    compression: int
    size: tuple[int, int]

    @property
    def picked(self) -> tuple[int, ...]:
        """The channels that are decoded: those shown, and alpha."""
        return self.colours if self.alpha is None else (*self.colours, self.alpha)

    @property
    def note(self) -> str:
        """Which channels are shown, when there are others, or ""."""
        shown = len(self.colours)
        if self.channels <= len(self.picked) and not (
            shown == 3 and self.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO)
        ):
            return ""
        if shown == 1:
            return f"the first of {self.channels} channels"
        named = "cyan, magenta, yellow and black" if shown == 4 else "red, green and blue"
        return f"channels 1–{shown} of {self.channels} as {named}"


def check_camera(header: Header, data: bytes, name: str) -> None:
    """Raise an `EngineError` for what a camera wrote before it was developed: its pictures inside are thumbnails."""
    for directory in header.all:
        if (
            tags.DNG in directory.tags
            or directory.number(tags.PHOTOMETRIC) in (_COLOUR_FILTER, _LINEAR_RAW)
            or directory.number(tags.COMPRESSION) in _CAMERAS
            or data[8:10] == b"CR"
        ):
            raise EngineError(
                f"{name} is a raw photograph, which has to be developed first; export it as JPEG, PNG or TIFF."
            )


def is_for_pillow(header: Header, page: Directory) -> bool:
    """Whether Pillow decodes such a page, and rightly: grey, palettes, RGB and ink of up to 8 bits, and JPEG."""
    if header.big and header.order == ">":  # it does not know this kind
        return False
    bits, extra = set(page.numbers(tags.BITS)) or {1}, page.numbers(tags.EXTRA)
    if set(page.numbers(tags.FORMAT)) - {1} or len(bits) > 1 or page.number(tags.DEPTH, 1) != 1:
        return False
    channels, photometric = page.number(tags.CHANNELS, 1), page.number(tags.PHOTOMETRIC, -1)
    compression = page.number(tags.COMPRESSION, NO_COMPRESSION)
    if compression == 6:  # its directories leave much unsaid, which libtiff knows
        return True
    if compression not in _PILLOW_COMPRESSIONS:
        return False
    if channels == 1:
        return photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE) and bits <= {1, 2, 4, 8} and not extra
    if bits != {8} or (page.number(tags.PLANAR, 1) != 1 and channels > 1):
        return False
    if photometric == YCBCR:
        return channels == 3 and not extra and compression == 7
    if photometric == RGB:
        return (channels, len(extra)) in ((3, 0), (4, 0), (4, 1)) and not set(extra) - {_ALPHA, _UNASSOCIATED}
    return (photometric, channels) in ((CMYK, 4), (CIELAB, 3)) and not extra and page.number(tags.INKS, 1) == 1


def kind_of(page: Directory, name: str) -> Kind:
    """The kind of a page that Pillow does not decode, checked against the limits.

    Raises:
        EngineError: It is not shown, because of what it is or because it is too large.
    """
    size = page.size
    if min(size) < 1:
        raise EngineError(
            f"{name} is {size[0]} × {size[1]} pixels, which is nothing to look at; choose another picture."
        )
    check_size(size, MAX_PIXELS, name)
    channels, bits = page.number(tags.CHANNELS, 1), _only(page, tags.BITS, 1)
    format_ = _only(page, tags.FORMAT, 1)
    photometric = page.number(tags.PHOTOMETRIC, RGB if channels >= 3 else BLACK_IS_ZERO)
    compression = page.number(tags.COMPRESSION, NO_COMPRESSION)
    colours, alpha, associated = _channels(page, channels, photometric)
    kind = Kind(
        *(photometric, channels, colours, alpha, associated, bits or 0, _FORMATS.get(format_ or 0, "")),
        *(page.number(tags.PLANAR, 1) == 2 and channels > 1, compression, size),
    )
    reason = _refusal(page, kind, mixed=bits is None or format_ is None)
    if reason:
        raise EngineError(f"{name} is a TIFF {reason}, which is not opened; save it as 8 or 16-bit RGB or grey.")
    _check_memory(page, kind, name)
    return kind


def _only(page: Directory, tag: int, default: int) -> int | None:
    """The value of a tag that has one for each channel, or None when they differ."""
    values = {int(value) for value in page.numbers(tag)[: page.number(tags.CHANNELS, 1)]} or {default}
    return values.pop() if len(values) == 1 else None


def _channels(page: Directory, channels: int, photometric: int) -> tuple[tuple[int, ...], int | None, bool]:
    """Which channels are shown, which is alpha, and whether it has been multiplied into the others."""
    extra = page.numbers(tags.EXTRA)[:channels]
    first = channels - len(extra)
    alpha = next((first + at for at, kind in enumerate(extra) if kind in (_ALPHA, _UNASSOCIATED)), None)
    shown = _SHOWN.get(photometric, 1)
    if shown == 1 and photometric != PALETTE:
        others = channels - (alpha is not None)
        shown = 3 if others >= 3 else 1
    if photometric == RGB and channels == 4 and not extra:  # what writers that do not say so mean
        alpha = 3
    colours = tuple(at for at in range(channels) if at != alpha)[:shown]
    return (
        colours,
        alpha,
        alpha is not None and alpha >= first and extra[alpha - first : alpha - first + 1] == (_ALPHA,),
    )


def _refusal(page: Directory, kind: Kind, *, mixed: bool) -> str:
    """What stands in the way of showing a page, as it goes into a sentence, or ""."""
    needed = _SHOWN.get(kind.photometric)
    if needed is None:
        return f"of photometric interpretation {kind.photometric}"
    if kind.compression not in (*PLAIN, *FAX, *JPEG, *JPEG2000, *WEBP, *LERC):
        return f"with compression {kind.compression}"
    if page.number(tags.DEPTH, 1) != 1:
        return "of a volume"
    if mixed:
        return "whose channels have different depths"
    if not kind.letter:
        return "of complex numbers or of a kind of its own"
    if not 1 <= kind.bits <= 64 or (kind.letter == "f" and kind.bits not in (16, 24, 32, 64)):
        return f"with {kind.bits} bits a sample"
    if kind.bits == 24 and page.number(tags.PREDICTOR, 1) != 1:
        return "with a predictor for 24 bits"
    if len(kind.colours) < needed:
        return f"with {kind.channels} channels where {needed} are needed"
    if kind.photometric == CMYK and page.number(tags.INKS, 1) != 1:
        return "with inks other than cyan, magenta, yellow and black"
    if (
        kind.photometric == YCBCR
        and kind.compression not in JPEG
        and set(page.numbers(tags.SUBSAMPLING) or (2,)) != {1}
    ):
        return "with colours at a fraction of its resolution"
    if kind.photometric == PALETTE and page.counts.get(tags.PALETTE, 0) < 3 * 2 ** min(kind.bits, 16):
        return "without its palette"
    return ""


def _check_memory(page: Directory, kind: Kind, name: str) -> None:
    """Refuse what would take too much while it is put together from strips or tiles."""
    width, height = kind.size
    sample = 1 if kind.bits <= 8 else 2 if kind.bits <= 16 else 4 if kind.bits <= 32 else 8
    if tags.TILE_WIDTH in page.tags:
        columns, rows = page.number(tags.TILE_WIDTH), page.number(tags.TILE_HEIGHT)
    else:
        columns, rows = width, min(height, page.number(tags.ROWS, height) or height)
    held = width * height * sample * len(kind.picked)
    segment = columns * rows * sample * (1 if kind.planar else kind.channels)
    if held > MAX_SAMPLE_BYTES or held + 2 * segment > 2 * MAX_SAMPLE_BYTES or max(columns, rows) > 2**20:
        raise EngineError(
            f"{name} is {width} × {height} pixels of {kind.channels} × {kind.bits} bits, more than the "
            f"{MAX_SAMPLE_BYTES // 2**20} MB that are opened of this kind; make it smaller first."
        )
    if max(page.counts.get(tags.STRIPS, 0), page.counts.get(tags.TILES, 0)) > MAX_SEGMENTS:
        raise EngineError(f"{name} is a TIFF of too many strips or tiles; save it anew.")
