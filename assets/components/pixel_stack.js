// Rows of pictures one under the other, each with its words, and perhaps a button and a list of leaves: one element of
// the page, however many rows there are. Comes after pixel_view_part.js, in one file with it.

function newRow(stack) {
  const row = stack.pattern.cloneNode(true);
  row.querySelector(".act").addEventListener("click", () => stack.send("act", row.dataset.row));
  const leaves = row.querySelector(".leaves");
  leaves.addEventListener("change", () => stack.send("leaf", [row.dataset.row, leaves.selectedIndex]));
  return row;
}

function label(row, { name, words }) {
  row.dataset.row = name;
  row.setAttribute("aria-label", name);
  const [title, ...rest] = words;
  row.querySelector(".title").textContent = title;
  row.querySelector(".rest").textContent = rest.map((text) => ` · ${text}`).join("");
}

function offer(row, { act, actHelp, leaves, leaf, what }) {
  const [list, button] = row.querySelectorAll(".leaves, .act");
  button.hidden = !act;
  button.textContent = act;
  button.title = actHelp;
  list.hidden = !leaves.length;
  list.setAttribute("aria-label", what);
  if (list.dataset.texts !== leaves.join()) list.replaceChildren(...leaves.map((text) => new Option(text)));
  list.dataset.texts = leaves.join();
  list.selectedIndex = leaf;
}

function fill(stack, row, data) {
  label(row, data);
  offer(row, data);
  const root = row.querySelector(".pixel-view");
  root.hidden = !data.view;
  if (data.view) update(root, data.view, (cell) => stack.send("cell", [data.name, ...cell]));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const stack = parentElement.querySelector(".pixel-stack");
  stack.pattern ??= stack.removeChild(stack.firstElementChild);
  stack.send = setTriggerValue;
  const known = new Map([...stack.children].map((row) => [row.dataset.row, row]));
  const rows = data.rows.map(({ name }) => known.get(name) ?? newRow(stack));
  const isSame = rows.length === stack.children.length && rows.every((row, place) => row === stack.children[place]);
  if (!isSame) stack.replaceChildren(...rows);
  rows.forEach((row, place) => fill(stack, row, data.rows[place]));
}
