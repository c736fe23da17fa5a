// A player for anything that goes step by step: to the start, back, play or pause, onward, scrub, and how fast.
// Nothing plays by itself. Any component may use it, in one file with it.

const PACES = { Slow: 1, Medium: 3, Fast: 10, "Very fast": 40 }; // steps a second
const FIRST_PACE = "Medium";
const ICONS = {
  start: "M5 4h2.5v16H5zM19 4v16L8.5 12z",
  back: "M16.5 4v16L6 12z",
  play: "M7 4v16l12-8z",
  pause: "M6 4h4.5v16H6zM13.5 4H18v16h-4.5z",
  onward: "M7.5 4v16L18 12z",
};
const NAMES = { start: "To the start", back: "One step back", play: "Play", pause: "Pause", onward: "One step on" };

const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
const button = (name) =>
  `<button type="button" class="${name}" aria-label="${NAMES[name]}" title="${NAMES[name]}">${icon(name)}</button>`;
const HTML_OF_PLAYER =
  `<div class="buttons">${["start", "back", "play", "onward"].map(button).join("")}</div>` +
  '<input type="range" min="1" step="1" aria-label="Step">' +
  '<output class="place"></output>' +
  `<label class="pace">Pace<select aria-label="Pace">${Object.keys(PACES)
    .map((name) => `<option${name === FIRST_PACE ? " selected" : ""}>${name}</option>`)
    .join("")}</select></label>`;

// Fills an element with a player. `show(step, isPlaying)` draws a step, counted from 0, and is called whenever it
// changes, or playing begins or ends. What comes back: `step`, `isPlaying`; `setCount(count)` when there are that many
// steps, which keeps the step where it is and its end the end; `go(step)`; `press(event)` for a keydown anywhere in the
// component: space plays and pauses, the arrows left and right step, Home and End go to both ends.
function newPlayer(element, show) {
  element.innerHTML = HTML_OF_PLAYER;
  const [play, slider, place, pace] = [".play", "input", ".place", "select"].map((name) => element.querySelector(name));
  const player = { step: 0, count: 1, isPlaying: false };
  let timer = 0;

  const redraw = () => {
    const words = `step ${player.step + 1} of ${player.count}`;
    slider.max = player.count;
    slider.value = player.step + 1;
    slider.setAttribute("aria-valuetext", words);
    slider.style.setProperty("--done", player.count > 1 ? player.step / (player.count - 1) : 1);
    place.textContent = words[0].toUpperCase() + words.slice(1);
    const name = player.isPlaying ? "pause" : "play";
    if (play.dataset.shows !== name) {
      play.dataset.shows = name;
      play.innerHTML = icon(name);
      play.setAttribute("aria-label", NAMES[name]);
      play.title = NAMES[name];
    }
    show(player.step, player.isPlaying);
  };
  const stop = () => {
    clearTimeout(timer);
    player.isPlaying = false;
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(tick, 1000 / PACES[pace.value]);
  };
  const tick = () => {
    if (!element.isConnected) return stop();
    player.step = Math.min(player.step + 1, player.count - 1);
    player.isPlaying = player.step < player.count - 1;
    if (player.isPlaying) wait();
    redraw();
  };
  player.go = (step) => {
    stop();
    player.step = Math.min(Math.max(step, 0), player.count - 1);
    redraw();
  };
  player.toggle = () => {
    if (player.isPlaying) return player.go(player.step);
    const isAtEnd = player.step >= player.count - 1;
    player.isPlaying = player.count > 1;
    if (isAtEnd) player.step = 0;
    if (player.isPlaying) wait();
    redraw();
  };
  player.setCount = (count) => {
    const wasAtEnd = player.count > 1 && player.step === player.count - 1;
    player.count = count;
    player.step = wasAtEnd ? count - 1 : Math.min(player.step, count - 1);
    if (player.step === count - 1) stop();
    redraw();
  };
  player.press = (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "SELECT") return;
    const steps = { ArrowLeft: player.step - 1, ArrowRight: player.step + 1, Home: 0, End: player.count - 1 };
    if (key in steps) player.go(steps[key]);
    else if (key === " " && target.tagName !== "BUTTON") player.toggle();
    else return;
    event.preventDefault();
  };

  const acts = {
    start: () => player.go(0),
    back: () => player.go(player.step - 1),
    play: player.toggle,
    onward: () => player.go(player.step + 1),
  };
  for (const [name, act] of Object.entries(acts)) element.querySelector(`.${name}`).addEventListener("click", act);
  slider.addEventListener("input", () => player.go(Number(slider.value) - 1));
  pace.addEventListener("change", () => player.isPlaying && wait());
  return player;
}
