"""Files that are not opened here, recognised by their first bytes: their right name, and what to do with them."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_HEAD_BYTES = 1024

_PACKED_BYTES = 4096
"""Of a gzip archive: enough to unpack the head of what is in it."""

SAVE = "save or export it as PNG or JPEG first"
_DEVELOP = "develop it with a raw converter and save it as TIFF, PNG or JPEG"
_SLICE = "export the slice or view that you want as PNG or TIFF"
_FRAME = "save the frame that you want as PNG or JPEG"
_CHOOSE = "choose a picture such as PNG, JPEG, TIFF or WebP"
_WEIGHTS = "choose a picture, or give it as weights if that is what it is"


@dataclass(frozen=True)
class Foreign:
    """A kind of file that is known but not opened.

    Attributes:
        kind: With its article, "a PDF document".
        advice: What to do, to end a sentence with.
    """

    kind: str
    advice: str = SAVE


# Where, which bytes, what it is: what people drop by mistake or in hope, and what Pillow would hand to another program
# or could only identify. The longer of two that begin alike comes first.
_SIGNATURES: tuple[tuple[int, bytes, Foreign], ...] = (
    (0, b"%PDF-", Foreign("a PDF document")),
    (0, b"%!", Foreign("a PostScript document")),
    (0, b"\xc5\xd0\xd3\xc6", Foreign("an EPS document")),
    (0, b"\xd7\xcd\xc6\x9a", Foreign("a WMF drawing")),
    (40, b" EMF", Foreign("an EMF drawing")),
    (0, b"gimp xcf ", Foreign("a GIMP picture (XCF)")),
    (0, b"Paint Shop Pro Image File", Foreign("a PaintShop Pro picture")),
    (0, b"\x00\xffKA", Foreign("an Affinity document")),
    (0, b"CSFCHUNK", Foreign("a Clip Studio picture")),
    (0, b"v/1\x01", Foreign("an OpenEXR picture")),
    (0, b"#?RADIANCE", Foreign("a Radiance HDR picture")),
    (0, b"#?RGBE", Foreign("a Radiance HDR picture")),
    (0, b"\xff\x0a", Foreign("a JPEG XL picture")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Foreign("a JPEG XL picture")),
    (0, b"\xff\xd8\xff\xf7", Foreign("a JPEG-LS picture")),
    (0, b"II\xbc\x01", Foreign("a JPEG XR picture")),
    (0, b"\x97JB2\r\n\x1a\n", Foreign("a JBIG2 scan")),
    (0, b"AT&TFORM", Foreign("a DjVu document")),
    (0, b"BPG\xfb", Foreign("a BPG picture")),
    (0, b"FLIF", Foreign("a FLIF picture")),
    (0, b"\xabKTX ", Foreign("a KTX texture")),
    (36, b"acsp", Foreign("a colour profile", _CHOOSE)),
    (0, b"FUJIFILMCCD-RAW", Foreign("a raw photograph of a Fujifilm camera (RAF)", _DEVELOP)),
    (0, b"IIRO", Foreign("a raw photograph of an Olympus camera (ORF)", _DEVELOP)),
    (0, b"IIRS", Foreign("a raw photograph of an Olympus camera (ORF)", _DEVELOP)),
    (0, b"MMOR", Foreign("a raw photograph of an Olympus camera (ORF)", _DEVELOP)),
    (0, b"IIU\0", Foreign("a raw photograph of a Panasonic camera (RW2)", _DEVELOP)),
    (0, b"FOVb", Foreign("a raw photograph of a Sigma camera (X3F)", _DEVELOP)),
    (6, b"HEAPCCDR", Foreign("a raw photograph of a Canon camera (CRW)", _DEVELOP)),
    (0, b"\0MRM", Foreign("a raw photograph of a Minolta camera (MRW)", _DEVELOP)),
    (0, b"IIII", Foreign("a raw photograph of a Phase One camera (IIQ)", _DEVELOP)),
    (0, b"MMMMRaw", Foreign("a raw photograph of a Phase One camera (IIQ)", _DEVELOP)),
    (128, b"DICM", Foreign("a DICOM picture", _SLICE)),
    (344, b"n+1\0", Foreign("a NIfTI volume", _SLICE)),
    (344, b"ni1\0", Foreign("the header of a NIfTI volume", _SLICE)),
    (4, b"n+2\0\r\n\x1a\n", Foreign("a NIfTI volume", _SLICE)),
    (4, b"ni2\0\r\n\x1a\n", Foreign("the header of a NIfTI volume", _SLICE)),
    (0, b"NRRD000", Foreign("an NRRD volume", _SLICE)),
    (0, b"ZISRAWFILE", Foreign("a Zeiss microscope picture (CZI)", _SLICE)),
    (0, b"\xda\xce\xbe\x0a", Foreign("a Nikon microscope picture (ND2)", _SLICE)),
    (0, b"\x89HDF\r\n\x1a\n", Foreign("an HDF5 file", _WEIGHTS)),
    (4, b"TFL3", Foreign("a TensorFlow Lite network", _CHOOSE)),
    (0, b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19", Foreign("a PyTorch file", _CHOOSE)),
    (0, b"GGUF", Foreign("a GGUF network", _CHOOSE)),
    (0, b"\x93NUMPY", Foreign("a NumPy array")),
    (0, b"MATLAB 5.0 MAT-file", Foreign("a MATLAB file")),
    (0, b"CDF\x01", Foreign("a NetCDF file")),
    (0, b"CDF\x02", Foreign("a NetCDF file")),
    (0, b"GRIB", Foreign("a GRIB file")),
    (0, b"BUFR", Foreign("a BUFR file")),
    (0, b"SQLite format 3\0", Foreign("a database", _CHOOSE)),
    (0, b"7z\xbc\xaf\x27\x1c", Foreign("a 7-Zip archive")),
    (0, b"Rar!\x1a\x07", Foreign("a RAR archive")),
    (0, b"\0\0\x01\xb3", Foreign("an MPEG film", _FRAME)),
    (0, b"\0\0\x01\xba", Foreign("an MPEG film", _FRAME)),
    (0, b"\x1a\x45\xdf\xa3", Foreign("a Matroska or WebM film", _FRAME)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Foreign("a Windows Media film", _FRAME)),
    (0, b"FLV\x01", Foreign("a Flash film", _FRAME)),
    (8, b"AVI LIST", Foreign("an AVI film", _FRAME)),
    (8, b"WAVEfmt ", Foreign("a WAV sound", _CHOOSE)),
    (0, b"OggS", Foreign("an Ogg sound or film", _CHOOSE)),
    (0, b"fLaC", Foreign("a FLAC sound", _CHOOSE)),
    (0, b"ID3", Foreign("an MP3 sound", _CHOOSE)),
    (0, b"\x7fELF", Foreign("a program", _CHOOSE)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Foreign("an old office document")),
)

_TIFF = (b"II*\0", b"MM\0*")
"""What such a file holds further in is its own affair; some are DICOM as well, with the TIFF's head in its preamble."""

_MARKUP = (
    (b"<svg", Foreign("an SVG drawing")),
    (b"<html", Foreign("a web page")),
    (b"<!doctype html", Foreign("a web page")),
    (b"<?xml", Foreign("an XML document")),
)

# What is found early in a ZIP archive: the name of its first entry, or the type that stands in it.
_ZIPPED = (
    (b"application/x-krita", Foreign("a Krita picture (KRA)")),
    (b"image/openraster", Foreign("an OpenRaster picture (ORA)")),
    (b"application/epub", Foreign("an EPUB book")),
    (b"application/vnd.oasis", Foreign("an office document")),
    (b"[Content_Types].xml", Foreign("an office document")),
    (b"/data.pkl", Foreign("a PyTorch file", _CHOOSE)),
    (b"model.weights.h5", Foreign("a Keras network", _WEIGHTS)),
    (b'metadata.json{"keras_version', Foreign("a Keras network", _WEIGHTS)),
    (b".npy", Foreign("an archive of NumPy arrays")),
)

_STILL_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2", b"miaf")
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_BRANDS = (
    (b"crx ", Foreign("a raw photograph of a Canon camera (CR3)", _DEVELOP)),
    (b"qt  ", Foreign("a QuickTime film", _FRAME)),
    (b"M4A ", Foreign("an MPEG-4 sound", _CHOOSE)),
    (b"M4B ", Foreign("an MPEG-4 sound", _CHOOSE)),
    (b"3g", Foreign("a 3GP film", _FRAME)),
    (b"vvic", Foreign("a HEIF picture coded with VVC")),
    (b"avci", Foreign("a HEIF picture coded with AVC")),
    (b"j2ki", Foreign("a HEIF picture coded with JPEG 2000")),
)
_ONNX = re.compile(rb"\x08[\x01-\x20]\x12.[\x20-\x7e]{2,}", re.DOTALL)


def foreign_kind(data: bytes) -> Foreign | None:
    """The kind of a file that certainly is no picture to open here, or None.

    Args:
        data: The file's bytes; the first 1,024 are looked at, of a gzip archive the first 4,096.
    """
    head = data[:_HEAD_BYTES]
    tiff = head.startswith(_TIFF)
    for offset, signature, foreign in _SIGNATURES:
        if head.startswith(signature, offset) and not (tiff and offset):
            return foreign
    if head.startswith(b"ftyp", 4):
        return _media(head)
    if head.startswith(b"PK\x03\x04"):
        return next((found for word, found in _ZIPPED if word in head), Foreign("a ZIP archive"))
    if head.startswith(b"\x1f\x8b"):
        return _packed(data[:_PACKED_BYTES])
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < len(data):
        return Foreign("a file of weights (safetensors)", _CHOOSE)
    if _ONNX.match(head):
        return Foreign("an ONNX network", _CHOOSE)
    return _markup(head)


def bytes_missing(data: bytes) -> int:
    """How many bytes a WebP says that it has more than there are; 0 for other files."""
    if not (data.startswith(b"RIFF") and data.startswith(b"WEBP", 8)):
        return 0
    return max(0, 8 + int.from_bytes(data[4:8], "little") - len(data))


def is_heif(data: bytes) -> bool:
    """Whether a file says that it is a still picture in a HEIF container other than AVIF: HEIC, as telephones write."""
    brands = _brands(data[:_HEAD_BYTES])
    return bool(brands) and not _AVIF_BRANDS.intersection(brands) and not _STILL_BRANDS.isdisjoint(brands)


def _brands(head: bytes) -> tuple[bytes, ...]:
    """The major brand of an ISO media file and the compatible ones (ISO 14496-12, 4.3); none for other files."""
    if not head.startswith(b"ftyp", 4):
        return ()
    end = min(len(head), int.from_bytes(head[:4]))
    return (head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4)))


def _media(head: bytes) -> Foreign | None:
    brands = _brands(head)
    for brand, foreign in _BRANDS:
        if brands[0].startswith(brand):
            return foreign
    if is_heif(head) or _AVIF_BRANDS.intersection(brands):
        return None
    return Foreign("an MP4 film", _FRAME)


def _packed(start: bytes) -> Foreign:
    try:
        head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, _HEAD_BYTES)
    except zlib.error:
        head = b""
    inside = next((found for at, word, found in _SIGNATURES if head.startswith(word, at)), None) or _markup(head)
    if head.startswith(b"SIMPLE  ="):
        return Foreign("a FITS picture packed with gzip", "save it unpacked")
    return Foreign(f"{inside.kind} packed with gzip", inside.advice) if inside else Foreign("a gzip archive")


def _markup(head: bytes) -> Foreign | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<"):
        return next((found for tag, found in _MARKUP if tag in text), None)
    return None
