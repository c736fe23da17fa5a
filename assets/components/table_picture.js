// Saves a table as a picture: its cells are drawn once more on a canvas, where they stand and as they look on the screen,
// in the same type, so that names in any script are there. Comes after saving.js, in one file with it.

const PICTURE = { ratio: 2, edge: 12 };

// Where the text of a cell stands, its padding taken off: names above narrow columns stand upright.
function write(pen, cell, box) {
  const style = getComputedStyle(cell);
  const inner = cell.querySelector("span");
  const isUpright = inner && getComputedStyle(inner).writingMode.startsWith("vertical");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  pen.fillStyle = style.color;
  pen.textBaseline = "middle";
  pen.textAlign = isUpright || style.textAlign === "left" ? "left" : style.textAlign === "right" ? "right" : "center";
  const place = { left: parseFloat(style.paddingLeft), center: box.width / 2, right: box.width - parseFloat(style.paddingRight) };
  pen.save();
  if (isUpright) {
    pen.translate(box.left + box.width / 2, box.bottom - parseFloat(style.paddingBottom));
    pen.rotate(-Math.PI / 2);
  } else pen.translate(box.left + place[pen.textAlign], box.top + box.height / 2);
  pen.fillText(cell.textContent.trim(), 0, 0);
  pen.restore();
}

// `area` holds words and one table in a frame that scrolls; the part that is out of sight is in the picture, too.
function saveTable(area, name) {
  const table = area.querySelector("table");
  const frame = table.parentElement;
  const [left, top] = [frame.scrollLeft, frame.scrollTop];
  [frame.scrollLeft, frame.scrollTop] = [0, 0]; // else the heads would stand above other cells
  const [whole, head] = [table.getBoundingClientRect(), area.getBoundingClientRect()];
  const size = [whole.width, whole.bottom - head.top].map((length) => Math.ceil(length + 2 * PICTURE.edge));
  const [width, height] = size.map((length) => length * PICTURE.ratio);
  const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  pen.fillStyle = getComputedStyle(table.querySelector("th")).backgroundColor;
  pen.fillRect(0, 0, width, height);
  pen.scale(PICTURE.ratio, PICTURE.ratio);
  pen.translate(PICTURE.edge - whole.left, PICTURE.edge - head.top);
  for (const cell of area.querySelectorAll("p, th, td")) {
    const box = cell.getBoundingClientRect();
    pen.fillStyle = getComputedStyle(cell).backgroundColor;
    pen.fillRect(box.left, box.top, box.width, box.height);
    write(pen, cell, box);
  }
  [frame.scrollLeft, frame.scrollTop] = [left, top];
  pen.canvas.toBlob((blob) => save(blob, `${name}.png`));
}
