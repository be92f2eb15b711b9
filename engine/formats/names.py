"""Which formats are opened, and what their files are called."""

from __future__ import annotations

from PIL import Image

from engine.formats import heic

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
PLUGINS = {"MPO": "JPEG"}
"""Who opens what has no plugin of its own."""


def formats() -> tuple[str, ...]:
    """Pillow's names of the formats that are opened, as far as this Pillow has them."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def extensions() -> tuple[str, ...]:
    """The file name extensions (".png") of the formats that are opened, sorted."""
    wanted = {*formats(), *PLUGINS}
    endings = (ending for ending, name in Image.registered_extensions().items() if name in wanted)
    return tuple(sorted({*endings, *heic.EXTENSIONS}))


def mime_types() -> tuple[str, ...]:
    """The MIME types of the formats that are opened, sorted."""
    return tuple(sorted({*(Image.MIME[name] for name in formats() if name in Image.MIME), *heic.MIME_TYPES}))
