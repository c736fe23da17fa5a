"""A download runs in a process of its own, tells how far it is, and leaves either the whole file or nothing."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import types
import urllib.error
from collections import deque
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cnn_core.data import download, download_child
from cnn_core.data.download import Download, DownloadSnapshot, current_download, start_download
from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.data.mnist import MNIST
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError

GOOD = bytes(range(256)) * 400
GOOD_SHA256 = hashlib.sha256(GOOD).hexdigest()
OLDER = b"what was there before"
PUBLISHED_BYTES = 11_490_434
SLOWEST_KERAS_IMPORT_S = 90


class _Handler(BaseHTTPRequestHandler):
    """`/good`, `/corrupt`, `/slow` (a first part, and then nothing until the test ends); 404 for the rest."""

    def do_GET(self) -> None:
        if self.path not in ("/good", "/corrupt", "/slow"):
            self.send_error(404)
            return
        length = PUBLISHED_BYTES if self.path == "/slow" else len(GOOD)
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(GOOD[::-1] if self.path == "/corrupt" else GOOD)
        if self.path == "/slow":
            assert isinstance(self.server, _Server)
            self.server.is_over.wait(60)

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.is_over = threading.Event()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.is_over.set()
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder, no Keras cache, and no download remembered."""
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(download, "_downloads", {})
    yield tmp_path / "data"
    download._cancel_all()


def wait_until(is_so: Callable[[], bool], at_most_s: float = SLOWEST_KERAS_IMPORT_S) -> None:
    until_s = time.monotonic() + at_most_s
    while not is_so():
        assert time.monotonic() < until_s, "waited in vain"
        time.sleep(0.02)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_good_file_takes_its_place_and_nothing_else_is_left(
    server: _Server, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir()
    (data / "mnist.npz").write_bytes(OLDER)
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_ORIGIN", server.address("good"))
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_SHA256", GOOD_SHA256)
    running = start_download("mnist")
    assert running.snapshot().status == "running"
    assert running.snapshot().total_bytes is None
    wait_until(lambda: running.snapshot().status != "running")
    assert running.snapshot() == DownloadSnapshot(
        "done", len(GOOD), len(GOOD), None, None, f"MNIST is complete and was put into {data}."
    )
    assert (data / "mnist.npz").read_bytes() == GOOD
    assert names(data) == ["mnist.npz"]
    assert not (data.parent / "keras").exists(), "the user's own Keras folder is left alone"


@pytest.mark.slow
def test_failure_is_one_plain_sentence_and_leaves_the_folder_as_it_was(server: _Server, data: Path) -> None:
    """Real Keras against a real server, one process for all cases because importing TensorFlow takes seconds."""
    data.mkdir()
    (data / "mnist.npz").write_bytes(OLDER)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        closed_port = nobody.getsockname()[1]
    reasons = {
        server.address("corrupt"): "what 127.0.0.1 sent is not the published file (its checksum differs)",
        server.address("missing"): "127.0.0.1 answered “404 Not Found”",
        f"http://127.0.0.1:{closed_port}/mnist.npz": "127.0.0.1 could not be reached from this computer",
        "nonsense": "“nonsense” is no address",
    }
    program = (
        "import os, sys\n"
        "from cnn_core.data.download_child import main\n"
        "for origin in sys.argv[1:]:\n"
        "    os.environ['CNN_CLASSROOM_MNIST_ORIGIN'] = origin\n"
        "    print(main(['mnist']))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", program, *reasons],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        check=True,
    )
    expected = []
    for reason in reasons.values():
        expected.append(
            f"MNIST was not downloaded, because {reason}: try again later, or put mnist.npz into {data} by hand."
        )
        expected.append(str(download_child.EXPLAINED))
    assert process.stdout.splitlines() == expected
    assert names(data) == ["mnist.npz"]
    assert (data / "mnist.npz").read_bytes() == OLDER


def test_sentence_of_the_process_is_passed_on(data: Path) -> None:
    running = Download(dataclasses.replace(MNIST, slug="cats"))  # which the process does not know
    wait_until(lambda: running.snapshot().status != "running")
    assert running.snapshot().status == "failed"
    assert running.snapshot().message.endswith(f"called “cats”. Choose one of these: {', '.join(DATASETS)}.")
    assert names(data) == []


@pytest.mark.slow
def test_running_download_shows_progress_and_cancelling_keeps_nothing(
    server: _Server, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_ORIGIN", server.address("slow"))
    assert current_download("mnist") is None
    running = start_download("mnist")
    assert start_download("mnist") is running
    assert current_download("mnist") is running

    first = running.snapshot()
    assert (first.status, first.received_bytes, first.total_bytes) == ("running", 0, PUBLISHED_BYTES)
    assert (first.rate, first.time_left_s) == (None, None)
    assert first.message.startswith("MNIST is about to be downloaded from http://127.0.0.1:")

    wait_until(lambda: running.snapshot().received_bytes > 0)
    later = running.snapshot()
    assert later.status == "running"
    assert 0 < later.received_bytes <= len(GOOD)
    assert later.rate is not None
    assert later.rate > 0
    assert later.time_left_s == pytest.approx((PUBLISHED_BYTES - later.received_bytes) / later.rate)
    assert later.message.startswith("MNIST is being downloaded from http://127.0.0.1:")
    assert not (data / "mnist.npz").exists()

    started_s = time.monotonic()
    running.cancel()
    assert time.monotonic() - started_s < download.PATIENCE_S + 2
    cancelled = running.snapshot()
    assert cancelled.status == "cancelled"
    assert cancelled.received_bytes >= later.received_bytes
    assert cancelled.message == "The download of MNIST was cancelled, and nothing of it was kept."
    assert names(data) == []
    assert running._process.returncode is not None
    with pytest.raises(ClassroomError, match="MNIST is not on this computer yet"):
        load_dataset("mnist")

    running.cancel()
    assert running.snapshot() is cancelled
    again = start_download("mnist")
    assert again is not running
    assert current_download("mnist") is again
    again.cancel()
    assert names(data) == []


def test_many_starts_at_once_start_one(server: _Server, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_ORIGIN", server.address("slow"))
    started: list[Download] = []
    threads = [threading.Thread(target=lambda: started.append(start_download("mnist"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 6
    assert len(set(started)) == 1
    assert len(names(data)) == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in Linux's /proc")
@pytest.mark.parametrize("ending", ["sys.exit(0)", f"os.kill(os.getpid(), {int(signal.SIGTERM)})", "os.abort()"])
def test_download_ends_with_the_server_however_that_ends(server: _Server, data: Path, ending: str) -> None:
    program = (
        "import os, sys\n"
        "from cnn_core.data.download import start_download\n"
        "print(start_download('mnist')._process.pid, flush=True)\n"
        f"{ending}\n"
    )
    environment = os.environ | {"CNN_CLASSROOM_MNIST_ORIGIN": server.address("slow")}
    ended_server = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{int(ended_server.stdout)}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    # Z alone would not do: for a moment, a process whose thread becomes another program looks like that too.
    wait_until(lambda: is_gone() and names(data) == [], at_most_s=10)


def test_process_that_breaks_off_is_a_failure_without_a_traceback(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_SHA256", "")
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # then the process does not find cnn_core
    running = start_download("mnist")
    wait_until(lambda: running.snapshot().status != "running")
    assert running.snapshot().status == "failed"
    assert running.snapshot().message == (
        "MNIST was not downloaded, because its process broke off: "
        f"try again later, or put mnist.npz into {data} by hand."
    )
    assert "No module named 'cnn_core'" in caplog.text
    assert names(data) == []


def test_data_set_without_a_download_is_refused() -> None:
    with pytest.raises(ClassroomError, match=r"Digits needs no download\."):
        start_download("digits")
    with pytest.raises(ClassroomError, match="no data set called “cats”"):
        start_download("cats")


def test_data_folder_that_cannot_be_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(ClassroomError, match=r"data folder .* cannot be written to"):
        start_download("mnist")
    assert current_download("mnist") is None


def test_what_a_power_failure_left_is_cleared_a_day_later(data: Path) -> None:
    old, new = data / ".mnist-download-old", data / ".mnist-download-new"
    for path in (old, new):
        path.mkdir(parents=True)
    os.utime(old, (0, 0))
    made = download_child.make_staging(MNIST)
    assert names(data) == sorted([new.name, made.name])


def test_rate_is_that_of_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert download._rate(deque([(0.0, 0)])) is None
    assert download._rate(deque([(0.0, 5), (2.0, 5)])) is None
    assert download._rate(deque([(0.0, 100), (1.0, 900), (4.0, 2100)])) == 500


# The downloading process, with a Keras that fails as we like.


def fake_keras(monkeypatch: pytest.MonkeyPatch, get_file: Callable[..., None]) -> None:
    utils = types.SimpleNamespace(get_file=get_file)
    monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(utils=utils))  # type: ignore[arg-type]
    monkeypatch.setattr(download_child, "_prepare_keras", lambda _: None)


def as_keras_wraps_it(error: Exception) -> Exception:
    wrapped = Exception("URL fetch failure")
    wrapped.__context__ = error
    return wrapped


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (as_keras_wraps_it(urllib.error.URLError(TimeoutError())), "storage.googleapis.com did not answer"),
        (TimeoutError(), "storage.googleapis.com did not answer"),
        (
            as_keras_wraps_it(urllib.error.URLError(socket.gaierror(-2, "Name or service not known"))),
            "storage.googleapis.com could not be reached from this computer",
        ),
        (
            as_keras_wraps_it(urllib.error.ContentTooShortError("5 of 9", (None, Message()))),  # type: ignore[arg-type]
            "the connection to storage.googleapis.com broke off",
        ),
        (ConnectionResetError(), "the connection to storage.googleapis.com broke off"),
        (http.client.IncompleteRead(b""), "the connection to storage.googleapis.com broke off"),
        (OSError(errno.ENOSPC, "No space"), "the disk is full"),
        (PermissionError(errno.EACCES, "Denied"), "the file could not be written (Denied)"),
    ],
)
def test_every_failure_has_its_words(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    reason: str,
) -> None:
    def get_file(*_: Any, **__: Any) -> None:
        raise error

    fake_keras(monkeypatch, get_file)
    assert download_child.main(["mnist"]) == download_child.EXPLAINED
    assert capsys.readouterr().out == (
        f"MNIST was not downloaded, because {reason}: try again later, or put mnist.npz into {data} by hand.\n"
    )
    assert names(data) == []


def test_started_by_hand_it_says_where_the_file_is(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    received: dict[str, Any] = {}

    def get_file(file_name: str, **given: Any) -> None:
        received.update(given)
        print("a progress bar")
        (Path(given["cache_dir"]) / file_name).write_bytes(GOOD)

    fake_keras(monkeypatch, get_file)
    assert download_child.main(["mnist"]) == 0
    assert capsys.readouterr().out == f"MNIST is complete: {data / 'mnist.npz'}\n"
    assert (data / "mnist.npz").read_bytes() == GOOD
    assert names(data) == ["mnist.npz"]
    assert MNIST.download is not None
    assert received["origin"] == MNIST.download.origin
    assert received["file_hash"] == MNIST.download.sha256


def test_mistake_of_ours_is_not_blamed_on_the_network(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def get_file(*_: Any, **__: Any) -> None:
        raise TypeError("no such argument")

    fake_keras(monkeypatch, get_file)
    with pytest.raises(TypeError, match="no such argument"):
        download_child.main(["mnist"])
    assert names(data) == []


def test_unknown_data_set_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert download_child.main(["cats"]) == download_child.EXPLAINED
    assert "There is no data set called “cats”." in capsys.readouterr().out


def test_length_is_unknown_once_another_checksum_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_ORIGIN", "https://mirror.example/mnist.npz")
    mirrored = download_child.source_in_use(MNIST)
    assert mirrored.origin == "https://mirror.example/mnist.npz"
    assert mirrored.size_bytes == PUBLISHED_BYTES
    monkeypatch.setenv("CNN_CLASSROOM_MNIST_SHA256", GOOD_SHA256)
    assert download_child.source_in_use(MNIST).sha256 == GOOD_SHA256
    assert download_child.source_in_use(MNIST).size_bytes is None
