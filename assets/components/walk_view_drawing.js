// How one grid of a walk is drawn at one step, and what is said of its cells.

const KINDS = { uint8: Uint8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array };
const formats = new Map();

function array([kind, text]) {
  return new KINDS[kind](bytes(text).buffer);
}

// A grid with its numbers unpacked, and for a grid that is being filled the first step that writes each cell.
function unpack(grid, steps) {
  const cells = (packed) => packed && { count: packed[0], places: array(packed.slice(1)) };
  const [values, marks, winners] = [array(grid.values), cells(grid.marks), cells(grid.winners)];
  const size = grid.height * grid.width;
  const written = grid.isFilling ? new Int32Array(size).fill(steps) : null;
  if (written) marks?.places.forEach((place, index) => place >= 0 && (written[place] = Math.min(written[place], Math.floor(index / marks.count))));
  return { ...grid, size, values, marks, winners, written, factors: grid.factors?.map(array) };
}

const valueAt = ({ values, isStepwise, size }, step, place) => values[(isStepwise ? step * size : 0) + place];
const litAt = (cells, step) => (cells ? [...cells.places.subarray(step * cells.count, (step + 1) * cells.count)].filter((place) => place >= 0) : []);
const isEmpty = ({ written }, step, place) => written !== null && written[place] > step;

function isPadding({ padding: [top, bottom, left, right], height, width }, place) {
  const [row, column] = [Math.floor(place / width), place % width];
  return row < top || row >= height - bottom || column < left || column >= width - right;
}

// The step that writes a cell: the next one that lights it, and after the last one the first again.
function stepOf({ marks }, steps, step, place) {
  for (let away = 1; away <= steps; away += 1) if (litAt(marks, (step + away) % steps).includes(place)) return (step + away) % steps;
  return null;
}

function short(number, digits) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "" : number > 0 ? "∞" : "−∞";
  const key = Math.abs(number) >= 10 ** digits ? 0 : digits;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat("en-US", key ? { maximumSignificantDigits: key } : { maximumFractionDigits: 0 }));
  const text = formats.get(key).format(number).replace("-", "−");
  return text === "−0" ? "0" : text;
}

// The number with as many digits as there is room for; nothing where there is not even room for one.
function fittedNumber(context, number, room, before = "") {
  const texts = [3, 2, 1].map((digits) => short(number, digits));
  texts.push(texts[2].replace("0.", "."), Math.abs(number) < 0.05 ? "≈0" : "");
  const text = texts.find((one) => context.measureText(before + one).width <= room);
  return text ? before + text : "";
}

// What the cursor says of a cell.
function cellSentence(grid, step, place) {
  const { name, height, width, factors, size } = grid;
  const where = height === 1 ? `place ${place + 1}` : `row ${Math.floor(place / width) + 1}, column ${(place % width) + 1}`;
  const at = `${name}, ${where}`;
  if (isEmpty(grid, step, place)) return `${at}: not written yet`;
  const value = valueAt(grid, step, place);
  const padding = isPadding(grid, place) ? ", padding" : "";
  if (Number.isNaN(value)) return `${at}${padding}: no number`;
  if (!factors) return `${at}${padding}: ${inWords(value)}`;
  const [patch, kernel] = [factors[0][step * grid.size + place], factors[1][place]];
  return `${at}: ${inWords(patch)} × ${inWords(kernel)} = ${inWords(value)}`;
}

function colourOf({ limits: [low, high] }, table, value) {
  const last = table.length / 3 - 1;
  return 3 * Math.round(clamp((value - low) / (high - low), 0, 1) * last);
}

const linear = (part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
const brightness = (table, from) => 0.2126 * linear(table[from]) + 0.7152 * linear(table[from + 1]) + 0.0722 * linear(table[from + 2]);

function paintGrid(grid, step, table) {
  const { height, width, size } = grid;
  const pen = newPen(width, height);
  const image = pen.createImageData(width, height);
  for (let place = 0; place < size; place += 1) {
    const value = valueAt(grid, step, place);
    if (Number.isNaN(value) || isEmpty(grid, step, place)) continue;
    const from = colourOf(grid, table, value);
    for (let part = 0; part < 3; part += 1) image.data[4 * place + part] = table[from + part];
    image.data[4 * place + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  return pen.canvas;
}

// Lines between cells: fine ones where cells are small, so that they do not cover the image.
function drawLines(context, { height, width }, cell, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  if (cell >= 8) {
    context.globalAlpha = cell < 16 ? 0.25 : 1;
    for (let column = 1; column < width; column += 1) context.rect(column * cell - 0.5, 0, 0, height * cell);
    for (let row = 1; row < height; row += 1) context.rect(0, row * cell - 0.5, width * cell, 0);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.strokeRect(-0.5, -0.5, width * cell + 1, height * cell + 1);
}

function drawHatching(context, grid, step, cell, colours) {
  context.fillStyle = hatching(context, colours);
  context.beginPath();
  for (let place = 0; place < grid.size; place += 1) {
    const isGap = Number.isNaN(valueAt(grid, step, place)) && !isEmpty(grid, step, place);
    if (!isGap && !isPadding(grid, place)) continue;
    context.rect((place % grid.width) * cell, Math.floor(place / grid.width) * cell, cell, cell);
  }
  context.fill();
}

// The outline around cells as one shape: cells that touch have no line between them.
function tracePlaces(context, { width, height }, places, cell) {
  const lit = new Set(places);
  context.beginPath();
  for (const place of lit) {
    const [row, column] = [Math.floor(place / width), place % width];
    const [x, y] = [column * cell, row * cell];
    const line = (isOpen, fromX, fromY, toX, toY) => {
      if (!isOpen) return;
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
    };
    line(row === 0 || !lit.has(place - width), x, y, x + cell, y);
    line(row === height - 1 || !lit.has(place + width), x, y + cell, x + cell, y + cell);
    line(column === 0 || !lit.has(place - 1), x, y, x, y + cell);
    line(column === width - 1 || !lit.has(place + 1), x + cell, y, x + cell, y + cell);
  }
}

function strokeLayers(context, layers) {
  for (const [colour, thick] of layers) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.stroke();
  }
}

// A winner has a thick frame and a corner that is turned down; where the cell is too small, a diamond lies over it.
function drawWinner(context, { width }, place, cell, colours) {
  const [x, y] = [(place % width) * cell, Math.floor(place / width) * cell];
  context.beginPath();
  if (cell < 16) {
    const [middleX, middleY, reach] = [x + cell / 2, y + cell / 2, Math.max(5, cell * 0.6)];
    context.moveTo(middleX, middleY - reach);
    for (const [right, down] of [[1, 0], [0, 1], [-1, 0]]) context.lineTo(middleX + right * reach, middleY + down * reach);
    context.closePath();
    strokeLayers(context, [["#000", 4], ["#fff", 2]]);
    context.fillStyle = colours.positive;
    return context.fill();
  }
  context.rect(x + 2.5, y + 2.5, cell - 5, cell - 5);
  strokeLayers(context, [["#000", 5], [colours.positive, 3]]);
  const side = clamp(cell * 0.3, 7, 14);
  context.beginPath();
  context.moveTo(x + cell - side - 2, y + 2);
  context.lineTo(x + cell - 2, y + 2);
  context.lineTo(x + cell - 2, y + side + 2);
  context.closePath();
  context.fillStyle = colours.positive;
  context.fill();
  strokeLayers(context, [["#000", 1]]);
}

// What stands in a cell: its number, or of a product both factors and the result, as lines.
function cellLines(context, grid, step, place, cell, size) {
  const room = cell - 3;
  const { factors } = grid;
  const usual = (cell * LEAST_TYPE) / size; // the side that it would have with type of the usual size
  const value = valueAt(grid, step, place);
  if (Number.isNaN(value)) return [];
  if (!factors || usual < TALL_FACTORS - 4) return [fittedNumber(context, value, room)];
  const [patch, kernel] = [factors[0][step * grid.size + place], factors[1][place]];
  const whole = `${short(patch, 3)} × ${short(kernel, 3)}`;
  const result = fittedNumber(context, value, room, "= ");
  if (usual >= WIDE_FACTORS - 8 && context.measureText(whole).width <= room) return [whole, result];
  return [fittedNumber(context, patch, room), fittedNumber(context, kernel, room, "×"), result];
}

function drawNumbers(context, grid, step, cell, table, type, colours) {
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  const size = grid.factors ? type.size : clamp(cell * 0.36, type.size, 1.3 * type.size);
  const line = size * 1.15;
  context.font = `${size}px ${type.family}`;
  for (let place = 0; place < grid.size; place += 1) {
    if (isEmpty(grid, step, place)) continue;
    const lines = cellLines(context, grid, step, place, cell, size).filter(Boolean);
    if (!lines.length) continue;
    const [x, y] = [((place % grid.width) + 0.5) * cell, (Math.floor(place / grid.width) + 0.5) * cell];
    const from = colourOf(grid, table, valueAt(grid, step, place));
    context.fillStyle = brightness(table, from) > 0.179 ? "#000" : "#fff";
    if (isPadding(grid, place)) {
      const wide = context.measureText(lines[0]).width + 4;
      context.fillStyle = colours.paper;
      context.fillRect(x - wide / 2, y - line / 2, wide, line);
      context.fillStyle = colours.text;
    }
    lines.forEach((text, row) => context.fillText(text, x, y + (row - (lines.length - 1) / 2) * line + 1));
  }
}

function drawGrid(canvas, grid, step, cell, { table, colours, type, ratio }) {
  const [wide, high] = [grid.width * cell, grid.height * cell];
  const [width, height] = [wide, high].map((side) => Math.round((side + 2 * GRID_EDGE) * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, GRID_EDGE * ratio, GRID_EDGE * ratio);
  context.imageSmoothingEnabled = cell * ratio < 1;
  // What is not written yet looks unlike zero, which has the page's colour.
  context.fillStyle = grid.written ? colours.surface : colours.paper;
  context.fillRect(0, 0, wide, high);
  context.drawImage(paintGrid(grid, step, table), 0, 0, wide, high);
  drawHatching(context, grid, step, cell, colours);
  drawLines(context, grid, cell, colours.border);
  if (cell >= (NUMBER_CELL * type.size) / LEAST_TYPE) drawNumbers(context, grid, step, cell, table, type, colours);
  const lit = litAt(grid.marks, step);
  Object.assign(context, { lineCap: "square" });
  tracePlaces(context, grid, lit, cell);
  strokeLayers(context, [["#000", 4.5], ["#fff", 2]]);
  for (const place of litAt(grid.winners, step)) drawWinner(context, grid, place, cell, colours);
}
