"""Training in the app, with a browser watching, against the same training by `model.fit` in a plain script.

    python -m benchmarks.training_speed [--rounds 3] [--precision float32]

Both take turns in one run, so that the ratio means something on a machine that does other things too. The app runs in
this process, with a real Chromium that shows the growing curves; the script is `benchmarks/parts/plain_fit.py` in a
process of its own. Also told: the time from the click to the first point of the curve.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from playwright.sync_api import Page, sync_playwright
from streamlit import config
from streamlit.web import bootstrap

from cnn_core.architecture.presets import preset
from cnn_core.training import runs
from dashboard.navigation import PROJECT
from dashboard.palette import LIGHT
from tests.browser.conftest import FLAGS, browser_path
from tests.browser.helpers import coloured_pixels, key, open_page

PORT = 8599


@dataclass(frozen=True)
class Case:
    """One network and how long it is trained."""

    preset: str
    images: int
    epochs: int
    batch_size: int


CASES = (Case("first", 20_000, 6, 64), Case("large-cnn", 10_000, 2, 64), Case("fully-connected", 20_000, 4, 64))


def train_plainly(case: Case) -> float:
    """Run the script and return its seconds."""
    arguments = (case.preset, str(case.images), str(case.epochs), str(case.batch_size))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.parts.plain_fit", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.strip().splitlines()[-1])


def train_in_app(page: Page, case: Case) -> tuple[float, float]:
    """Train by the page's own button, watch, and return the run's seconds and those until the first point."""
    open_page(page, f"http://localhost:{PORT}", "Design")
    key(page, "preset.slug").get_by_role("button", name="Open").click()
    page.get_by_role("option", name=preset(case.preset).title, exact=True).click()
    page.get_by_role("button", name="Choose how to train it").click()
    page.get_by_role("heading", name="How does it learn?").wait_for()
    known = {run.id for run in runs.all_runs()}
    began_s = time.perf_counter()
    page.get_by_role("button", name="Train this network").click()
    while not coloured_pixels(page, "training.loss", LIGHT.training):
        page.wait_for_timeout(20)
    first_point_s = time.perf_counter() - began_s
    (run,) = [run for run in runs.all_runs() if run.id not in known]
    run.join()
    return run.snapshot.elapsed_s, first_point_s


def drive(rounds: int, precision: str) -> None:
    """Take turns and print the ratios."""
    from dashboard import state

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(120_000)
        open_page(page, f"http://localhost:{PORT}", "Look_inside")
        page.locator(".st-key-inside-maps-layers canvas").first.wait_for()  # TensorFlow is there
        print(f"{'network':18} {'plain fit':>10} {'in the app':>11} {'ratio':>7} {'first point':>12}")
        for case in CASES:
            original = state.settings
            plain, app, first = [], [], []
            for _ in range(rounds):
                plain.append(train_plainly(case))
                with settings_of(case, precision):
                    seconds, first_point = train_in_app(page, case)
                app.append(seconds)
                first.append(first_point)
            assert state.settings is original
            ratios = [b / a for a, b in zip(plain, app, strict=True)]
            print(
                f"{case.preset:18} {statistics.median(plain):8.2f} s {statistics.median(app):9.2f} s "
                f"{statistics.median(ratios):7.3f} {statistics.median(first):10.2f} s",
                flush=True,
            )
        browser.close()


class settings_of:  # noqa: N801  used like a function
    """Let the page train with a case's settings, without a minute of moving sliders."""

    def __init__(self, case: Case, precision: str) -> None:
        self._case = case
        self._precision = precision

    def __enter__(self) -> None:
        from dataclasses import replace

        from dashboard import state

        self._original = original = state.settings
        case = self._case
        state.settings = lambda: replace(
            original(),
            train_count=case.images,
            epochs=case.epochs,
            batch_size=case.batch_size,
            learning_rate=0.001,
            precision=self._precision,
        )

    def __exit__(self, *_: object) -> None:
        from dashboard import state

        state.settings = self._original


def main() -> None:
    """Start the app here and drive it from a thread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    given = parser.parse_args()

    def work() -> None:
        code = 1
        try:
            time.sleep(3)
            drive(given.rounds, given.precision)
            code = 0
        except Exception:  # noqa: BLE001  a thread that fails must not leave the server running
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)

    threading.Thread(target=work, daemon=True).start()
    bootstrap.load_config_options({"server_port": PORT, "server_headless": True})
    assert config.get_option("server.port") == PORT
    bootstrap.run(str(PROJECT / "app.py"), False, [], {})


if __name__ == "__main__":
    main()
