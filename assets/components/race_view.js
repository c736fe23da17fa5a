// Paths over the map of a loss, drawn up to the player's step. Heights and paths come with `data` once; only a new place
// to start goes back.

const PROPORTION = 0.5; // height by width of the map, as of the surfaces' ranges
const EDGE = 14; // a runner beyond the map is shown at its edge, so far inside
const [FILL, LINE] = [0.42, 0.75]; // how much of the scale's colour is in the ground, and in a contour line
const [KEY_STEP, WIDE_STEP] = [1 / 80, 1 / 10]; // of the map, for an arrow key, and with the shift key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function raw(text) {
  const letters = atob(text);
  const array = new Uint8Array(letters.length);
  for (let place = 0; place < array.length; place += 1) array[place] = letters.charCodeAt(place);
  return array;
}
const floats = (text) => new Float32Array(raw(text).buffer);
const channels = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));

function inWords(number) {
  if (!Number.isFinite(number)) return "beyond all bounds";
  const size = Math.abs(number);
  if (size >= 1e6) return `${number < 0 ? "−" : ""}more than a million`;
  const text = size < 1e-4 ? "0" : number.toLocaleString("en-US", { maximumSignificantDigits: size < 1000 ? 3 : 6 });
  return text.replace("-", "−");
}

// --- the map --------------------------------------------------------------------------------------------------------

// The loss at a place given as shares of the map's width and height, from its upper left corner.
function heightAt({ data, heights }, across, down) {
  const { columns, rows } = data;
  const [x, y] = [clamp(across, 0, 1) * (columns - 1), clamp(down, 0, 1) * (rows - 1)];
  const [column, row] = [Math.min(Math.floor(x), columns - 2), Math.min(Math.floor(y), rows - 2)];
  const [right, below] = [x - column, y - row];
  const at = row * columns + column;
  const above = heights[at] * (1 - right) + heights[at + 1] * right;
  const under = heights[at + columns] * (1 - right) + heights[at + columns + 1] * right;
  return above * (1 - below) + under * below;
}

// Every pixel lies between two contour lines; where its neighbour lies between two others, there is a line.
function paintGround(view, width, height) {
  const { data, table } = view;
  const { levels, colours } = data;
  const paper = channels(colours.paper);
  const ink = channels(colours.text);
  const bands = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const loss = heightAt(view, (x + 0.5) / width, (y + 0.5) / height);
      let band = 0;
      while (band < levels.length && loss > levels[band]) band += 1;
      bands[y * width + x] = band;
    }
  }
  const picture = new ImageData(width, height);
  for (let place = 0; place < bands.length; place += 1) {
    const band = bands[place];
    const isLine = (place % width < width - 1 && bands[place + 1] !== band) || (place + width < bands.length && bands[place + width] !== band);
    const entry = 3 * Math.round((255 * band) / levels.length);
    for (let channel = 0; channel < 3; channel += 1) {
      const ground = paper[channel] + (table[entry + channel] - paper[channel]) * FILL;
      picture.data[4 * place + channel] = isLine ? ground + (ink[channel] - ground) * (1 - LINE) : ground;
    }
    picture.data[4 * place + 3] = 255;
  }
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas;
}

function placeOnCanvas({ data, wide, high }, x, y) {
  const share = (value, [low, top]) => (value - low) / (top - low);
  return [share(x, data.x) * wide, (1 - share(y, data.y)) * high];
}

// --- the runners ----------------------------------------------------------------------------------------------------

const lastStep = (runner, step) => Math.min(step, runner.losses.length - 1);

function drawStar(context, [x, y], size, colours) {
  context.beginPath();
  for (let point = 0; point < 10; point += 1) {
    const [angle, length] = [(point * Math.PI) / 5 - Math.PI / 2, point % 2 ? size * 0.42 : size];
    context.lineTo(x + Math.cos(angle) * length, y + Math.sin(angle) * length);
  }
  context.closePath();
  Object.assign(context, { fillStyle: colours.text, strokeStyle: colours.paper, lineWidth: 2.5, lineJoin: "round" });
  context.stroke();
  context.fill();
}

function drawPath(view, context, runner, step) {
  const end = lastStep(runner, step);
  context.beginPath();
  for (let index = 0; index <= end; index += 1) {
    const [x, y] = placeOnCanvas(view, runner.points[2 * index], runner.points[2 * index + 1]);
    context.lineTo(clamp(x, -1e5, 1e5), clamp(y, -1e5, 1e5));
  }
  Object.assign(context, { lineJoin: "round", lineCap: "butt" });
  Object.assign(context, { strokeStyle: view.data.colours.paper, lineWidth: 4.5 });
  context.setLineDash([]);
  context.stroke();
  Object.assign(context, { strokeStyle: runner.colour, lineWidth: 2.25 });
  context.setLineDash(runner.dash);
  context.stroke();
  context.setLineDash([]);
}

function drawRunner(view, context, runner, step) {
  const end = lastStep(runner, step);
  const [x, y] = placeOnCanvas(view, runner.points[2 * end], runner.points[2 * end + 1]);
  const { colours } = view.data;
  context.save();
  context.translate(clamp(x, EDGE, view.wide - EDGE), clamp(y, EDGE, view.high - EDGE));
  context.save();
  context.scale(0.8, 0.8);
  Object.assign(context, { fillStyle: runner.colour, strokeStyle: colours.paper, lineWidth: 4, lineJoin: "round" });
  context.stroke(runner.shape);
  context.fill(runner.shape);
  context.restore();
  context.font = `bold 15px ${view.family}`;
  Object.assign(context, { textBaseline: "middle", textAlign: x > view.wide - 30 ? "right" : "left", lineWidth: 4, strokeStyle: colours.paper, fillStyle: colours.text });
  const [side, up] = [x > view.wide - 30 ? -12 : 12, y < 2 * EDGE ? 6 : -10];
  context.strokeText(runner.letter, side, up);
  context.fillText(runner.letter, side, up);
  context.restore();
}

function drawStart(view, context) {
  const [x, y] = placeOnCanvas(view, view.runners[0].points[0], view.runners[0].points[1]);
  const { colours } = view.data;
  for (const [colour, thick] of [[colours.paper, 5], [colours.text, 2]]) {
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    Object.assign(context, { strokeStyle: colour, lineWidth: thick });
    context.stroke();
  }
}

function draw(view, step) {
  if (!view.wide) return;
  const { canvas, ratio } = view;
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(view.ground, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const minimum of view.data.minima) drawStar(context, placeOnCanvas(view, ...minimum), 9, view.data.colours);
  drawStart(view, context);
  for (const runner of view.runners) drawPath(view, context, runner, step);
  for (const runner of view.runners) drawRunner(view, context, runner, step);
  tellRunners(view, step);
}

function listRunners(view) {
  const entries = view.runners.map((runner) => {
    const entry = document.createElement("li");
    const dash = runner.dash.length ? ` stroke-dasharray="${runner.dash.join(" ")}"` : "";
    entry.innerHTML =
      `<svg viewBox="-24 -11 48 22" aria-hidden="true"><path d="M-24,0H24" stroke="${runner.colour}" stroke-width="2.5" fill="none"${dash}/>` +
      `<path d="${runner.symbol}" fill="${runner.colour}"/></svg><div><b></b><span class="loss"></span><div class="verdict"></div></div>`;
    entry.querySelector("b").textContent = `${runner.letter}  ${runner.name}`;
    return entry;
  });
  view.list.replaceChildren(...entries);
}

function tellRunners(view, step) {
  view.runners.forEach((runner, index) => {
    const [loss, verdict] = view.list.children[index].querySelectorAll(".loss, .verdict");
    loss.textContent = `: loss ${inWords(runner.losses[lastStep(runner, step)])}`;
    verdict.textContent = step >= Math.min(runner.since, view.data.steps) ? runner.verdict : "under way";
  });
}

// --- choosing where to start ------------------------------------------------------------------------------------------

// A place as shares of the map, from its upper left corner; or none.
function pointAt(view, at) {
  view.at = at;
  view.cross.hidden = at === null;
  const hint = "★ is the minimum, ○ the start. At the minimum: under 1 % of the first loss is left. Click on the map, and all start there.";
  if (at) {
    Object.assign(view.cross.style, { left: `${100 * at[0]}%`, top: `${100 * at[1]}%` });
    const [x, y] = valuesAt(view, at);
    view.words.textContent = `x = ${inWords(x)}, y = ${inWords(y)}: loss ${inWords(heightAt(view, ...at))}. Click, or press Enter, and all start here.`;
  } else view.words.textContent = hint;
  view.words.classList.toggle("hint", at === null);
}

const valuesAt = ({ data: { x, y } }, [across, down]) => [x[0] + across * (x[1] - x[0]), y[1] - down * (y[1] - y[0])];

const send = (view) => view.at && view.report(valuesAt(view, view.at).map((value) => Number(value.toPrecision(4))));

function listen(view) {
  const { canvas, root } = view;
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width, 0, 1), clamp((event.clientY - box.top) / box.height, 0, 1)];
  };
  canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && pointAt(view, under(event)));
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && pointAt(view, null));
  canvas.addEventListener("blur", () => pointAt(view, null));
  canvas.addEventListener("click", (event) => {
    pointAt(view, under(event));
    send(view);
  });
  root.addEventListener("keydown", (event) => {
    if (event.target !== canvas) return view.player.press(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      const [right, up] = ARROWS[event.key];
      const far = event.shiftKey ? WIDE_STEP : KEY_STEP;
      const [across, down] = view.at ?? startAt(view);
      pointAt(view, [clamp(across + right * far, 0, 1), clamp(down - up * far, 0, 1)]);
    } else if (event.key === "Enter") send(view);
    else if (event.key === " ") view.player.toggle();
    else return;
    event.preventDefault();
  });
}

function startAt(view) {
  const [x, y] = placeOnCanvas(view, view.runners[0].points[0], view.runners[0].points[1]);
  return [x / view.wide, y / view.high];
}

// --- the whole --------------------------------------------------------------------------------------------------------

function measure(view) {
  view.ratio = window.devicePixelRatio || 1;
  view.wide = Math.floor(view.root.clientWidth);
  view.high = Math.round(view.wide * PROPORTION);
  view.family = getComputedStyle(view.root).fontFamily;
  if (!view.wide) return;
  const [width, height] = [Math.round(view.wide * view.ratio), Math.round(view.high * view.ratio)];
  if (view.canvas.width !== width || view.canvas.height !== height) Object.assign(view.canvas, { width, height });
  view.canvas.style.height = `${view.high}px`;
  view.ground = paintGround(view, width, height);
}

function begin(root) {
  const view = { root, at: null };
  [view.canvas, view.cross, view.words, view.list] = ["canvas", ".cross", ".words", ".runners"].map((name) => root.querySelector(name));
  view.player = newPlayer(root.querySelector(".player"), (step) => view.data && draw(view, step + 1)); // the start is no step
  listen(view);
  new ResizeObserver(() => {
    if (Math.floor(root.clientWidth) === view.wide && (window.devicePixelRatio || 1) === view.ratio) return;
    measure(view);
    draw(view, view.player.step + 1);
  }).observe(root);
  return view;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".race-view");
  const isFirst = !root.view;
  const view = (root.view ??= begin(root));
  const isSameGround = view.data && ["heights", "colours", "x", "y"].every((name) => JSON.stringify(view.data[name]) === JSON.stringify(data[name]));
  view.report = (place) => setTriggerValue("start", place);
  Object.assign(view, { data, heights: floats(data.heights), table: raw(data.table) });
  view.runners = data.runners.map((runner) => ({ ...runner, points: floats(runner.points), losses: floats(runner.losses), shape: new Path2D(runner.symbol) }));
  root.setAttribute("aria-label", data.name);
  view.canvas.setAttribute("aria-label", `${data.name}. The arrow keys move a cross, Enter lets all start there, space plays.`);
  listRunners(view);
  if (!isSameGround || !view.wide) measure(view);
  pointAt(view, isFirst || !view.at ? null : view.at);
  view.player.setCount(data.steps);
  if (isFirst) view.player.go(data.steps - 1); // the whole race is seen at once; play begins it anew
}
