// Shows HTML that Python made and reports which element with `data-layer` was chosen,
// or which word, an element with `data-term`, was asked for. A button with `data-picture` saves the table before it;
// table_picture.js, before this one in the same file, draws it.
// New HTML is compared with what is there, and only what differs is touched: nothing flickers, focus and scroll stay.

const ROWS = { ArrowUp: -1, ArrowDown: 1 };
const NEIGHBOURS = { ArrowLeft: -1, ArrowRight: 1 };

function patchAttributes(old, fresh) {
  const isKept = (name) => fresh.hasAttribute(name) || (old.nodeName === "DETAILS" && name === "open");
  for (const { name } of [...old.attributes]) if (!isKept(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function patchChildren(old, fresh) {
  const there = [...old.childNodes];
  const wanted = [...fresh.childNodes];
  wanted.forEach((node, index) => {
    const before = there[index];
    if (!before) old.append(node);
    else if (before.isEqualNode(node)) return;
    else if (before.nodeName !== node.nodeName) before.replaceWith(node);
    else if (node.nodeType === Node.TEXT_NODE) before.data = node.data;
    else {
      patchAttributes(before, node);
      patchChildren(before, node);
    }
  });
  there.slice(wanted.length).forEach((node) => node.remove());
}

function show(root, html) {
  if (root.shown === html) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  patchChildren(root, document.importNode(template.content, true));
  root.shown = html;
}

function centre(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

// Items wrap like words: up and down go to the nearest one in the next row.
function inNextRow(items, from, direction) {
  const here = centre(from);
  const places = items.map((item) => ({ item, ...centre(item) }));
  const beyond = places.filter(({ y }) => (y - here.y) * direction > 4);
  const row = Math.min(...beyond.map(({ y }) => Math.abs(y - here.y)));
  const inRow = beyond.filter(({ y }) => Math.abs(y - here.y) < row + 4);
  inRow.sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x));
  return inRow[0]?.item;
}

function target(items, from, key) {
  if (key in NEIGHBOURS) return items[items.indexOf(from) + NEIGHBOURS[key]];
  if (key in ROWS) return inNextRow(items, from, ROWS[key]);
  if (key === "Home") return items[0];
  return key === "End" ? items[items.length - 1] : undefined;
}

function moveFocus(items, to) {
  items.forEach((item) => item.setAttribute("tabindex", item === to ? "0" : "-1"));
  to.focus();
}

function listen(root) {
  const choose = (item) => root.report(Number(item.dataset.layer));
  root.addEventListener("click", (event) => {
    const word = event.target.closest("[data-term]");
    if (word) root.explain(word.dataset.term);
    const item = event.target.closest("[data-layer]");
    if (item) choose(item);
    const picture = event.target.closest("[data-picture]");
    if (picture) saveTable(picture.previousElementSibling, picture.dataset.picture);
  });
  root.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-layer]:not(button)");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = [...root.querySelectorAll("[data-layer]:not(button)")];
    const to = target(items, item, event.key);
    if (event.key === "Enter" || event.key === " ") choose(item);
    else if (to) moveFocus(items, to);
    else if (!(event.key in ROWS) && !(event.key in NEIGHBOURS)) return;
    event.preventDefault();
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".selectable");
  if (!root.report) listen(root);
  root.report = (layer) => setTriggerValue("layer", layer);
  root.explain = (term) => setTriggerValue("term", term);
  show(root, data.html);
}
