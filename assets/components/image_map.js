// Draws images as points of a plane on a canvas; the one at the cursor is shown as a picture with what is known of it.
// Everything comes with `data`; only a choice goes back.

const EDGE = 26; // room for labels and stars at the canvas's edge
const [LEAST_HEIGHT, MOST_HEIGHT, PROPORTION] = [300, 470, 0.95];
const REACH = { mouse: 24, pen: 24, touch: 36 }; // how far from a point one may be, in CSS pixels
const SAVED = { width: 1000, height: 800, ratio: 2 };
const MOST_LISTED = 40;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAGES = { PageUp: -1, PageDown: 1 };

// One shape a class, within −1 to 1; where there are more classes, colours go round at another pace than shapes.
const SHAPES = [
  "M0-1A1 1 0 0 1 0 1A1 1 0 0 1 0-1Z",
  "M-.9-.9H.9V.9H-.9Z",
  "M0-1.1L1.1.9H-1.1Z",
  "M0-1.25L1.25 0L0 1.25L-1.25 0Z",
  "M-.4-1.15H.4V-.4H1.15V.4H.4V1.15H-.4V.4H-1.15V-.4H-.4Z",
  "M0 1.1L1.1-.9H-1.1Z",
  "M-1.1-.6L-.6-1.1L0-.5L.6-1.1L1.1-.6L.5 0L1.1.6L.6 1.1L0 .5L-.6 1.1L-1.1.6L-.5 0Z",
  "M-1-1.1H1L0 0L1 1.1H-1L0 0Z",
  "M-1.35-.5H1.35V.5H-1.35Z",
  "M-.5-1.35H.5V1.35H-.5Z",
];
const STAR = "M0-1L.24-.32L.95-.31L.38.12L.59.81L0 .4L-.59.81L-.38.12L-.95-.31L-.24-.32Z";
const RING = SHAPES[0];
const path = (text) => new Path2D(text);
const [shapes, star, ring] = [SHAPES.map(path), path(STAR), path(RING)];

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const shapeOf = (index) => (index + Math.floor(index / SHAPES.length)) % SHAPES.length;
const colourOf = ({ colours }, index) => colours.classes[index % colours.classes.length];
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, attributes);
  element.append(...children);
  return element;
}

// --- what is said -------------------------------------------------------------------------------------------------

function nameOf({ data }, point) {
  const index = data.classes[point];
  return index < 0 ? "" : `“${data.names[index]}”`;
}

function verdictOf({ data }, point) {
  const judged = data.classes[point] < 0 ? "" : data.isWrong[point] ? ", wrongly" : ", rightly";
  return `The network says “${data.verdicts[point]}” (${data.sureness[point]})${judged}.`;
}

function aroundOf({ data }, point) {
  const [name, count] = data.around[point];
  return `${count} of its ${data.neighbours[point].length} nearest neighbours are “${name}”.`;
}

// What most neighbours are, of a point that is astray; its own class can still have more of them than any other one.
function amongOf(view, point) {
  const [name] = view.data.around[point];
  return nameOf(view, point) === `“${name}”` ? "several classes" : `“${name}”`;
}

function headOf(view, point) {
  const { titles } = view.data;
  const title = titles[point][0].toUpperCase() + titles[point].slice(1);
  const name = nameOf(view, point);
  return name ? `${title}: ${name}.` : `${title}.`;
}

const sentence = (view, point) => [headOf, verdictOf, aroundOf].map((say) => say(view, point)).join(" ");

// --- where it stands ------------------------------------------------------------------------------------------------

// Both axes have one scale: distances are what one reads.
function fit({ points }, width, height) {
  const spans = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const [wide, high] = spans.map(([low, top]) => top - low);
  const scale = Math.min((width - 2 * EDGE) / (wide || 1), (height - 2 * EDGE) / (high || 1));
  const [middleX, middleY] = spans.map(([low, top]) => (low + top) / 2);
  return ([x, y]) => [width / 2 + (x - middleX) * scale, height / 2 - (y - middleY) * scale];
}

function arrange(view, width, height) {
  const place = fit(view.data, width, height);
  const radius = clamp(width / (view.data.points.length > 400 ? 120 : 95), 2.6, 5);
  return { width, height, radius, place, places: view.data.points.map(place) };
}

// --- drawing --------------------------------------------------------------------------------------------------------

function stamp(context, shape, [x, y], size, fill, edge, thick) {
  context.save();
  context.translate(x, y);
  context.scale(size, size);
  if (fill) {
    context.fillStyle = fill;
    context.fill(shape);
  }
  if (edge) {
    context.strokeStyle = edge;
    context.lineWidth = thick / size;
    context.stroke(shape);
  }
  context.restore();
}

function write(context, text, x, y, { text: ink, paper }) {
  context.lineJoin = "round";
  context.lineWidth = 5;
  context.strokeStyle = paper;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

function drawPoint(context, { data }, { places, radius }, point) {
  const index = data.classes[point];
  if (index < 0) return;
  stamp(context, shapes[shapeOf(index)], places[point], radius, colourOf(data, index), data.colours.paper, 0.7);
  if (data.isWrong[point]) stamp(context, ring, places[point], radius + 4, "", data.colours.text, 1.6);
}

// Names that would lie on each other are moved down, one after the other.
function drawLabels(context, { data, type }, { place, width, height }) {
  context.font = `700 ${type.size + 3}px ${type.family}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const line = type.size + 6;
  const taken = [];
  const sorted = data.labels.map(([x, y, name]) => [...place([x, y]), name]).sort((a, b) => a[1] - b[1]);
  for (let [x, y, name] of sorted) {
    const half = context.measureText(name).width / 2 + 3;
    x = clamp(x, half, width - half);
    const hit = () => taken.find((box) => Math.abs(box.x - x) < box.half + half && Math.abs(box.y - y) < line);
    for (let tries = 0, other = hit(); other && tries < 12; tries += 1, other = hit()) y = other.y + line;
    taken.push({ x, y: clamp(y, line / 2, height - line / 2), half });
    write(context, name, x, taken.at(-1).y, data.colours);
  }
}

function drawMarks(context, { data, type }, { places, radius, width, height }) {
  const { text, paper } = data.colours;
  context.font = `600 ${type.size}px ${type.family}`;
  context.textBaseline = "middle";
  for (const [point, words] of data.marks) {
    const [x, y] = places[point];
    const size = Math.max(2.6 * radius, 11);
    stamp(context, star, [x, y], size + 2, paper, paper, 3);
    stamp(context, star, [x, y], size, text, paper, 1);
    const room = context.measureText(words).width + size + 4;
    const isLeft = x + room > width;
    context.textAlign = isLeft ? "right" : "left";
    write(context, words, x + (isLeft ? -1 : 1) * (size + 4), clamp(y, type.size, height - type.size), data.colours);
  }
}

function draw(context, view, layout, ratio) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  // Those that are right first: what one looks for lies on top.
  const order = view.data.points.map((_, point) => point);
  order.sort((a, b) => view.data.isWrong[a] - view.data.isWrong[b]);
  for (const point of order) drawPoint(context, view, layout, point);
  drawLabels(context, view, layout);
  drawMarks(context, view, layout);
}

function drawPointed(view) {
  const { overlay, layout, data, at, ratio } = view;
  const context = overlay.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  if (at === null) return;
  const { places, radius } = layout;
  const from = places[at];
  context.lineWidth = 1.4;
  context.strokeStyle = data.colours.text;
  context.beginPath();
  for (const other of data.neighbours[at]) {
    context.moveTo(...from);
    context.lineTo(...places[other]);
  }
  context.stroke();
  for (const other of data.neighbours[at]) drawPoint(context, view, layout, other);
  drawPoint(context, view, { ...layout, radius: radius + 2 }, at);
  stamp(context, ring, from, radius + 8, "", data.colours.paper, 5);
  stamp(context, ring, from, radius + 8, "", data.colours.text, 2.5);
}

// --- pictures -------------------------------------------------------------------------------------------------------

function showPicture(element, { sprite }, point, height) {
  const { columns } = sprite;
  const wide = (height * sprite.width) / sprite.height;
  const [column, row] = [point % columns, Math.floor(point / columns)];
  Object.assign(element.style, {
    width: `${wide}px`,
    height: `${height}px`,
    backgroundSize: `${columns * wide}px auto`,
    backgroundPosition: `${-column * wide}px ${-row * height}px`,
  });
}

function showCard(view) {
  const { card, at, layout, stage, data } = view;
  card.hidden = at === null;
  if (at === null) return;
  showPicture(card.querySelector(".picture"), data, at, 72);
  const judged = data.classes[at] < 0 ? "" : data.isWrong[at] ? " – wrong" : " – right";
  const [title, name, verdict] = card.querySelectorAll("span");
  title.textContent = data.titles[at];
  name.textContent = nameOf(view, at);
  verdict.textContent = `verdict “${data.verdicts[at]}”, ${data.sureness[at]}${judged}`;
  const [x, y] = layout.places[at];
  const [wide, high, gap] = [card.offsetWidth, card.offsetHeight, layout.radius + 14];
  const [left, top] = [x - wide / 2, y - high / 2].map(Math.round);
  // Beside the point, else below or above it: the point itself stays in sight.
  const tried = [[x + gap, top], [x - gap - wide, top], [left, y + gap], [left, y - gap - high]];
  const isInside = ([across, down], axis) => {
    const [place, size, room] = axis ? [down, high, layout.height] : [across, wide, layout.width];
    return place >= 0 && place + size <= room;
  };
  const free = tried.find((place, index) => isInside(place, index < 2 ? 0 : 1)) ?? tried[2];
  card.style.left = `${clamp(free[0], 0, Math.max(layout.width - wide, 0))}px`;
  card.style.top = `${clamp(free[1], 0, Math.max(layout.height - high, 0))}px`;
}

function point(view, at) {
  if (at === view.at) return;
  view.at = at;
  drawPointed(view);
  showCard(view);
  const star = view.data.marks[0]?.[0];
  const said = at ?? star;
  const hint = view.kind === "touch" && at !== null && view.data.isChoosable[at] ? " Tap it again to choose it." : "";
  view.words.textContent = said === undefined ? "Point at an image." : sentence(view, said) + hint;
}

function show(view) {
  const { canvas, overlay, stage } = view;
  const style = getComputedStyle(view.root);
  view.type = { size: Math.max(13, 0.8125 * parseFloat(style.fontSize)), family: style.fontFamily };
  const width = Math.floor(stage.clientWidth);
  if (!width) return;
  const ratio = (view.ratio = window.devicePixelRatio || 1);
  const height = Math.round(clamp(width * PROPORTION, LEAST_HEIGHT, MOST_HEIGHT));
  for (const layer of [canvas, overlay]) {
    Object.assign(layer, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(layer.style, { width: `${width}px`, height: `${height}px` });
  }
  view.root.style.setProperty("--high", `${height}px`);
  view.layout = arrange(view, width, height);
  draw(canvas.getContext("2d"), view, view.layout, ratio);
  const { at } = view;
  view.at = undefined;
  point(view, at ?? null);
}

// --- lists and legend -----------------------------------------------------------------------------------------------

function entry(view, at) {
  const { data } = view;
  const picture = make("span", { className: "picture" });
  showPicture(picture, data, at, 40);
  const verdict = data.isWrong[at] ? `verdict “${data.verdicts[at]}”, wrong` : "verdict right";
  const where = data.isAstray[at] ? ` among ${amongOf(view, at)}` : "";
  const words = make("span", {}, make("b", { textContent: nameOf(view, at) + where }), make("br"), verdict);
  const button = make("button", { type: "button" }, picture, words);
  button.disabled = !data.isChoosable[at];
  button.addEventListener("pointerenter", () => point(view, at));
  button.addEventListener("pointerleave", () => point(view, null));
  button.addEventListener("focus", () => point(view, at));
  button.addEventListener("blur", () => point(view, null));
  button.addEventListener("click", () => view.report(at));
  return make("li", {}, button);
}

function list(view, name, title, words, chosen) {
  const section = view.root.querySelector(`.${name}`);
  section.hidden = !chosen.length && name === "wrong";
  section.querySelector("h3").textContent = `${title}: ${chosen.length}`;
  const rest = chosen.length - MOST_LISTED;
  const entries = chosen.slice(0, MOST_LISTED).map((at) => entry(view, at));
  if (rest > 0) entries.push(make("li", { textContent: `and ${rest} more, on the map` }));
  section.querySelector("p").textContent = words;
  section.querySelector("ul").replaceChildren(...entries);
}

function sign(shape, fill, edge) {
  const svg = `<svg viewBox="-1.5 -1.5 3 3" aria-hidden="true"><path d="${shape}"/></svg>`;
  const holder = make("span", { className: "sign", innerHTML: svg });
  const drawn = holder.querySelector("path");
  drawn.setAttribute("fill", fill);
  if (edge) for (const [name, value] of [["stroke", edge], ["stroke-width", 0.25]]) drawn.setAttribute(name, value);
  return holder;
}

function showLegend({ root, data }) {
  const { text } = data.colours;
  const present = data.names.map((name, index) => [name, index]).filter(([, index]) => data.classes.includes(index));
  const items = present.map(([name, index]) => [sign(SHAPES[shapeOf(index)], colourOf(data, index)), name]);
  items.push([sign(RING, "none", text), "wrong verdict"]);
  if (data.marks.length) items.push([sign(STAR, text), data.marks.map(([, words]) => words).join(", ")]);
  root.querySelector(".legend").replaceChildren(...items.map((item) => make("span", { className: "item" }, ...item)));
}

// --- what people do -------------------------------------------------------------------------------------------------

function nearest({ layout }, x, y, reach) {
  let [best, found] = [reach ** 2, null];
  layout.places.forEach(([left, top], at) => {
    const distance = (left - x) ** 2 + (top - y) ** 2;
    if (distance < best) [best, found] = [distance, at];
  });
  return found;
}

// The nearest point that lies more in this direction than to its sides.
function towards({ layout }, from, [right, down]) {
  const [x, y] = layout.places[from];
  let [best, found] = [Infinity, from];
  layout.places.forEach(([left, top], at) => {
    const along = (left - x) * right + (top - y) * down;
    const aside = Math.abs((left - x) * down) + Math.abs((top - y) * right);
    const distance = along ** 2 + 4 * aside ** 2;
    if (at !== from && along > 0 && aside <= along && distance < best) [best, found] = [distance, at];
  });
  return found;
}

function alongClass({ data }, from, step) {
  const mine = data.classes.flatMap((index, at) => (index === data.classes[from] ? [at] : []));
  return mine[(mine.indexOf(from) + step + mine.length) % mine.length];
}

function press(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { data } = view;
  const from = view.at ?? data.marks[0]?.[0] ?? 0;
  if (event.key === "Enter" || event.key === " ") view.report(from);
  else if (event.key in STEPS) point(view, towards(view, from, STEPS[event.key]));
  else if (event.key in PAGES) point(view, alongClass(view, from, PAGES[event.key]));
  else if (event.key === "Escape") point(view, null);
  else return;
  event.preventDefault();
  event.stopPropagation(); // page up and down would also turn to another step of a lesson plan
}

function listen(view) {
  const { overlay } = view;
  const under = (event) => {
    const box = overlay.getBoundingClientRect();
    return nearest(view, event.clientX - box.left, event.clientY - box.top, REACH[view.kind] ?? REACH.mouse);
  };
  overlay.addEventListener("pointerdown", (event) => (view.kind = event.pointerType));
  overlay.addEventListener("pointermove", (event) => event.pointerType !== "touch" && point(view, under(event)));
  overlay.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && point(view, null));
  overlay.addEventListener("click", (event) => {
    const at = under(event);
    // A finger cannot hover: its first tap shows the image, the second one chooses it.
    if (at !== null && (view.kind !== "touch" || at === view.at)) view.report(at);
    point(view, at);
  });
  overlay.addEventListener("keydown", (event) => press(view, event));
  overlay.addEventListener("blur", () => point(view, null));
  view.root.querySelector(".png").addEventListener("click", () => savePicture(view));
  new ResizeObserver(() => {
    if (Math.floor(view.stage.clientWidth) !== view.layout?.width) show(view);
  }).observe(view.stage);
}

function savePicture(view) {
  const { width, height, ratio } = SAVED;
  const canvas = make("canvas", { width: width * ratio, height: height * ratio });
  const context = canvas.getContext("2d");
  draw(context, view, arrange(view, width, height), ratio);
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = view.data.colours.paper;
  context.fillRect(0, 0, width, height);
  canvas.toBlob((blob) => save(blob, `${view.data.file}.png`));
}

function describe({ root, overlay, data }) {
  const keys = "Arrow keys go to the nearest image that way, page up and page down through images of the same class";
  const many = plural(data.points.length, "image");
  overlay.setAttribute("aria-label", `Map of ${many}. ${keys}; Enter looks at one in all views.`);
  root.style.setProperty("--sprite", `url(${data.sprite.address})`);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".image-map");
  const view = (root.view ??= { root, at: null });
  view.report = (at) => view.data.isChoosable[at] && setTriggerValue("point", at);
  const text = JSON.stringify(data);
  if (text === view.text) return;
  const isFirst = !view.data;
  // Other places may be other images: what was pointed at is pointed at no more.
  if (!isFirst && JSON.stringify(view.data.points) !== JSON.stringify(data.points)) view.at = null;
  Object.assign(view, { data, text });
  if (isFirst) {
    [view.stage, view.overlay, view.card, view.words] = [".stage", ".points", ".card", ".words"].map((name) =>
      root.querySelector(name),
    );
    view.canvas = make("canvas", { className: "ground" });
    view.stage.prepend(view.canvas);
  }
  describe(view);
  const all = data.points.map((_, at) => at);
  const astray = all.filter((at) => data.isAstray[at]);
  const others = all.filter((at) => data.isWrong[at] && !data.isAstray[at]);
  list(view, "astray", "In the wrong cluster", "Most nearest neighbours are of other classes.", astray);
  list(view, "wrong", "Wrong verdict", "Yet most nearest neighbours are of its class.", others);
  showLegend(view);
  show(view);
  if (isFirst) listen(view);
}
