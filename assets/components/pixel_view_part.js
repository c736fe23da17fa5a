// Draws pictures pixel by pixel on one canvas, names what is at the cursor, and reports which cell was chosen.
// All numbers come with `data`; only a choice goes back. New data is drawn in place: canvas, focus and cursor stay.
// Comes after pixel_view_drawing.js and before the component that shows it, in one file with them.

const QUIET_MS = 300;
const measurer = newPen(1, 1);

function fitted({ data, type }, room, wanted) {
  measurer.font = `600 ${type.size}px ${type.family}`;
  const measure = (text) => measurer.measureText(text).width;
  const layout = arrange(data, room, wanted, type, measure);
  const ratio = Math.min(wanted, Math.sqrt(MOST_PIXELS / (room * layout.height)), MOST_SIDE / layout.height);
  return ratio < wanted ? arrange(data, room, ratio, type, measure) : layout;
}

// How much room there is: asked only when it may have changed, since the browser has to lay out the page for it.
function look(view) {
  const style = getComputedStyle(view.root);
  view.type = { size: Math.max(LEAST_TYPE, 0.8125 * parseFloat(style.fontSize)), family: style.fontFamily };
  view.room = Math.floor(view.root.clientWidth);
  view.ratio = window.devicePixelRatio || 1;
}

// All that does not come and go with the numbers.
function setting({ data, type, room, ratio }) {
  const { count, height, width, columns, tile, names, notes, hasNames, hasBar, limits, colours } = data;
  const shape = [count, height, width, columns, tile, hasNames, hasBar, limits.length];
  return JSON.stringify([shape, names, notes, colours, type, room, ratio]);
}

function show(view) {
  const { canvas, room, data, shown } = view;
  if (!room) return;
  const isMarked = Boolean(data.chosen || data.frames.length);
  view.shown = { setting: setting(view), isMarked };
  const isSame = shown?.setting === view.shown.setting && !isMarked && !shown.isMarked;
  if (isSame) drawAgain(canvas.getContext("2d"), view, view.layout);
  else drawAll(view);
  point(view, view.at);
}

function drawAll(view) {
  const { canvas, room } = view;
  const layout = (view.layout = fitted(view, room, view.ratio));
  const [width, height] = [Math.round(room * layout.ratio), Math.round(layout.height * layout.ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  Object.assign(canvas.style, { width: `${room}px`, height: `${layout.height}px` });
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  draw(context, view, layout);
}

// Marks a cell, or none, and says its value.
function point(view, cell) {
  const { data, cursor, words, layout } = view;
  const isThere = cell?.every((place, axis) => place < [data.count, data.height, data.width][axis]);
  view.at = isThere ? cell : null;
  cursor.hidden = !isThere;
  const named = view.at ?? data.chosen;
  const text = named ? sentence(view, named) : "Point at a pixel, or tap it, to read its value.";
  if (words.textContent !== text) words.textContent = text;
  words.classList.toggle("hint", !named);
  if (!isThere) return;
  const [picture, row, column] = cell;
  const box = grown(boxOf(layout, [picture, row, column, row + 1, column + 1]));
  const place = { left: box.x, top: box.y, width: box.width, height: box.height };
  for (const [name, size] of Object.entries(place)) cursor.style[name] = `${size}px`;
}

function onward({ data }, [picture, row, column], key) {
  const { count, height, width } = data;
  if (key in PAGES) return [clamp(picture + PAGES[key], 0, count - 1), row, column];
  if (key === "Home") return width > 1 ? [picture, row, 0] : [0, row, 0];
  if (key === "End") return width > 1 ? [picture, row, width - 1] : [count - 1, row, 0];
  if (!(key in STEPS)) return null;
  const [down, right] = STEPS[key];
  const [to, across] = [row + down, column + right];
  if (to >= 0 && to < height && across >= 0 && across < width) return [picture, to, across];
  const next = picture + down + right; // past its edge lies the next picture, or the one before
  if (next < 0 || next >= count) return [picture, row, column];
  return [next, (to + height) % height, (across + width) % width];
}

function press(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const from = view.at ?? view.data.chosen;
  const isChoice = event.key === "Enter" || event.key === " ";
  const to = onward(view, from ?? [0, 0, 0], event.key);
  if (!isChoice && !to) return;
  event.preventDefault();
  event.stopPropagation(); // page up and down would also turn to another step of a lesson plan
  if (isChoice) return view.report(from);
  point(view, from ? to : [0, 0, 0]);
  view.cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function listen(view) {
  const { canvas, root } = view;
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const share = canvas.offsetWidth / box.width;
    return cellAt(view, (event.clientX - box.left) * share, (event.clientY - box.top) * share);
  };
  // A finger that moves scrolls: it names a value only where it taps.
  canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && point(view, under(event)));
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && point(view, null));
  canvas.addEventListener("click", (event) => {
    point(view, under(event));
    view.report(view.at);
  });
  canvas.addEventListener("keydown", (event) => press(view, event));
  canvas.addEventListener("blur", () => point(view, null));
  root.querySelector(".png").addEventListener("click", () => savePicture(view));
  root.querySelector(".csv").addEventListener("click", () => saveNumbers(view));
  const resized = () => {
    const { room, ratio } = view;
    look(view);
    if (room !== view.room || ratio !== view.ratio) show(view);
  };
  new ResizeObserver(resized).observe(root);
  new IntersectionObserver((changes) => {
    view.isInSight = changes.at(-1).isIntersecting;
    if (view.isInSight) renew(view);
  }).observe(root);
}

function savePicture(view) {
  renew(view);
  const layout = fitted(view, SAVED.room, SAVED.ratio);
  const used = Math.min(layout.inRow, view.data.count) * layout.pitchX + 2 * EDGE;
  const wide = Math.max(used, layout.height > layout.bottom ? BAR_WIDTH + 2 * EDGE : 0);
  const pen = newPen(Math.ceil(wide * layout.ratio), Math.ceil(layout.height * layout.ratio));
  pen.fillStyle = view.data.colours.paper;
  pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
  draw(pen, view, layout);
  pen.canvas.toBlob((blob) => save(blob, `${view.data.file}.png`));
}

function saveNumbers(view) {
  renew(view);
  const { data, numbers } = view;
  const { names, height, width, kind, file } = data;
  const isColour = kind === "colour";
  const quote = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [`picture,row,column,${isColour ? "red,green,blue" : "value"}`];
  names.forEach((name, picture) => {
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const index = picture * height * width + pixel;
      const value = isColour ? numbers.subarray(3 * index, 3 * index + 3).join(",") : exact(numbers[index]);
      lines.push(`${quote(name)},${Math.floor(pixel / width) + 1},${(pixel % width) + 1},${value}`);
    }
  });
  save(new Blob([lines.join("\n"), "\n"], { type: "text/csv" }), `${file}.csv`);
}

function describe({ root, canvas, data }) {
  const { noun, many, height, width, isChoosable, file, limits, hasBar } = data;
  const size = height * width > 1 ? ` of ${height}×${width}` : "";
  const range = hasBar && limits.length === 1 ? ` Colours from ${limits[0].map(inWords).join(" to ")}.` : "";
  const keys = `Arrow keys move from value to value, page up and page down from one ${noun} to another`;
  canvas.setAttribute("aria-label", `${many}${size}.${range} ${keys}${isChoosable ? "; Enter chooses" : ""}.`);
  canvas.style.cursor = isChoosable ? "pointer" : "";
  root.querySelector(".save").hidden = !file;
  root.classList.toggle("long", limits.length !== 1);
}

// Rough numbers come as steps between the ends of their scale.
function spread({ height, width, limits }, steps) {
  const numbers = new Float32Array(steps.length);
  for (let index = 0; index < steps.length; index += 1) {
    const [low, high] = limits[limits.length > 1 ? Math.floor(index / (height * width)) : 0];
    numbers[index] = low + ((high - low) * steps[index]) / 255;
  }
  return numbers;
}

// Decodes, paints and shows the newest data.
function renew(view) {
  clearTimeout(view.later);
  const data = view.newest;
  if (view.data === data) return;
  const raw = bytes(data.values);
  const numbers = data.kind === "float32" ? new Float32Array(raw.buffer) : data.kind === "steps" ? spread(data, raw) : raw;
  const under = data.under && paintColours(...data.under);
  Object.assign(view, { data, numbers, atlas: paint(data, numbers, view.atlas), under });
  describe(view);
  show(view);
}

// Shows data in an element with the class pixel-view; `choose` gets the cell that a person chooses. What nobody sees
// waits until it is scrolled into sight, or nothing new has come for a while.
function update(root, data, choose) {
  const view = (root.view ??= { root, isInSight: true });
  view.report = (cell) => cell && view.data.isChoosable && choose(cell);
  view.newest = data;
  if (!view.canvas) {
    [view.canvas, view.cursor, view.words] = root.querySelectorAll(".pictures, .cursor, .words");
    look(view);
    renew(view);
    listen(view);
  } else if (view.isInSight || setting({ ...view, data }) !== view.shown?.setting) renew(view);
  else {
    clearTimeout(view.later);
    view.later = setTimeout(() => renew(view), QUIET_MS);
  }
}
