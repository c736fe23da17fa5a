// Grids of numbers over which something walks, step by step. All numbers of all steps come with `data` once; nothing
// goes back to the server. New data is drawn in place: canvases, focus and the step stay.

const measuring = newPen(1, 1);

function lookAround(view) {
  const style = getComputedStyle(view.root);
  view.type = { size: Math.max(LEAST_TYPE, 0.8125 * parseFloat(style.fontSize)), family: style.fontFamily };
  view.room = Math.floor(view.root.clientWidth);
  view.ratio = window.devicePixelRatio || 1;
}

// As many figures as there are grids; those that are there already stay.
function makeFigures(view) {
  const { host, grids } = view;
  while (host.children.length > grids.length) host.lastChild.remove();
  while (host.children.length < grids.length) {
    const figure = document.createElement("figure");
    figure.innerHTML =
      '<figcaption></figcaption><div class="stage"><canvas role="application"></canvas><div class="cursor" hidden></div></div>';
    host.append(figure);
    listenToGrid(view, figure, host.children.length - 1);
  }
  grids.forEach(({ name, role, height, width, isFilling }, index) => {
    const figure = host.children[index];
    const [caption, canvas] = figure.querySelectorAll("figcaption, canvas");
    const keys = "Arrow keys move from value to value, page up and page down from grid to grid";
    const act = isFilling ? "; Enter goes to the step that writes it" : "";
    figure.dataset.role = role;
    caption.textContent = name;
    caption.title = name;
    canvas.setAttribute("aria-label", `${name}, ${height}×${width}. ${keys}${act}.`);
    canvas.tabIndex = index === Math.min(view.entry, grids.length - 1) ? 0 : -1;
    canvas.style.cursor = isFilling ? "pointer" : "";
  });
}

// Room for the longest sentence is kept, so that nothing below moves from step to step.
function reserve(view) {
  const longest = view.data.sentences.reduce((long, text) => (text.length > long.length ? text : long), "");
  view.ruler.textContent = longest;
  view.sentence.style.minHeight = `${view.ruler.offsetHeight}px`;
}

function placeFigures(view) {
  const { host, grids, room, type } = view;
  if (!room) return;
  measuring.font = `${type.size}px ${type.family}`;
  const line = Math.ceil(type.size * 1.5);
  // With larger type everything is laid out as if there were less room, and then enlarged as a whole.
  const enlarged = type.size / LEAST_TYPE;
  const measure = (text) => Math.ceil(measuring.measureText(text).width / enlarged);
  const { boxes, height } = bestPlaces(grids, room / enlarged, line / enlarged, measure);
  host.style.height = `${height * enlarged}px`;
  grids.forEach((grid, index) => {
    const [x, y, width, cell] = ["x", "y", "width", "cell"].map((name) => boxes.get(grid)[name] * enlarged);
    const figure = host.children[index];
    Object.assign(figure.style, { left: `${x}px`, top: `${y}px`, width: `${width}px` });
    figure.firstChild.style.height = figure.firstChild.style.lineHeight = `${line}px`;
    const canvas = figure.querySelector("canvas");
    canvas.style.width = `${grid.width * cell + 2 * GRID_EDGE}px`;
    canvas.style.height = `${grid.height * cell + 2 * GRID_EDGE}px`;
    grid.cell = cell;
  });
  reserve(view);
}

function showStep(view, step, isPlaying) {
  const { data, grids, host, sentence, tables, type, ratio } = view;
  if (!view.room) return;
  grids.forEach((grid, index) => {
    const how = { table: tables[grid.scale], colours: data.colours, type, ratio };
    drawGrid(host.children[index].querySelector("canvas"), grid, step, grid.cell, how);
  });
  sentence.setAttribute("aria-live", isPlaying ? "off" : "polite");
  if (sentence.textContent !== data.sentences[step]) sentence.textContent = data.sentences[step];
  pointAt(view, view.at);
}

// Names a cell, or none: `[grid, place]`.
function pointAt(view, at) {
  const { host, grids, words, player } = view;
  const isThere = at !== null && at[0] < grids.length && at[1] < grids[at[0]].size;
  view.at = isThere ? at : null;
  [...host.children].forEach((figure, index) => {
    const cursor = figure.querySelector(".cursor");
    cursor.hidden = !isThere || at[0] !== index;
    if (cursor.hidden) return;
    const { cell, width } = grids[index];
    const side = Math.max(cell, 7);
    const start = (place) => `${GRID_EDGE + (place + 0.5) * cell - side / 2}px`;
    Object.assign(cursor.style, { left: start(at[1] % width), top: start(Math.floor(at[1] / width)), width: `${side}px`, height: `${side}px` });
  });
  const filling = grids.find((grid) => grid.isFilling);
  const act = filling ? ` Click a cell of “${filling.name}” to go to the step that writes it.` : "";
  const hint = `Point at a cell, or tap it, to read its value.${act}`;
  const text = isThere ? cellSentence(grids[at[0]], player.step, at[1]) : hint;
  if (words.textContent !== text) words.textContent = text;
  words.classList.toggle("hint", !isThere);
}

function visit(view, at) {
  const grid = at && view.grids[at[0]];
  if (!grid?.isFilling) return;
  const { step } = view.player;
  if (litAt(grid.marks, step).includes(at[1]) && !view.player.isPlaying && grid.written[at[1]] === step) return;
  const next = stepOf(grid, view.data.steps, step, at[1]);
  if (next !== null) view.player.go(next);
}

function moved({ grids }, [index, place], key) {
  const { height, width } = grids[index];
  const [row, column] = [Math.floor(place / width), place % width];
  if (key in PAGES) {
    const to = clamp(index + PAGES[key], 0, grids.length - 1);
    return [to, to === index ? place : 0];
  }
  if (key === "Home") return [index, row * width];
  if (key === "End") return [index, row * width + width - 1];
  if (!(key in STEPS)) return null;
  return [index, clamp(row + STEPS[key][0], 0, height - 1) * width + clamp(column + STEPS[key][1], 0, width - 1)];
}

function listenToGrid(view, figure, index) {
  const canvas = figure.querySelector("canvas");
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const { cell, height, width } = view.grids[index];
    const share = canvas.offsetWidth / box.width;
    const column = Math.floor(((event.clientX - box.left) * share - GRID_EDGE) / cell);
    const row = Math.floor(((event.clientY - box.top) * share - GRID_EDGE) / cell);
    return row >= 0 && row < height && column >= 0 && column < width ? [index, row * width + column] : null;
  };
  // A finger that moves scrolls: it names a value only where it taps.
  canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && pointAt(view, under(event)));
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && pointAt(view, null));
  canvas.addEventListener("click", (event) => {
    const at = under(event);
    pointAt(view, at);
    visit(view, at);
  });
  canvas.addEventListener("blur", () => pointAt(view, null));
}

function pressed(view, event) {
  const index = [...view.host.children].findIndex((figure) => figure.contains(event.target));
  if (index < 0) return view.player.press(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const from = view.at?.[0] === index ? view.at : null;
  const to = moved(view, from ?? [index, 0], event.key);
  if (event.key === " ") view.player.toggle();
  else if (event.key === "Enter") visit(view, from);
  else if (to) enter(view, from || event.key in PAGES ? to : [index, 0]);
  else return;
  event.preventDefault();
}

// The keyboard goes to a cell; one press of the tab key leaves all grids.
function enter(view, [index, place]) {
  const canvases = [...view.host.querySelectorAll("canvas")];
  view.entry = index;
  canvases.forEach((canvas, other) => {
    canvas.tabIndex = other === index ? 0 : -1;
  });
  if (view.root.getRootNode().activeElement !== canvases[index]) canvases[index].focus({ preventScroll: true });
  pointAt(view, [index, place]);
  view.host.children[index].querySelector(".cursor").scrollIntoView({ block: "nearest", inline: "nearest" });
}

function begin(root) {
  const view = { root, at: null, entry: 0 };
  [view.host, view.words, view.sentence, view.ruler] = [".grids", ".words", ".sentence", ".ruler"].map((name) => root.querySelector(name));
  view.player = newPlayer(root.querySelector(".player"), (step, isPlaying) => showStep(view, step, isPlaying));
  root.addEventListener("keydown", (event) => pressed(view, event));
  lookAround(view);
  new ResizeObserver(() => {
    const { room, ratio } = view;
    lookAround(view);
    if (room === view.room && ratio === view.ratio) return;
    placeFigures(view);
    showStep(view, view.player.step, view.player.isPlaying);
  }).observe(root);
  return view;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".walk-view");
  const view = (root.view ??= begin(root));
  root.setAttribute("aria-label", data.name);
  const tables = Object.fromEntries(Object.entries(data.tables).map(([scale, text]) => [scale, bytes(text)]));
  Object.assign(view, { data, tables, grids: data.grids.map((grid) => unpack(grid, data.steps)) });
  makeFigures(view);
  placeFigures(view);
  view.player.setCount(data.steps);
}
