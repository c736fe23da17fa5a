"""How soon a part of a page follows a key on a slider, in a real browser: shared by the benchmarks of pages."""

from __future__ import annotations

import statistics

from playwright.sync_api import Page

from tests.browser.helpers import key, wait_until_settled

WATCH = """(keyed) => {
    window.moves = [];
    let pressed = null;
    document.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    const parts = (node) => [node, ...node.querySelectorAll('*')].flatMap(e => e.shadowRoot ? [e, e.shadowRoot] : []);
    const roots = [document.querySelector(keyed), ...parts(document.querySelector(keyed))];
    // Streamlit marks what is about to change by attributes of its own; only what is drawn counts.
    const isDrawn = (record) => record.type !== 'attributes' || record.target.getRootNode() instanceof ShadowRoot;
    const seen = new MutationObserver((records) => {
        if (pressed === null || !records.some(isDrawn)) return;
        const began = pressed;
        pressed = null;
        requestAnimationFrame(() => setTimeout(() => window.moves.push(performance.now() - began)));
    });
    const everything = {subtree: true, childList: true, attributes: true, characterData: true};
    for (const root of roots) seen.observe(root, everything);
}"""
"""Notes the milliseconds from a key to the frame in which anything below an element has changed."""


def answer_times(page: Page, slider: str, watched: str, moves: int, *, is_onward: bool = False) -> list[float]:
    """Move a slider to and fro and return the milliseconds until a part of the page had followed, in rising order.

    Args:
        page: The page.
        slider: The slider's key.
        watched: The key of what is to follow.
        moves: How often.
        is_onward: Whether the slider is moved on and on, and not to and fro.
    """
    page.evaluate(WATCH, f".st-key-{watched.replace('.', '-')}")
    handle = key(page, slider).get_by_role("slider")
    handle.focus()
    for move in range(moves):
        page.keyboard.press("ArrowRight" if is_onward or move % 2 == 0 else "ArrowLeft")
        page.wait_for_function("count => window.moves.length >= count", arg=move + 1)
        wait_until_settled(page)
    return sorted(float(ms) for ms in page.evaluate("window.moves"))


def tell(title: str, times: list[float], limit_ms: float) -> None:
    """Print the median and the 95th percentile of times in rising order, and whether the latter is within a limit."""
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    verdict = "within" if p95 <= limit_ms else "ABOVE"
    print(f"{title}: p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, {verdict} {limit_ms:.0f} ms", flush=True)
