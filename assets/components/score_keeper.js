// Counts right answers, kind by kind, and keeps them in this browser. Nothing of it is ever sent anywhere.

const PLACE = "cnn_classroom.score";
const MOST_COUNTED = 500; // so many answers are known again, and not counted twice
const isCount = (number) => Number.isInteger(number) && number >= 0;
const empty = () => ({ kinds: {}, counted: [] });

// What is kept may be of another version, or somebody has written into it: what is no count is left out.
function load(root) {
  if (root.unkept) return root.unkept;
  try {
    const { kinds, counted } = JSON.parse(localStorage.getItem(PLACE)) ?? empty();
    const isScore = ([, score]) => Array.isArray(score) && score.length === 2 && score.every(isCount) && score[0] <= score[1];
    return { kinds: Object.fromEntries(Object.entries(kinds).filter(isScore)), counted: [...counted].map(String) };
  } catch {
    return empty();
  }
}

// Where the browser keeps nothing, as in some private windows, the score lasts as long as the page.
function save(root, score) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(score));
    root.unkept = undefined;
  } catch {
    root.unkept = score;
  }
}

function count(root, { id, kind, isRight }) {
  const score = load(root);
  if (score.counted.includes(id)) return;
  const [right, tried] = score.kinds[kind] ?? [0, 0];
  score.kinds[kind] = [right + (isRight ? 1 : 0), tried + 1];
  score.counted = [...score.counted, id].slice(-MOST_COUNTED);
  save(root, score);
}

function row(name, [right, tried]) {
  const line = document.createElement("tr");
  const title = document.createElement("th");
  title.scope = "row";
  title.textContent = name;
  const bar = document.createElement("td");
  bar.innerHTML = '<span class="bar" aria-hidden="true"><span></span></span>';
  bar.querySelector(".bar > span").style.width = `${tried ? (100 * right) / tried : 0}%`;
  const number = document.createElement("td");
  number.className = "number";
  number.textContent = `${right} of ${tried}`;
  line.append(title, bar, number);
  return line;
}

function draw(root) {
  const score = load(root);
  const rows = root.kinds.filter(([slug]) => score.kinds[slug]).map(([slug, name]) => [name, score.kinds[slug]]);
  const [right, tried] = rows.reduce(([a, b], [, [c, d]]) => [a + c, b + d], [0, 0]);
  const text = tried ? `${right} of ${tried} right` : "Nothing answered yet";
  const sum = root.querySelector(".sum");
  if (sum.textContent !== text) sum.textContent = text;
  root.querySelector("tbody").replaceChildren(...rows.map(([name, numbers]) => row(name, numbers)));
  root.querySelector(".kept").textContent = root.unkept
    ? "This browser keeps nothing: the score ends with this page."
    : "Kept in this browser only; nobody else sees it.";
  root.querySelector(".begin").hidden = !tried || root.isAsking;
  root.querySelector(".sure").hidden = !root.isAsking;
  root.querySelector(".forget").textContent = `Forget ${tried === 1 ? "1 answer" : `${tried} answers`}`;
}

function ask(root, isAsking, focused) {
  root.isAsking = isAsking;
  draw(root);
  root.querySelector(focused)?.focus();
}

function listen(root) {
  root.querySelector(".begin").addEventListener("click", () => ask(root, true, ".keep"));
  root.querySelector(".keep").addEventListener("click", () => ask(root, false, ".begin"));
  root.querySelector(".forget").addEventListener("click", () => {
    const { counted } = load(root); // what has been counted once stays so: it is still on the page
    save(root, { ...empty(), counted });
    ask(root, false, ".sum");
  });
  const follow = ({ key }) => {
    if (!root.isConnected) window.removeEventListener("storage", follow);
    else if (key === PLACE || key === null) draw(root);
  };
  window.addEventListener("storage", follow); // another tab has answered
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".score");
  if (!root.kinds) listen(root);
  root.kinds = data.kinds;
  if (data.result) count(root, data.result);
  draw(root);
}
