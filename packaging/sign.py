"""Signs what was built, where there is a certificate, and says so where there is none. Never run so far.

What it reads from the environment, none of which belongs into this repository:

    WINDOWS_CERTIFICATE            thumbprint of a certificate in the store of the person who builds
    APPLE_IDENTITY                 "Developer ID Application: …", in the keychain
    APPLE_NOTARY_PROFILE           a profile that `xcrun notarytool store-credentials` made; without it, no notarisation
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

_ENTITLEMENTS = Path(__file__).resolve().parent / "macos" / "entitlements.plist"
_TIMESTAMPS = "http://timestamp.digicert.com"


def sign(what: Path) -> bool:
    """Sign a bundle or an installer.

    Args:
        what: A folder with Windows programs, an installer, an ``.app`` or a ``.dmg``.

    Returns:
        Whether it was signed; without a certificate it is left as it is.
    """
    variable, work = {
        "Windows": ("WINDOWS_CERTIFICATE", _sign_windows),
        "Darwin": ("APPLE_IDENTITY", _sign_mac),
    }.get(platform.system(), ("", None))
    identity = os.environ.get(variable, "")
    if work is None or not identity:
        print(f"{what.name} is not signed: there is no certificate.", flush=True)
        return False
    work(what, identity)
    return True


def _sign_windows(what: Path, thumbprint: str) -> None:
    tool = shutil.which("signtool")
    if tool is None:
        sys.exit("There is a certificate but no signtool; install the Windows SDK.")
    programs = sorted(what.glob("*.exe")) if what.is_dir() else [what]
    options = ["sign", "/sha1", thumbprint, "/fd", "sha256", "/tr", _TIMESTAMPS, "/td", "sha256"]
    subprocess.run([tool, *options, *map(str, programs)], check=True)


def _sign_mac(what: Path, identity: str) -> None:
    common = ["codesign", "--force", "--timestamp", "--sign", identity]
    if what.suffix == ".app":
        # From the inside out: an application is sealed over the signatures of what is in it.
        libraries = [file for file in what.rglob("*") if file.suffix in (".so", ".dylib") and not file.is_symlink()]
        for library in sorted(libraries):
            subprocess.run([*common, str(library)], check=True)
        for framework in sorted(what.rglob("*.framework")):
            subprocess.run([*common, str(framework)], check=True)
        hardened = ["--options", "runtime", "--entitlements", str(_ENTITLEMENTS)]
        subprocess.run([*common, *hardened, str(what)], check=True)
        subprocess.run(["codesign", "--verify", "--strict", "--deep", str(what)], check=True)
        return
    subprocess.run([*common, str(what)], check=True)
    profile = os.environ.get("APPLE_NOTARY_PROFILE")
    if not profile:
        print(f"{what.name} is signed but not notarised: there is no profile.", flush=True)
        return
    subprocess.run(["xcrun", "notarytool", "submit", str(what), "--keychain-profile", profile, "--wait"], check=True)
    subprocess.run(["xcrun", "stapler", "staple", str(what)], check=True)
