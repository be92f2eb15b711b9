"""The HEIC library without the encoder that it is linked to.

libheif in pillow-heif's wheels names libx265, which is licensed under the GPL and would put the whole bundle under it.
The program only reads HEIC, for which libde265 (LGPL) is enough. So a bundle carries in libx265's place a library of
our own with the same names in it and nothing behind them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from contents import Entry

_ENCODER = re.compile(r"(^|/)libx265[^/]*$")
_SYMBOL = re.compile(r"\bU (x265_\w+)$", re.MULTILINE)
_NOTHING = "static char nothing[1 << 16];\n"
_FUNCTION = "void *{name}(void) {{ return nothing; }}\n"


def replaced(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """The same files, with an empty library in the place of libx265. Needs ``nm`` and a C compiler (Linux).

    Args:
        entries: What a bundle is to carry.
        folder: Where the library is made.
    """
    found = list(entries)
    return [
        _stand_in(entry, found, folder) if _is_file(entry) and _ENCODER.search(entry[0]) else entry for entry in found
    ]


def _is_file(entry: Entry) -> bool:
    """Whether it is no link within the bundle, which leads to a file that is listed as well."""
    return entry[2] != "SYMLINK"


def _stand_in(encoder: Entry, entries: Sequence[Entry], folder: Path) -> Entry:
    readers = [Path(entry[1]) for entry in entries if _is_file(entry) and "libheif" in Path(entry[0]).name]
    names = sorted({name for reader in readers for name in _wanted(reader)})
    if not names:
        raise RuntimeError(f"Nothing was found that needs {encoder[0]}; look at how pillow-heif is linked.")
    folder.mkdir(parents=True, exist_ok=True)
    source, library = folder / "nothing.c", folder / Path(encoder[0]).name
    source.write_text(_NOTHING + "".join(_FUNCTION.format(name=name) for name in names), encoding="ascii")
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O2", f"-Wl,-soname,{library.name}", "-o", str(library), str(source)], check=True
    )
    return encoder[0], str(library), encoder[2]


def _wanted(library: Path) -> list[str]:
    """The encoder's functions that a library calls."""
    done = subprocess.run(["nm", "-D", str(library)], capture_output=True, text=True, check=True)
    return _SYMBOL.findall(done.stdout)
