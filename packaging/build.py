"""Build everything for the system that this runs on, into ``dist/``. Needs Python; the rest it installs for itself.

    python packaging/build.py                  the bundle, its self-test, and what people install
    python packaging/build.py --bundle-only    no more than the bundle and its self-test, as CI does

Linux gets a .deb and a portable .tar.xz, Windows an installer, macOS a disk image. Only Linux has been tried.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD, DIST = ROOT / "build", ROOT / "dist"
LIST = ROOT / "requirements-build.txt"
VENV = BUILD / "venv"
WINDOWS, MAC = sys.platform == "win32", sys.platform == "darwin"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def main() -> None:
    """Make the environment if it is not there, and go on in it."""
    parser = argparse.ArgumentParser(description="Build Convscope for this system, into dist/.")
    parser.add_argument("--bundle-only", action="store_true", help="no installer and no archive")
    options = parser.parse_args()
    if Path(sys.prefix).resolve() != VENV.resolve():
        _make_environment()
        sys.exit(subprocess.run([PYTHON, __file__, *sys.argv[1:]], check=False).returncode)
    _step("bundle", _bundle)
    _step("self-test", _self_test)
    if options.bundle_only:
        return
    if WINDOWS:
        _step("installer", _windows_installer)
    elif MAC:
        _step("disk image", _mac_image)
    else:
        import linux_packages

        _step("deb", linux_packages.deb)
        _step("archive", linux_packages.archive)


def bundle_folder() -> Path:
    """The finished bundle."""
    return DIST / ("Convscope.app" if MAC else "Convscope")


def program() -> Path:
    """The bundle's program that has standard streams."""
    folder = bundle_folder()
    if MAC:
        return folder / "Contents" / "MacOS" / "convscope"
    return folder / ("convscope-cli.exe" if WINDOWS else "convscope")


def _make_environment() -> None:
    """The locked set with PyInstaller, in an environment of its own; made anew when the list has changed."""
    wanted = LIST.read_text(encoding="utf-8")
    mark = VENV / "made-from.txt"
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return
    venv.create(VENV, clear=True, with_pip=True)
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(LIST)]
    subprocess.run([PYTHON, "-m", "pip", *install], check=True)
    mark.write_text(wanted, encoding="utf-8")


def _step(name: str, work: Callable[[], str]) -> None:
    start = time.perf_counter()
    found = work()
    print(f"{name:<11} {time.perf_counter() - start:4.0f} s  {found}", flush=True)


def _bundle() -> str:
    folders = ["--distpath", str(DIST), "--workpath", str(BUILD / "pyinstaller")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *folders]
    log = BUILD / "pyinstaller.log"
    # The same state of the program gives the same bytes: no dates in the archive of modules, one order of sets.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    with log.open("wb") as output:
        done = subprocess.run(
            [*command, str(HERE / "convscope.spec")], env=environment, stdout=output, stderr=output, check=False
        )
    if done.returncode:
        sys.exit(f"{log.read_text(encoding='utf-8', errors='replace')[-4000:]}\nPyInstaller failed; {log} has it all.")
    if MAC:
        shutil.rmtree(DIST / "Convscope")  # the folder that the .app was made from
    if WINDOWS or MAC:
        import sign

        sign.sign(bundle_folder())
    size = sum(file.lstat().st_size for file in bundle_folder().rglob("*") if file.is_file() and not file.is_symlink())
    return f"{bundle_folder().relative_to(ROOT)}, {size / 1e6:.0f} MB"


def _self_test() -> str:
    """Start the bundle where it finds nothing of this machine's own Python."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA", "APPDATA") if WINDOWS else ()
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    done = subprocess.run([program(), "self-test"], env=environment, cwd=ROOT.anchor, check=False, capture_output=True)
    said = done.stdout.decode(errors="replace").strip()
    if done.returncode:
        sys.exit(f"{said}\n{done.stderr.decode(errors='replace')}\nThe bundle's self-test failed.")
    return said.splitlines()[-1]


def _windows_installer() -> str:
    import build_info
    import sign

    compiler = shutil.which("iscc") or r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe"
    if not Path(compiler).exists():
        sys.exit("Inno Setup 6 is not installed; get it, or build with --bundle-only.")
    version = build_info.version()
    subprocess.run([compiler, "/Q", f"/DVersion={version}", str(HERE / "windows" / "convscope.iss")], check=True)
    installer = DIST / f"convscope-{version}-windows-x86_64-setup.exe"
    sign.sign(installer)
    return str(installer.relative_to(ROOT))


def _mac_image() -> str:
    import build_info
    import sign

    image = DIST / f"convscope-{build_info.version()}-macos-{platform.machine()}.dmg"
    folder = BUILD / "dmg"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["ditto", str(bundle_folder()), str(folder / "Convscope.app")], check=True)
    (folder / "Applications").symlink_to("/Applications")
    create = ["hdiutil", "create", "-quiet", "-ov", "-format", "ULFO", "-volname", "Convscope"]
    subprocess.run([*create, "-srcfolder", str(folder), str(image)], check=True)
    sign.sign(image)
    return str(image.relative_to(ROOT))


if __name__ == "__main__":
    main()
