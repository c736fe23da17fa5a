// Where the pictures of the pixel view stand, and how they are drawn. Comes before pixel_view.js, in one file with it.

const LEAST_TYPE = 13; // pixels of the type where nothing is enlarged
const LEAST_TILE = 64; // pixels: smaller ones only where Python asks for them
const NARROW_COLUMNS = 4; // so many fit on a phone
const [GAP, FINE_GAP] = [10, 3];
const EDGE = 3; // room for the outline of a picture at the canvas's edge
const MOST_LABEL = 132;
const [BAR_WIDTH, BAR_HEIGHT] = [240, 12];
const LEAST_MARK = 7;
const MOST_COVER = 0.85; // of an image under the pictures a little shines through everywhere
const [MOST_PIXELS, MOST_SIDE] = [16e6, 16000]; // some browsers draw nothing on a larger canvas
const SAVED = { room: 1200, ratio: 2 };
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const PAGES = { PageUp: -1, PageDown: 1 };
const RAISED = { ...[..."⁰¹²³⁴⁵⁶⁷⁸⁹"], "-": "⁻" };

// Made once: a page whose pictures change ten times a second writes hundreds of numbers a second.
const [SHORT, LONG] = [3, 6].map((digits) => new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits }));

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function bytes(text) {
  const letters = atob(text);
  const raw = new Uint8Array(letters.length);
  for (let place = 0; place < raw.length; place += 1) raw[place] = letters.charCodeAt(place);
  return raw;
}

// The pen of a canvas that nobody sees.
const newPen = (width, height) =>
  Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");

function inWords(number) {
  if (Number.isNaN(number)) return "not a number";
  if (!Number.isFinite(number)) return number > 0 ? "infinity" : "−infinity";
  const size = Math.abs(number);
  const isPlain = size === 0 || (size >= 1e-3 && size < 1e6);
  const text = isPlain
    ? (size < 1000 ? SHORT : LONG).format(number)
    : number.toExponential(2).replace(/e\+?(.+)/, (_, power) => `×10${power.replace(/./g, (sign) => RAISED[sign])}`);
  return text.replace("-", "−");
}

// The shortest text that stands for exactly this 32-bit number.
function exact(number) {
  const tried = [6, 7, 8, 9].map((digits) => Number(number.toPrecision(digits)));
  return String(tried.find((short) => Math.fround(short) === number) ?? number);
}

function sentence({ data, numbers }, [picture, row, column]) {
  const { what, names, height, width, kind, limits } = data;
  const who = [what, names[picture]].filter(Boolean).join(" ");
  const place = height * width > 1 ? `, row ${row + 1}, column ${column + 1}` : "";
  const index = (picture * height + row) * width + column;
  const [red, green, blue] = numbers.subarray(3 * index, 3 * index + 3);
  const value = kind === "colour" ? `red ${red}, green ${green}, blue ${blue}` : inWords(numbers[index]);
  const range = limits.length > 1 ? ` (its scale: ${limits[picture].map(inWords).join(" to ")})` : "";
  const text = `${who}${place}: ${value}${range}`;
  return text[0].toUpperCase() + text.slice(1);
}

// Where everything stands, in CSS pixels; a cell is a whole number of the screen's pixels where that is possible.
// The side of one cell: as Python asks for, larger with larger type, smaller where that many columns would not fit.
function cellSide({ count, height, width, columns, ...data }, room, ratio, gap, type) {
  const tile = (data.tile * type.size) / LEAST_TYPE;
  const wanted = Math.min(count, columns ?? NARROW_COLUMNS);
  const share = (room - gap * (wanted - 1)) / wanted;
  const least = (Math.min(tile, LEAST_TILE) * width) / height;
  const full = (tile * width) / height;
  const across = Math.min(full, Math.max(least, share), room);
  const pixels = (across / width) * ratio;
  const most = across < full ? across : columns ? Math.max(full, share) : room;
  const isRoom = (Math.round(pixels) * width) / ratio <= most + 0.01;
  return { share, cell: (pixels < 2 ? pixels : isRoom ? Math.round(pixels) : Math.floor(pixels)) / ratio };
}

function arrange(data, outerRoom, ratio, type, measure) {
  const { count, height, width, columns, hasNames, notes, hasBar, limits } = data;
  const room = outerRoom - 2 * EDGE;
  const gap = hasNames || height * width > 1 ? GAP : FINE_GAP;
  const { share, cell } = cellSide(data, room, ratio, gap, type);
  const label = Math.max(0, ...[...(hasNames ? data.names : []), ...notes].map(measure));
  const pitchX = Math.max(cell * width, Math.min(label, MOST_LABEL, columns ? share : room)) + gap;
  const inRow = clamp(Math.floor((room + gap + 0.01) / pitchX), 1, columns ?? count);
  const line = Math.ceil(type.size * 1.4);
  const top = (hasNames ? line : 0) + (notes.length ? line : 0);
  const pitchY = top + cell * height + gap;
  const bottom = Math.ceil(count / inRow) * pitchY - gap + 2 * EDGE;
  const bar = hasBar && limits.length === 1 ? GAP + BAR_HEIGHT + line : 0;
  return { cell, line, top, bottom, pitchX, pitchY, inRow, room, height: bottom + bar, ratio, type };
}

function corner({ inRow, pitchX, pitchY, top, ratio }, picture) {
  const snap = (place) => Math.round((place + EDGE) * ratio) / ratio;
  return [snap((picture % inRow) * pitchX), snap(Math.floor(picture / inRow) * pitchY + top)];
}

function boxOf(layout, [picture, top, left, bottom, right]) {
  const [x, y] = corner(layout, picture);
  const side = (from, to) => (to - from) * layout.cell;
  return { x: x + side(0, left), y: y + side(0, top), width: side(left, right), height: side(top, bottom) };
}

function cellAt({ data, layout }, x, y) {
  const column = clamp(Math.floor((x - EDGE) / layout.pitchX), 0, layout.inRow - 1);
  const picture = Math.floor((y - EDGE) / layout.pitchY) * layout.inRow + column;
  if (y < EDGE || picture >= data.count) return null;
  const [left, top] = corner(layout, picture);
  const cell = [Math.floor((y - top) / layout.cell), Math.floor((x - left) / layout.cell)];
  const isInside = cell[0] >= 0 && cell[0] < data.height && cell[1] >= 0 && cell[1] < data.width;
  return isInside ? [picture, ...cell] : null;
}

// A scale's colours: as pixels to be copied, and as a picture of the whole. There are few, and each is asked for often.
const scales = new Map();

function scaleOf(text) {
  if (!scales.has(text)) {
    const table = bytes(text);
    const count = table.length / 3;
    const pen = newPen(count, 1);
    const image = pen.createImageData(count, 1);
    for (let colour = 0; colour < count; colour += 1)
      image.data.set([...table.subarray(3 * colour, 3 * colour + 3), 255], 4 * colour);
    pen.putImageData(image, 0, 0);
    scales.set(text, { table, pixels: new Uint32Array(image.data.buffer), picture: pen.canvas });
  }
  return scales.get(text);
}

// All pictures at their own size, side by side on a canvas that nobody sees; from there they are enlarged. The one of
// the time before is used again where it is as large.
function paint(data, numbers, before) {
  const { count, height, width } = data;
  const inRow = Math.min(count, Math.ceil(Math.sqrt((count * height) / width)));
  const [wide, high] = [inRow * width, Math.ceil(count / inRow) * height];
  const isSame = before?.image.width === wide && before.image.height === high;
  const pen = isSame ? before.pen : newPen(wide, high);
  const image = isSame ? before.image : pen.createImageData(wide, high);
  const start = (picture) => Math.floor(picture / inRow) * height * wide + (picture % inRow) * width;
  if (data.kind === "colour" || data.under) cover(data, numbers, image, start);
  else colour(data, numbers, image, start);
  pen.putImageData(image, 0, 0);
  return { canvas: pen.canvas, pen, image, inRow };
}

// Numbers on a scale, as many a second as there are.
function colour({ count, height, width, limits, table }, numbers, image, start) {
  const [pixels, colours] = [new Uint32Array(image.data.buffer), scaleOf(table).pixels];
  const last = colours.length - 1;
  for (let picture = 0, index = 0; picture < count; picture += 1) {
    const [low, high] = limits[limits.length > 1 ? picture : 0];
    for (let row = 0; row < height; row += 1) {
      const to = start(picture) + row * image.width;
      for (let column = 0; column < width; column += 1, index += 1)
        // What is no number has no colour, which becomes 0: it stays see-through.
        pixels[to + column] = colours[Math.round(clamp((numbers[index] - low) / (high - low), 0, 1) * last)];
    }
  }
}

// Pictures in their own colours, or on a scale over an image.
function cover({ count, height, width, kind, scale, limits, under, table }, numbers, image, start) {
  const colours = image.data;
  const source = kind === "colour" ? numbers : scaleOf(table).table;
  const last = source.length / 3 - 1;
  const isDiverging = scale === "diverging";
  colours.fill(0);
  for (let picture = 0, index = 0; picture < count; picture += 1) {
    const [low, high] = limits[limits.length > 1 ? picture : 0] ?? [];
    for (let pixel = 0; pixel < height * width; pixel += 1, index += 1) {
      const to = 4 * (start(picture) + Math.floor(pixel / width) * image.width + (pixel % width));
      const share = kind === "colour" ? 1 : clamp((numbers[index] - low) / (high - low), 0, 1);
      if (Number.isNaN(share)) continue; // stays see-through
      // Over an image it is the cover that grows, from nothing at zero; the colour is that of the scale's end.
      const shown = isDiverging ? Math.round(share) : share;
      const from = 3 * (kind === "colour" ? index : Math.round(shown * last));
      const size = isDiverging ? Math.abs(2 * share - 1) : share;
      for (let part = 0; part < 3; part += 1) colours[to + part] = source[from + part];
      colours[to + 3] = under ? 255 * MOST_COVER * size : 255;
    }
  }
}

function paintColours(height, width, colours) {
  return paint({ count: 1, height, width, kind: "colour", limits: [] }, bytes(colours)).canvas;
}

function hatching(context, { text, paper }) {
  const pen = newPen(6, 6);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, 6, 6);
  pen.fillStyle = text;
  for (let place = 0; place < 6; place += 1) pen.fillRect(place, 5 - place, 1, 1);
  return context.createPattern(pen.canvas, "repeat");
}

function shorten(context, text, room, size) {
  if (text.length * size <= room) return text; // no letter is wider than high, and measuring takes its time
  let [shown, length] = [text, text.length];
  while (length > 1 && context.measureText(shown).width > room) shown = `${text.slice(0, (length -= 1))}…`;
  return shown;
}

// Names of all pictures, then all notes: changing the font costs more than writing.
function drawLabels(context, { data }, layout) {
  const { line, top, pitchX, type } = layout;
  context.fillStyle = data.colours.text;
  [data.hasNames ? data.names : [], data.notes].filter((texts) => texts.length).forEach((texts, row) => {
    context.font = `${texts === data.notes ? "600 " : ""}${type.size}px ${type.family}`;
    texts.forEach((text, picture) => {
      const [x, y] = corner(layout, picture);
      if (text) context.fillText(shorten(context, text, pitchX - FINE_GAP, type.size), x, y - top + (row + 0.72) * line);
    });
  });
  context.font = `${type.size}px ${type.family}`;
}

// Cells that are not a number, joined to runs along each row.
function drawGaps(context, { data, numbers }, layout, picture) {
  const { height, width } = data;
  context.beginPath();
  for (let row = 0; row < height; row += 1) {
    const start = (picture * height + row) * width;
    for (let left = 0, right; left < width; left = right + 1) {
      for (right = left; right < width && Number.isNaN(numbers[start + right]); ) right += 1;
      const box = boxOf(layout, [picture, row, left, row + 1, right]);
      if (right > left) context.rect(box.x, box.y, box.width, box.height);
    }
  }
  context.fill();
}

// What is too small to be seen is marked larger, around its middle.
function grown({ x, y, width, height }) {
  const [wide, high] = [Math.max(width, LEAST_MARK), Math.max(height, LEAST_MARK)];
  return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high };
}

function outline(context, box, layers) {
  const { x, y, width, height } = grown(box);
  for (const [colour, thick] of layers) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.strokeRect(x, y, width, height);
  }
}

function drawMarks(context, { data }, layout) {
  const { frames, chosen, colours, height, width, count } = data;
  const mark = (box, ...layers) => outline(context, boxOf(layout, box), layers);
  for (const frame of frames) mark(frame, ["#000", 5], [colours.positive, 3]);
  if (!chosen) return;
  const [picture, row, column] = chosen;
  if (count > 1) mark([picture, 0, 0, height, width], [colours.paper, 4], [colours.text, 2.5]);
  if (height * width > 1) mark([picture, row, column, row + 1, column + 1], ["#000", 4], ["#fff", 2]);
}

function drawBar(context, view, layout) {
  const { limits, colours } = view.data;
  const [low, high] = limits[0];
  const [top, wide] = [layout.bottom + GAP - EDGE, Math.min(BAR_WIDTH, layout.room)];
  context.drawImage(scaleOf(view.data.table).picture, EDGE, top, wide, BAR_HEIGHT);
  context.strokeStyle = colours.muted;
  context.lineWidth = 1;
  context.strokeRect(EDGE + 0.5, top + 0.5, wide - 1, BAR_HEIGHT - 1);
  context.fillStyle = colours.text;
  ["left", "center", "right"].forEach((align, place) => {
    context.textAlign = align;
    const number = inWords(low + ((high - low) * place) / 2);
    context.fillText(number, EDGE + (wide * place) / 2, top + BAR_HEIGHT + layout.line * 0.8);
  });
  context.textAlign = "left";
}

function drawPictures(context, view, layout) {
  const { data, atlas, under } = view;
  const { height, width, count } = data;
  const { cell, ratio } = layout;
  const [wide, high] = [cell * width, cell * height];
  const hatch = data.kind === "float32" && view.numbers.some(Number.isNaN) ? hatching(context, data.colours) : null;
  context.imageSmoothingEnabled = cell * ratio < 1;
  for (let picture = 0; picture < count; picture += 1) {
    const [x, y] = corner(layout, picture);
    const from = [(picture % atlas.inRow) * width, Math.floor(picture / atlas.inRow) * height, width, height];
    if (under) context.drawImage(under, x, y, wide, high);
    context.drawImage(atlas.canvas, ...from, x, y, wide, high);
    if (hatch) {
      context.fillStyle = hatch;
      drawGaps(context, view, layout, picture);
    }
    context.strokeStyle = data.colours.border;
    context.lineWidth = 1;
    if (high > 4) context.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
  }
  if (layout.height > layout.bottom) drawBar(context, view, layout);
}

function draw(context, view, layout) {
  context.setTransform(layout.ratio, 0, 0, layout.ratio, 0, 0);
  drawLabels(context, view, layout);
  drawPictures(context, view, layout);
  drawMarks(context, view, layout);
}

// Clears up to whole pixels of the screen: half a pixel would keep half of what was there.
function clear(context, { ratio }, left, top, right, bottom) {
  const [x, y] = [left, top].map((place) => Math.floor(place * ratio) / ratio);
  context.clearRect(x, y, Math.ceil(right * ratio) / ratio - x, Math.ceil(bottom * ratio) / ratio - y);
}

// Pictures and bar in place of those before; their names stay, as nothing takes so long as writing.
function drawAgain(context, view, layout) {
  const { height, width, count } = view.data;
  for (let picture = 0; picture < count; picture += 1) {
    const box = boxOf(layout, [picture, 0, 0, height, width]);
    clear(context, layout, box.x - 1, box.y - 1, box.x + box.width + 1, box.y + box.height + 1);
  }
  clear(context, layout, 0, layout.bottom, layout.room + 2 * EDGE, layout.height);
  drawPictures(context, view, layout);
}
