// Remembers what a reload would lose, in this browser only: of each room that was opened here the teacher's key, and for
// this tab the number under which its drawings are counted. The server is told once, after the page has been loaded.

const KEYS = "cnn_classroom.rooms";
const PERSON = "cnn_classroom.person";
const MOST_ROOMS = 20;

function readKeys() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEYS)) ?? {};
    return Object.fromEntries(Object.entries(kept).filter(([, key]) => typeof key === "string"));
  } catch {
    return {};
  }
}

// Where the browser keeps nothing, as in some private windows, the key must be typed again after a reload.
function write(store, place, text) {
  try {
    store().setItem(place, text);
  } catch {
    return;
  }
}

function readPerson() {
  try {
    return sessionStorage.getItem(PERSON) ?? "";
  } catch {
    return "";
  }
}

function keep({ room, key, refused }) {
  const keys = readKeys();
  if (refused) delete keys[refused];
  if (key) keys[room] = key;
  const newest = Object.fromEntries(Object.entries(keys).slice(-MOST_ROOMS));
  write(() => localStorage, KEYS, JSON.stringify(newest));
  return newest;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".room-keeper");
  const keys = keep(data);
  const person = readPerson();
  if (!person) write(() => sessionStorage, PERSON, data.person);
  const news = { room: data.room, person: person || data.person, key: data.key ? "" : (keys[data.room] ?? "") };
  const text = JSON.stringify(news);
  if (root.told === text || (news.person === data.person && !news.key)) return;
  root.told = text;
  setTriggerValue("kept", news);
}
