// A layer's output on the left, the image on the right: choosing a place in the output shows what it sees of the image.
// Everything it needs comes with `data` once; nothing goes back to the server.

const SVG = "http://www.w3.org/2000/svg";
const MOST_LINES = 64;
const LEAST_CELL = 1 / 60;
const MOST_PROPORTION = 12;
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function draw(parent, tag, name) {
  const there = parent.querySelector(`.${name}`);
  return there ?? parent.appendChild(set(document.createElementNS(SVG, tag), { class: name }));
}

const length = (runs) => runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
const plural = (count) => (count === 1 ? "" : "s");
const first = (runs) => runs[0][0];
const last = (runs) => runs[runs.length - 1][1];

// People count from 1.
function span(word, runs) {
  const [from, to] = [first(runs) + 1, last(runs) + 1];
  return from === to ? `${word} ${from}` : `${word}s ${from}–${to}`;
}

function sentence({ layer, rows, columns, height, width }, [row, column]) {
  const isOnly = rows.length === 1 && columns.length === 1;
  const who = isOnly ? `Every number of ${layer}` : `Row ${row + 1}, column ${column + 1} of ${layer}`;
  const [up, across] = [rows[row], columns[column]];
  if (!up.length || !across.length) return `${who} sees no pixel of the image: its window lies on the padding.`;
  const [high, wide] = [length(up), length(across)];
  if (high === height && wide === width) return `${who} sees all ${height}×${width} pixels of the image.`;
  const where = `${span("row", up)}, ${span("column", across)}`;
  const pixels = `${high}×${wide} pixel${plural(high * wide)}`;
  if (up.length === 1 && across.length === 1) return `${who} sees ${pixels}: ${where}.`;
  return `${who} sees ${pixels} within ${where}; those between are left out.`;
}

// A veil over the whole image with a hole for every run of rows and columns that is seen.
function veil({ height, width }, up, across) {
  const holes = up.flatMap(([top, bottom]) =>
    across.map(([left, right]) => `M${left} ${top}H${right + 1}V${bottom + 1}H${left}Z`),
  );
  return `M0 0H${width}V${height}H0Z${holes.join("")}`;
}

function drawGrid(svg, { rows, columns, colours }) {
  const [height, width] = [rows.length, columns.length];
  set(svg, { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" });
  set(draw(svg, "rect", "paper"), { width, height, fill: colours.surface });
  const lines = [];
  if (width <= MOST_LINES) for (let x = 1; x < width; x += 1) lines.push(`M${x} 0V${height}`);
  if (height <= MOST_LINES) for (let y = 1; y < height; y += 1) lines.push(`M0 ${y}H${width}`);
  set(draw(svg, "path", "lines"), { d: lines.join(""), stroke: colours.border });
}

function drawImage(svg, { image, height, width, colours }) {
  set(svg, { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" });
  set(draw(svg, "image", "pixels"), { href: image, width, height, preserveAspectRatio: "none" });
  set(draw(svg, "path", "veil"), { fill: colours.veil, "fill-rule": "evenodd" });
}

function drawUnit(view, unit) {
  view.unit = unit;
  const { data, grid, image, words } = view;
  const [row, column] = unit;
  const [up, across] = [data.rows[row], data.columns[column]];
  // A cell too small to be seen is drawn larger, around its middle.
  const [high, wide] = [data.rows.length, data.columns.length].map((count) => Math.max(1, count * LEAST_CELL));
  const cell = { x: column + (1 - wide) / 2, y: row + (1 - high) / 2, width: wide, height: high };
  set(draw(grid, "rect", "unit"), { ...cell, fill: data.colours.positive });
  set(image.querySelector(".veil"), { d: veil(data, up, across) });
  const isSeen = up.length && across.length;
  const hull = isSeen
    ? { x: first(across), y: first(up), width: last(across) - first(across) + 1, height: last(up) - first(up) + 1 }
    : { x: 0, y: 0, width: 0, height: 0 };
  set(draw(image, "rect", "hull"), { ...hull, stroke: data.colours.positive });
  words.textContent = sentence(data, unit);
}

const clamp = (value, count) => Math.min(Math.max(value, 0), count - 1);

function choose(view, row, column) {
  const unit = [clamp(row, view.data.rows.length), clamp(column, view.data.columns.length)];
  if (unit[0] !== view.unit[0] || unit[1] !== view.unit[1]) drawUnit(view, unit);
}

function listen(view) {
  const { grid } = view;
  const point = (event) => {
    const box = grid.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * view.data.rows.length);
    choose(view, row, Math.floor(((event.clientX - box.left) / box.width) * view.data.columns.length));
  };
  grid.addEventListener("pointermove", point);
  grid.addEventListener("pointerdown", (event) => {
    grid.setPointerCapture(event.pointerId);
    point(event);
  });
  grid.addEventListener("keydown", (event) => {
    const [row, column] = view.unit;
    if (event.key in STEPS) choose(view, row + STEPS[event.key][0], column + STEPS[event.key][1]);
    else if (event.key === "Home") choose(view, row, 0);
    else if (event.key === "End") choose(view, row, Infinity);
    else return;
    event.preventDefault();
  });
}

function describe(root, { layer, rows, columns, height, width, note }) {
  const places = rows.length * columns.length;
  const size = places === 1 ? "one place" : `${rows.length}×${columns.length} places`;
  root.querySelector(".output figcaption").textContent = `Output of ${layer}: ${size}`;
  root.querySelector(".input figcaption").textContent = `Image: ${height}×${width} pixels`;
  root.querySelector(".grid").setAttribute("aria-label", `Output of ${layer}. Arrow keys choose a place.`);
  root.querySelector(".note").textContent = note;
  // Both pictures keep the image's proportions, whatever the layer: choosing another one moves nothing.
  root.style.setProperty("--proportion", Math.min(Math.max(width / height, 1 / MOST_PROPORTION), MOST_PROPORTION));
}

const views = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".receptive-field");
  let view = views.get(root);
  const shape = JSON.stringify([data.layer, data.rows.length, data.columns.length]);
  if (!view) {
    const [grid, image, words] = [".grid", ".image", ".words"].map((name) => root.querySelector(name));
    view = { grid, image, words };
    views.set(root, view);
    listen(view);
  }
  const isSame = view.shape === shape;
  Object.assign(view, { data, shape });
  describe(root, data);
  drawGrid(view.grid, data);
  drawImage(view.image, data);
  drawUnit(view, isSame ? view.unit : [(data.rows.length - 1) >> 1, (data.columns.length - 1) >> 1]);
}
