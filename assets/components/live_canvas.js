// A canvas for mouse, pen and finger that tells the server what is drawn while it is being drawn. The browser holds the
// strokes; each message says how many of those that the server has are to stay, and brings what comes after them, so
// that a message that was overtaken by the next one is not missed. One that nothing follows is told again: where the
// whole page is asked for, Streamlit drops what still waits for its turn, and so does a connection that breaks. It
// outlives the page, too: whoever leaves before the answer, and comes back, finds it on the canvas again.

const PAUSE_MS = 100; // at most ten messages a second while the pen is down
const PATIENCE_MS = 4000; // an answer that takes longer is not waited for
const REPEAT_MS = 2000; // what has had no answer for so long is told again
const STYLE_MS = 3000; // so long the canvas waits for the page's style sheet
const CLOSEST_PX = 1.2;
const PLACE = "cnn_classroom.unanswered.";
const ERASER_BUTTON = 32; // the other end of a pen

const rounded = (number) => Math.round(number * 10) / 10;
const packed = ({ width, isEraser, points }) => ({ width, isEraser, points: points.flat() });
const unpacked = ({ width, isEraser, points }) => ({
  width,
  isEraser,
  points: Array.from({ length: points.length / 2 }, (_, place) => points.slice(2 * place, 2 * place + 2)),
});

// The same curve as in cnn_core/strokes.py: from middle to middle, each point bends it towards itself.
function trace(pen, { width, points }) {
  pen.lineWidth = width;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(...points[0]);
  points.slice(1).forEach(([x, y], place) => {
    const [a, b] = points[place];
    pen.quadraticCurveTo(a, b, (a + x) / 2, (b + y) / 2);
  });
  pen.lineTo(...points.at(-1));
  pen.stroke();
}

function paint({ pen, data, ratio }, stroke) {
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.strokeStyle = stroke.isEraser ? data.paper : data.ink;
  trace(pen, stroke);
}

// What is finished is kept as a picture, so that only the stroke under the pen is painted again.
function keepFinished(view) {
  const { canvas, pen, data, strokes } = view;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = data.paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  strokes.slice(0, view.isDown ? -1 : undefined).forEach((stroke) => paint(view, stroke));
  view.finished.width = canvas.width;
  view.finished.height = canvas.height;
  view.finished.getContext("2d").drawImage(canvas, 0, 0);
  if (view.isDown) paint(view, strokes.at(-1));
}

function paintNewest(view) {
  view.frame = 0;
  view.pen.setTransform(1, 0, 0, 1, 0, 0);
  view.pen.drawImage(view.finished, 0, 0);
  paint(view, view.strokes.at(-1));
}

function show(view) {
  const { canvas, data, root, strokes } = view;
  const side = Math.round(canvas.clientWidth * devicePixelRatio) || data.size;
  canvas.width = canvas.height = side;
  view.ratio = side / data.size;
  cancelAnimationFrame(view.frame);
  view.frame = 0;
  keepFinished(view);
  const words = strokes.length === 1 ? "1 stroke" : `${strokes.length} strokes`;
  root.querySelector(".count").textContent = strokes.length ? words : "Nothing drawn yet";
  root.querySelectorAll(".undo, .clear").forEach((button) => (button.disabled = !strokes.length));
}

function tell(view) {
  clearTimeout(view.timer);
  view.timer = 0;
  view.isNew = false;
  view.number += 1;
  const now = performance.now();
  // A message that a timer sends a little late does not delay all that follow.
  view.told = now - view.told < 1.5 * PAUSE_MS ? view.told + PAUSE_MS : now;
  const { strokes, isDown, number } = view;
  view.open.push({ number, complete: strokes.length - (isDown ? 1 : 0), since: now });
  send(view);
}

function send(view) {
  const { strokes, known, isDown, number, data } = view;
  const news = { epoch: data.epoch, number, keep: known, strokes: strokes.slice(known).map(packed), isDown };
  view.give("drawn", news);
  keep(data, news);
  watch(view);
}

// What has had no answer yet, in the browser's tab; nothing, once all has.
function keep({ key }, news) {
  try {
    if (news) sessionStorage.setItem(PLACE + key, JSON.stringify(news));
    else sessionStorage.removeItem(PLACE + key);
  } catch {} // without a place to keep it, it lives as long as the page
}

function kept({ key }) {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE + key));
  } catch {
    return null;
  }
}

// The canvas is new on the page: what the one before had told, and the server never heard, is told now.
function resume(view) {
  const { data, strokes } = view;
  const news = kept(data);
  if (news?.epoch !== data.epoch || news.number <= data.answered || news.keep > strokes.length) return keep(data);
  view.strokes = [...strokes.slice(0, news.keep), ...news.strokes.map(unpacked)];
  view.known = news.keep;
  view.number = news.number;
  tell(view);
}

// The same message, under the same number: whichever of the two is answered, nothing is left to say.
function watch(view) {
  clearTimeout(view.watched);
  const repeat = () => view.root.isConnected && !view.isNew && send(view); // news is told anyway
  view.watched = view.open.length ? setTimeout(repeat, REPEAT_MS) : 0;
}

// While the pen is down one message at a time is under way, however slow the server is.
function tellSoon(view) {
  view.isNew = true;
  if (view.isDown && !view.data.isEager) return; // nobody follows the pen: its stroke is told when it is lifted
  if (view.timer) return;
  const now = performance.now();
  const open = view.open.at(-1);
  const wait = Math.max(view.told + PAUSE_MS - now, open ? open.since + PATIENCE_MS - now : 0);
  if (wait <= 0) tell(view);
  else view.timer = setTimeout(() => tell(view), wait);
}

function heard(view, answered) {
  const open = view.open.filter(({ number }) => number > answered);
  if (open.length === view.open.length) return;
  const newest = view.open[view.open.length - open.length - 1];
  view.known = Math.min(newest.complete, view.strokes.length);
  view.open = open;
  if (!open.length) keep(view.data);
  clearTimeout(view.timer);
  view.timer = 0;
  watch(view);
  if (view.isNew) tellSoon(view);
}

function place(view, event, box = view.canvas.getBoundingClientRect()) {
  const factor = view.data.size / box.width;
  return [rounded((event.clientX - box.left) * factor), rounded((event.clientY - box.top) * factor)];
}

function begin(view, event) {
  if (view.isDown || event.button > 0 && event.buttons !== ERASER_BUTTON) return;
  event.preventDefault();
  view.canvas.focus({ preventScroll: true, focusVisible: false });
  view.canvas.setPointerCapture(event.pointerId);
  view.pointer = event.pointerId;
  const isEraser = view.isErasing || event.buttons === ERASER_BUTTON;
  view.isDown = true;
  view.strokes.push({ width: view.data.width, isEraser, points: [place(view, event)] });
  show(view);
  tellSoon(view);
}

function go(view, event) {
  if (!view.isDown || event.pointerId !== view.pointer) return;
  const { points } = view.strokes.at(-1);
  const moves = event.getCoalescedEvents?.() ?? [];
  const before = points.length;
  const box = view.canvas.getBoundingClientRect();
  for (const move of moves.length ? moves : [event]) {
    const [x, y] = place(view, move, box);
    const [a, b] = points.at(-1);
    if (Math.hypot(x - a, y - b) >= CLOSEST_PX) points.push([x, y]);
  }
  if (points.length === before) return;
  view.frame ||= requestAnimationFrame(() => paintNewest(view));
  tellSoon(view);
}

function end(view, event) {
  if (!view.isDown || event.pointerId !== view.pointer) return;
  view.isDown = false;
  show(view);
  tell(view);
}

function cut(view, count) {
  if (view.isDown || count < 0 || count >= view.strokes.length) return;
  view.strokes.length = count;
  view.known = Math.min(view.known, count);
  view.open.forEach((open) => (open.complete = Math.min(open.complete, count)));
  show(view);
  tell(view);
}

function take(view, isErasing) {
  view.isErasing = isErasing;
  for (const name of ["pen", "eraser"])
    view.root.querySelector(`.${name}`).setAttribute("aria-pressed", String(isErasing === (name === "eraser")));
}

function press(view, event) {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
  if (isUndo) cut(view, view.strokes.length - 1);
  else if (event.key === "Delete" || event.key === "Backspace") cut(view, 0);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function listen(view) {
  const { canvas, root } = view;
  canvas.addEventListener("pointerdown", (event) => begin(view, event));
  canvas.addEventListener("pointermove", (event) => go(view, event));
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
    canvas.addEventListener(name, (event) => end(view, event));
  canvas.addEventListener("keydown", (event) => press(view, event));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a finger that rests draws a dot
  const acts = {
    pen: () => take(view, false),
    eraser: () => take(view, true),
    undo: () => cut(view, view.strokes.length - 1),
    clear: () => cut(view, 0),
  };
  for (const [name, act] of Object.entries(acts)) root.querySelector(`.${name}`).addEventListener("click", act);
  new ResizeObserver(() => show(view)).observe(canvas);
}

// On a slow line the page's style sheet comes last, and moves everything by a line or two: not under a pen.
function appear({ root }, since) {
  const isStyled = getComputedStyle(document.documentElement).getPropertyValue("--classroom-style");
  if (isStyled || performance.now() - since > STYLE_MS) root.classList.add("ready");
  else requestAnimationFrame(() => appear({ root }, since));
}

function newView(root) {
  const canvas = root.querySelector("canvas");
  const view = { root, canvas, pen: canvas.getContext("2d"), finished: document.createElement("canvas") };
  return Object.assign(view, { strokes: [], open: [], known: 0, number: 0, told: 0, timer: 0, frame: 0 });
}

// The server's strokes count where the browser has none yet, or where the server has changed them.
function adopt(view, data, isFirst) {
  if (!isFirst) keep(data); // what was still to be told was of other strokes
  view.strokes = data.strokes.map(unpacked);
  Object.assign(view, { known: view.strokes.length, open: [], isDown: false, isNew: false });
  view.number = Math.max(view.number, data.answered);
  clearTimeout(view.timer);
  view.timer = 0;
  watch(view);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".live-canvas");
  const isFirst = !root.view;
  const view = (root.view ??= newView(root));
  const before = view.data;
  Object.assign(view, { data, give: setTriggerValue });
  const isOther = before?.epoch !== data.epoch;
  if (isOther) adopt(view, data, isFirst);
  else heard(view, data.answered);
  if (isFirst) {
    view.canvas.style.setProperty("width", `${data.size}px`);
    view.canvas.setAttribute("aria-label", data.label);
    take(view, false);
    listen(view);
    appear(view, performance.now());
    resume(view);
  }
  const isRepainted = isOther || before.ink !== data.ink || before.paper !== data.paper;
  if (isRepainted) show(view);
}
