"""Signing, as far as it goes without a certificate: it says so and leaves everything as it is."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest
import sign


@pytest.mark.parametrize("system", ["Linux", "Windows", "Darwin"])
def test_without_a_certificate_nothing_is_signed(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    for name in ("WINDOWS_CERTIFICATE", "APPLE_IDENTITY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: pytest.fail(f"it started {args}"))
    assert sign.sign(tmp_path / "convscope.exe") is False
    assert capsys.readouterr().out == "convscope.exe is not signed: there is no certificate.\n"


def test_an_application_is_signed_from_the_inside_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    application = tmp_path / "Convscope.app"
    (application / "Contents").mkdir(parents=True)
    (application / "Contents" / "library.dylib").write_bytes(b"")
    started: list[list[str]] = []
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setenv("APPLE_IDENTITY", "Developer ID Application: A Person")
    monkeypatch.setattr(subprocess, "run", lambda command, **_options: started.append(command))
    assert sign.sign(application) is True
    assert [command[-1] for command in started] == [
        str(application / "Contents" / "library.dylib"),
        str(application),
        str(application),
    ]
    assert "--entitlements" in started[1]
    assert started[2][1] == "--verify"
