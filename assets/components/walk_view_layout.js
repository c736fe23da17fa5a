// Where the grids of a walk stand. Input, kernel, product and output go from left to right where there is room, and
// wrap where there is not: of all arrangements the one is taken that shows the images largest without being tall.

const ROLES = ["input", "kernel", "product", "output"];
const [GRID_GAP, GRID_EDGE] = [20, 3]; // the edge is room for the outline of a cell at the grid's edge
const [NUMBER_CELL, DENSE_CELL] = [26, 30]; // so much a cell needs to show its number, and to show it well
const [MOST_CELL, KERNEL_ROOM, IMAGE_ROOM] = [44, 200, 300];
const [TALL_FACTORS, WIDE_FACTORS] = [48, 78]; // a × b = c on three lines, or on two
const LEAST_IMAGE = 112; // smaller ones get larger cells of their own
const MOST_NAME = 150;
const COMFORTABLE_HEIGHT = 380;
const DENSITIES = [1, 0.95, 0.55]; // how good it is to have wide products, narrow ones, and only their results

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const most = (numbers) => Math.max(0, ...numbers);
const isImage = ({ role }) => role === "input" || role === "output";

// The side of a cell where there is room for all; the denser, the smaller are kernels and products.
function wantedCell({ role, factors, height, width }, density) {
  const side = Math.max(height, width);
  if (role === "product" && factors && density < 2) {
    return density === 0 && side * WIDE_FACTORS <= 240 ? WIDE_FACTORS : TALL_FACTORS;
  }
  if (role === "input" || role === "output") {
    if (height === 1) return clamp(Math.floor(620 / width), NUMBER_CELL, MOST_CELL);
    return clamp(IMAGE_ROOM / side, IMAGE_ROOM / 96, MOST_CELL);
  }
  if (side > 8) return Math.max(4, Math.floor(KERNEL_ROOM / side));
  const dense = side > 5 ? DENSE_CELL : DENSE_CELL + 4;
  return density === 0 ? clamp(KERNEL_ROOM / side, dense, MOST_CELL) : dense;
}

// All ways to break the roles into lines; a line has columns, a column has grids below one another.
function arrangements(grids) {
  const [input, kernel, product, output] = ROLES.map((role) => grids.filter((grid) => grid.role === role));
  const ways = [
    [[input, kernel, product, output]],
    [[input, [...kernel, ...product], output]],
    [[input, kernel], [product, output]],
    [[input], [kernel, product], [output]],
    [[input, output], [kernel, product]],
    [[input], [kernel], [product], [output]],
  ];
  const isFilled = (list) => list.length > 0;
  return ways.map((way) => way.map((line) => line.filter(isFilled)).filter(isFilled));
}

// The cells of one arrangement in so much room, or nothing where it does not fit.
function fitCells(lines, room, density) {
  const grids = lines.flat(2);
  const wanted = Math.min(...grids.filter(isImage).map((grid) => wantedCell(grid, density)), MOST_CELL);
  const own = (grid) => Math.min(wantedCell(grid, density), (room - 2 * GRID_EDGE) / grid.width);
  let cell = wanted;
  for (const line of lines) {
    const widest = (column, wide) => most(column.filter((grid) => isImage(grid) === (wide === null)).map((grid) => (wide?.(grid) ?? 1) * grid.width));
    const images = sum(line.map((column) => widest(column, null)));
    const left = room - sum(line.map((column) => widest(column, own))) - (line.length - 1) * GRID_GAP - line.length * 2 * GRID_EDGE;
    if (left < 0) return null;
    if (images) cell = Math.min(cell, left / images);
  }
  const whole = (side) => (side >= 2 ? Math.floor(side) : side);
  const larger = ({ height, width }) => Math.min(NUMBER_CELL, LEAST_IMAGE / Math.max(height, width));
  const cellOf = (grid) => whole(isImage(grid) ? Math.max(cell, grid.role === "output" ? larger(grid) : 0) : own(grid));
  return { share: cell / wanted, cells: new Map(grids.map((grid) => [grid, cellOf(grid)])) };
}

// Places all grids of one arrangement.
function placeGrids(lines, cells, line, measure) {
  const boxes = new Map();
  let [y, width] = [0, 0];
  const high = (grid) => line + grid.height * cells.get(grid) + 2 * GRID_EDGE;
  const wide = (grid) =>
    Math.max(grid.width * cells.get(grid) + 2 * GRID_EDGE, Math.min(measure(grid.name), MOST_NAME));
  for (const columns of lines) {
    const isMixed = (column) => new Set(column.map(({ role }) => role)).size > 1;
    const even = columns.filter((column) => !isMixed(column));
    const count = most(even.map((column) => column.length));
    const rows = [...Array(count).keys()].map((row) =>
      most(even.filter((column) => column.length === count).map((column) => high(column[row]))),
    );
    const gaps = (number) => (number - 1) * 8;
    const tall = (column) => sum(column.map(high)) + gaps(column.length);
    const height = Math.max(sum(rows) + gaps(count), ...columns.map(tall));
    let x = 0;
    for (const column of columns) {
      const isEven = !isMixed(column) && column.length === count;
      let top = y + (isEven ? (height - sum(rows) - gaps(count)) / 2 : (height - tall(column)) / 2);
      column.forEach((grid, row) => {
        const slack = isEven ? rows[row] - high(grid) : 0;
        boxes.set(grid, { x, y: Math.round(top + slack / 2), width: wide(grid), cell: cells.get(grid) });
        top += (isEven ? rows[row] : high(grid)) + 8;
      });
      x += most(column.map(wide)) + GRID_GAP;
    }
    width = Math.max(width, x - GRID_GAP);
    y += height + 8;
  }
  return { boxes, height: y - 8, width };
}

// Names that are wider than their grids need room too: then the cells are made smaller until all fits.
function placesIn(lines, density, room, line, measure) {
  for (let narrower = room; narrower > room / 2; narrower -= 10) {
    const fit = fitCells(lines, narrower, density);
    if (!fit) return null;
    const places = placeGrids(lines, fit.cells, line, measure);
    const score = DENSITIES[density] * fit.share * Math.min(1, COMFORTABLE_HEIGHT / places.height) ** 2;
    if (places.width <= room) return { ...places, score };
  }
  return null;
}

function bestPlaces(grids, room, line, measure) {
  let best = null;
  for (const lines of arrangements(grids)) {
    for (const density of DENSITIES.keys()) {
      const places = placesIn(lines, density, room, line, measure);
      if (places && places.score > (best?.score ?? 0) + 1e-9) best = places;
    }
  }
  if (best) return best;
  const narrow = new Map(grids.map((grid) => [grid, Math.min(MOST_CELL, (room - 2 * GRID_EDGE) / grid.width)]));
  return placeGrids(grids.map((grid) => [[grid]]), narrow, line, () => 0);
}
