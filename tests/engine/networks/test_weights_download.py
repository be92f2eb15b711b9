"""Downloading weights, from a server on this machine only."""

from __future__ import annotations

import errno
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.files import lock_files
from engine.networks import weights, weights_download
from engine.records import Progress, WeightsFile

BODY = bytes(range(256)) * 4096
MD5 = hashlib.md5(BODY).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers by the path: the file, a part of it, one that trickles, or an error."""

    stop = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/unsized":
            self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        if self.path == "/slow":
            self.trickle()
        else:
            self.wfile.write(BODY[:1000] if self.path == "/short" else BODY)

    def trickle(self) -> None:
        try:
            for start in range(0, len(BODY), 100):
                self.wfile.write(BODY[start : start + 100])
                if self.stop.wait(0.01):
                    return
        except OSError:
            return  # the client has gone, as it should

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        return


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    Handler.stop.clear()
    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        Handler.stop.set()
        http.shutdown()
        thread.join()


def run(target: Path, url: str, **options: Any) -> tuple[list[Progress], WeightsFile | None]:
    """All of a download: its progress and what it returned."""
    steps: list[Progress] = []
    job = weights.download(target, url=url, **{"md5": MD5, **options})
    while True:
        try:
            steps.append(next(job))
        except StopIteration as end:
            return steps, end.value


def sentence_of(target: Path, url: str, **options: Any) -> str:
    with pytest.raises(weights.WeightsError) as caught:
        run(target, url, **options)
    assert list(target.parent.iterdir()) == []
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(("path", "total"), [("/good", len(BODY)), ("/unsized", 0)])
def test_success(path: str, total: int, server: str, tmp_path: Path) -> None:
    target = tmp_path / "new" / "weights.h5"
    steps, file = run(target, server + path)
    assert target.read_bytes() == BODY
    assert [entry.name for entry in target.parent.iterdir()] == ["weights.h5"]
    assert (steps[0].done, steps[-1].done) == (0, len(BODY))
    assert {step.total for step in steps} == {total}
    assert file == WeightsFile(str(target), hashlib.sha256(BODY).hexdigest(), "downloaded", known=False)


def test_the_default_target_is_keras_cache(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for _ in weights.download(url=server + "/good", md5=MD5):
        pass
    assert weights.keras_cache_path().read_bytes() == BODY


def test_a_download_that_is_left_at_the_end_of_the_program_leaves_nothing(server: str, tmp_path: Path) -> None:
    """Whoever waits for a server that is silent cannot tidy up any more."""
    target = tmp_path / "weights.h5"
    job = weights.download(target, url=server + "/good", md5=MD5)
    next(job)
    (unfinished,) = tmp_path.iterdir()
    assert unfinished.suffix == ".part"
    lock_files.remove_doomed()
    assert list(tmp_path.iterdir()) == []
    job.close()
    lock_files.remove_doomed()  # of nothing


def test_errors(server: str, tmp_path: Path) -> None:
    target = tmp_path / "weights.h5"
    assert "ended after 1,000 of 1,048,576 bytes" in sentence_of(target, server + "/short")
    assert f"its md5 is {MD5}" in sentence_of(target, server + "/good", md5="0" * 32)
    assert "answered 404" in sentence_of(target, server + "/missing")


def test_connection_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/good"
        assert "refused" in sentence_of(tmp_path / "weights.h5", url)


def test_a_silent_server(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_download, "_SECONDS_OF_SILENCE", 0.05)
    monkeypatch.setattr(Handler, "trickle", lambda handler: handler.stop.wait(0.5))
    assert "timed out" in sentence_of(tmp_path / "weights.h5", server + "/slow")


def test_cancel(server: str, tmp_path: Path) -> None:
    cancel = threading.Event()
    job = weights.download(tmp_path / "weights.h5", url=server + "/slow", md5=MD5, cancel=cancel)
    assert next(job).done == 0
    assert next(job).done > 0
    assert len(list(tmp_path.iterdir())) == 1
    cancel.set()
    with pytest.raises(StopIteration) as end:
        next(job)
    assert end.value.value is None
    assert list(tmp_path.iterdir()) == []


def test_close(server: str, tmp_path: Path) -> None:
    job = weights.download(tmp_path / "weights.h5", url=server + "/slow", md5=MD5)
    next(job)
    next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_old_file(server: str, tmp_path: Path) -> None:
    target = tmp_path / "weights.h5"
    target.write_bytes(b"old")
    with pytest.raises(weights.WeightsError):
        run(target, server + "/short")
    assert [path.name for path in tmp_path.iterdir()] == ["weights.h5"]
    assert target.read_bytes() == b"old"


def test_a_full_disk(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, block: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(weights_download, "open", lambda *args: Full(open(*args)), raising=False)  # noqa: PTH123, SIM115
    assert "No space left on device" in sentence_of(tmp_path / "weights.h5", server + "/good")


def test_a_target_that_cannot_be_written(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(weights.WeightsError, match="cannot be written"):
        run(tmp_path / "file" / "weights.h5", server + "/good")
    (tmp_path / "folder").mkdir()
    with pytest.raises(weights.WeightsError, match="cannot be written"):
        run(tmp_path / "folder", server + "/good")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
