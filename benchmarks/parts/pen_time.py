"""How far a part of a page is behind the pen, in a real browser: notes of what is sent, answered, and drawn."""

from __future__ import annotations

from playwright.sync_api import Page

NOTE_MESSAGES = """
    window.sent = {};
    window.answered = {};
    window.released = window.waited = 0;
    window.frames_of = {};
    addEventListener('pointermove', ({timeStamp}) => { window.waited = performance.now() - timeStamp; }, true);
    addEventListener('pointerup', () => { window.released = performance.now(); }, true);
    const text = new TextDecoder('latin1');
    const numbers = (bytes, name) => {
        if (typeof bytes === 'string') return [];
        const found = text.decode(bytes).matchAll(new RegExp(`"${name}": ?(\\\\d+)`, 'g'));
        return [...found].map((match) => Number(match[1]));
    };
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', ({data}) => {
                for (const number of numbers(data, 'answered')) window.answered[number] ??= performance.now();
            });
        }
        send(data) {
            for (const number of numbers(data, 'number')) window.sent[number] ??= performance.now() - window.waited;
            return super.send(data);
        }
    };
"""
"""Run before the page's own scripts: notes for each message of the live canvas, by its number, the moment up to which
it knows the pen (when it was sent, less what the pen's last event had waited), and when its answer began to arrive."""

WATCH = """([name, keyed]) => {
    const frames = window.frames_of[name] = [];
    const place = document.querySelector(keyed);
    const parts = [...place.querySelectorAll('*')].flatMap((part) => part.shadowRoot ?? []);
    // Streamlit marks what is about to change by attributes of its own; only what is drawn counts.
    const isDrawn = ({type, target}) => type !== 'attributes' || target.getRootNode() instanceof ShadowRoot;
    let isWaiting = false;
    const seen = new MutationObserver((records) => {
        if (isWaiting || !records.some(isDrawn)) return;
        isWaiting = true;
        requestAnimationFrame(() => setTimeout(() => { isWaiting = false; frames.push(performance.now()); }));
    });
    const everything = {subtree: true, childList: true, attributes: true, characterData: true};
    for (const part of [place, ...parts]) seen.observe(part, everything);
}"""


def watch(page: Page, name: str) -> None:
    """Note from now on the frames in which anything below an element of that key has changed."""
    page.evaluate(WATCH, [name, f".st-key-{name.replace('.', '-')}"])
    page.evaluate("window.sent = {}")


def lags(page: Page, name: str) -> list[float]:
    """Return for each answer that changed a watched element how far it was behind the pen when it was seen, in ms.

    Args:
        page: The page, with `NOTE_MESSAGES`.
        name: The element's key.

    Returns:
        The times in rising order; an answer that was drawn only after the next one had begun to arrive has none.
    """
    sent, answered = page.evaluate("[window.sent, window.answered]")
    frames = [float(at) for at in page.evaluate("name => window.frames_of[name]", name)]
    found = []
    numbers = sorted(int(number) for number in sent if number in answered)
    for number, after in zip(numbers, [*numbers[1:], None], strict=True):
        end = float("inf") if after is None else answered[str(after)]
        frame = next((at for at in frames if answered[str(number)] < at <= end), None)
        if frame is not None:
            found.append(frame - sent[str(number)])
    return sorted(found)


def answer_count(page: Page) -> int:
    """Return how many of the messages since `watch` have been answered, each with bars and maps of its own."""
    return int(page.evaluate("Object.keys(window.sent).filter((number) => number in window.answered).length"))
