// Scrolls a part of the page into view, once for each mark, and only where its beginning is not visible already.

const MOST_FRAMES = 60;
const BELOW_HEADER = "4rem"; // on a phone Streamlit's header lies over the page

function bring(name, framesLeft) {
  const part = document.querySelector(`.st-key-${name}`);
  if (!part) {
    if (framesLeft) requestAnimationFrame(() => bring(name, framesLeft - 1));
    return;
  }
  const { top } = part.getBoundingClientRect();
  if (top >= 0 && top < window.innerHeight / 2) return;
  part.style.scrollMarginTop = BELOW_HEADER;
  part.scrollIntoView({ block: "start" });
}

export default function ({ data, parentElement }) {
  if (parentElement.mark === data.mark) return;
  parentElement.mark = data.mark;
  requestAnimationFrame(() => bring(data.part, MOST_FRAMES));
}
