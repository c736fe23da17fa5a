// Pictures pixel by pixel; pixel_view_part.js, before this one in the same file, does it all.

export default function ({ data, parentElement, setTriggerValue }) {
  update(parentElement.querySelector(".pixel-view"), data, (cell) => setTriggerValue("cell", cell));
}
