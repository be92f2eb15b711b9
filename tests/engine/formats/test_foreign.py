"""Files that are known by their first bytes but not opened are called by their right names."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from engine import images
from engine.formats.foreign import foreign_kind, is_heif
from engine.records import EngineError


def media(major: bytes, *compatible: bytes) -> bytes:
    """The first box of an ISO media file, and more."""
    body = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + bytes(200)


def zipped(*entries: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


def nifti(magic: bytes, size: int = 348, order: str = "<") -> bytes:
    """The header of a NIfTI-1 volume of 16-bit integers."""
    head = bytearray(352)
    struct.pack_into(f"{order}i", head, 0, size)
    struct.pack_into(f"{order}8h", head, 40, 3, 8, 8, 8, 1, 1, 1, 1)
    head[344:348] = magic
    return bytes(head) + bytes(1024)


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'
FILES = {
    "dicom": (bytes(128) + b"DICM" + bytes(300), "a DICOM picture"),
    "exr": (b"v/1\x01\2\0\0\0channels\0" + bytes(100), "an OpenEXR picture"),
    "jxl codestream": (b"\xff\x0a\xfa\x1f\x01" + bytes(100), "a JPEG XL picture"),
    "jxl container": (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl " + bytes(100), "a JPEG XL picture"),
    "nifti": (nifti(b"n+1\0"), "a NIfTI volume"),
    "nifti of the other order": (nifti(b"n+1\0", order=">"), "a NIfTI volume"),
    "nifti header": (nifti(b"ni1\0"), "the header of a NIfTI volume"),
    "nifti 2": (struct.pack("<i", 540) + b"n+2\0\r\n\x1a\n" + bytes(600), "a NIfTI volume"),
    "nifti gz": (gzip.compress(nifti(b"n+1\0")), "a NIfTI volume packed with gzip"),
    "nrrd": (b"NRRD0005\ntype: short\n", "an NRRD volume"),
    "cr3": (media(b"crx ", b"crx ", b"isom"), "a raw photograph of a Canon camera (CR3)"),
    "crw": (b"II\x1a\0\0\0HEAPCCDR" + bytes(100), "a raw photograph of a Canon camera (CRW)"),
    "raf": (b"FUJIFILMCCD-RAW 0201" + bytes(100), "a raw photograph of a Fujifilm camera (RAF)"),
    "orf": (b"IIRO\x08\0\0\0" + bytes(100), "a raw photograph of an Olympus camera (ORF)"),
    "orf, other order": (b"MMOR\0\0\0\x08" + bytes(100), "a raw photograph of an Olympus camera (ORF)"),
    "rw2": (b"IIU\0\x18\0\0\0" + bytes(100), "a raw photograph of a Panasonic camera (RW2)"),
    "x3f": (b"FOVb\0\0\2\0" + bytes(100), "a raw photograph of a Sigma camera (X3F)"),
    "mrw": (b"\0MRM\0\0\1\0" + bytes(100), "a raw photograph of a Minolta camera (MRW)"),
    "iiq": (b"IIII\x54\x52\x61\x77" + bytes(100), "a raw photograph of a Phase One camera (IIQ)"),
    "hdr": (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n" + bytes(4), "a Radiance HDR picture"),
    "hdr, rgbe": (b"#?RGBE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n" + bytes(4), "a Radiance HDR picture"),
    "xcf": (b"gimp xcf v011\0" + bytes(100), "a GIMP picture (XCF)"),
    "kra": (zipped(("mimetype", b"application/x-krita"), ("maindoc.xml", b"<DOC/>")), "a Krita picture (KRA)"),
    "ora": (zipped(("mimetype", b"image/openraster"), ("stack.xml", b"<image/>")), "an OpenRaster picture (ORA)"),
    "docx": (zipped(("[Content_Types].xml", b"<Types/>")), "an office document"),
    "odt": (zipped(("mimetype", b"application/vnd.oasis.opendocument.text")), "an office document"),
    "zip": (zipped(("cat.png", b"")), "a ZIP archive"),
    "npz": (zipped(("arr_0.npy", b"")), "an archive of NumPy arrays"),
    "pt": (zipped(("archive/data.pkl", b""), ("archive/version", b"3")), "a PyTorch file"),
    "pth": (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." + bytes(100), "a PyTorch file"),
    "keras": (zipped(("metadata.json", b'{"keras_version": "3.0"}'), ("config.json", b"{}")), "a Keras network"),
    "h5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
    "onnx": (b"\x08\x07\x12\x07pytorch\x1a\x051.9.0" + bytes(100), "an ONNX network"),
    "tflite": (b"\x1c\0\0\0TFL3" + bytes(100), "a TensorFlow Lite network"),
    "safetensors": (struct.pack("<Q", 60) + b'{"a":{"dtype":"F32"}}' + bytes(100), "a file of weights (safetensors)"),
    "gguf": (b"GGUF\3\0\0\0" + bytes(100), "a GGUF network"),
    "npy": (b"\x93NUMPY\1\0v\0{'descr'" + bytes(100), "a NumPy array"),
    "djvu": (b"AT&TFORM\0\0\0\x20DJVU" + bytes(100), "a DjVu document"),
    "jbig2": (b"\x97JB2\r\n\x1a\n\1" + bytes(100), "a JBIG2 scan"),
    "bpg": (b"BPG\xfb" + bytes(100), "a BPG picture"),
    "flif": (b"FLIF1" + bytes(100), "a FLIF picture"),
    "jpeg xr": (b"II\xbc\x01\x20\0\0\0" + bytes(100), "a JPEG XR picture"),
    "jpeg-ls": (b"\xff\xd8\xff\xf7\0\x0b\x08" + bytes(100), "a JPEG-LS picture"),
    "svgz": (gzip.compress(SVG), "an SVG drawing packed with gzip"),
    "svg": (SVG, "an SVG drawing"),
    "fits gz": (gzip.compress(b"SIMPLE  =                    T".ljust(2880)), "a FITS picture packed with gzip"),
    "gz": (gzip.compress(b"words"), "a gzip archive"),
    "broken gz": (b"\x1f\x8b\x08\xff\xff\xff", "a gzip archive"),
    "mp4": (media(b"isom", b"isom", b"avc1"), "an MP4 film"),
    "mp4 dash": (media(b"dash"), "an MP4 film"),
    "mp4 of a brand of its own": (media(b"zzzz"), "an MP4 film"),
    "m4v": (media(b"M4V ", b"mp42"), "an MP4 film"),
    "m4a": (media(b"M4A ", b"mp42"), "an MPEG-4 sound"),
    "3gp": (media(b"3gp5", b"isom"), "a 3GP film"),
    "mov": (media(b"qt  "), "a QuickTime film"),
    "avi": (b"RIFF\0\1\0\0AVI LIST" + bytes(100), "an AVI film"),
    "webm": (b"\x1a\x45\xdf\xa3" + bytes(100), "a Matroska or WebM film"),
    "czi": (b"ZISRAWFILE" + bytes(100), "a Zeiss microscope picture (CZI)"),
    "nd2": (b"\xda\xce\xbe\x0a" + bytes(100), "a Nikon microscope picture (ND2)"),
    "icc": (bytes(36) + b"acsp" + bytes(100), "a colour profile"),
    "vvc": (media(b"vvic", b"mif1", b"vvic"), "a HEIF picture coded with VVC"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_right_name_and_what_to_do(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    data, kind = FILES[name]
    with pytest.raises(EngineError) as caught:
        images.open_picture(data, name="unnamed.bin")
    sentence = str(caught.value)
    assert f"is {kind}" in sentence or (kind.startswith("(") and kind in sentence)
    assert "which is not opened; " in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert capfd.readouterr() == ("", "")


def test_a_raw_photograph_is_to_be_developed() -> None:
    foreign = foreign_kind(FILES["cr3"][0])
    assert foreign is not None
    assert foreign.advice.startswith("develop it")


def test_a_tiff_that_is_dicom_as_well_is_a_picture() -> None:
    """Its preamble is the head of a TIFF; the picture lies behind what is DICOM's."""
    stream = io.BytesIO()
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8)).save(stream, "TIFF")
    data = bytearray(stream.getvalue())
    gap = bytes(200)
    whole = data[:8] + gap + data[8:]
    first = struct.unpack_from("<I", whole, 4)[0] + len(gap)
    struct.pack_into("<I", whole, 4, first)
    (count,) = struct.unpack_from("<H", whole, first)
    for at in range(first + 2, first + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from("<HHI", whole, at)
        if tag == 273 or number * {2: 1, 3: 2, 4: 4, 5: 8}.get(kind, 1) > 4:
            struct.pack_into("<I", whole, at + 8, struct.unpack_from("<I", whole, at + 8)[0] + len(gap))
    whole[128:132] = b"DICM"
    np.testing.assert_array_equal(images.open_image(bytes(whole))[..., 0].ravel(), np.arange(48))


def test_an_avif_of_another_brand() -> None:
    """What is in it says the compatible brands; the major one is that of the container."""
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 0, 0)).save(stream, "AVIF")
    data = stream.getvalue()
    assert images.open_image(data[:8] + b"mif1" + data[12:]).shape == (16, 16, 3)
    with pytest.raises(EngineError, match="begins like an AVIF picture"):
        images.open_image(data[:100])


@pytest.mark.parametrize("brand", ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "mif2"])
def test_brands_of_heif(brand: str) -> None:
    assert is_heif(media(brand.encode(), b"mif1", b"heic"))
    assert foreign_kind(media(brand.encode(), b"mif1", b"heic")) is None


@pytest.mark.parametrize(
    "data", [media(b"avif", b"mif1"), media(b"mif1", b"avif", b"miaf"), media(b"isom"), b"", b"P5"]
)
def test_what_is_not_heif(data: bytes) -> None:
    assert not is_heif(data)
