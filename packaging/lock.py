"""Resolve the dependencies anew into the locked lists, with hashes and without the address of any registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")
COMPILE = (UV, "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--generate-hashes")
QUIET = ("--no-emit-index-url", "--no-annotate", "--no-header", "--quiet")


def main() -> None:
    """Write the lists; what the program needs comes first, and those of tests and bundles keep to it."""
    for arguments in (
        ("-o", "requirements.txt"),
        ("--extra", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"),
        ("--extra", "bundle", "-c", "requirements.txt", "-o", "requirements-build.txt"),
    ):
        subprocess.run([*COMPILE, *QUIET, *arguments], cwd=ROOT, check=True)
    found = [
        f"{name}: {line}"
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-build.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if "://" in line
    ]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
