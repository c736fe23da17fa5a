// Packs a folder of images into one zip, without compressing them, and hands that to a file uploader of the page.
// Nothing is sent from here: the uploader does that, and the server trusts the zip as little as any other.

const AT_ONCE = 16; // files that are read at the same time
const HEAD_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;
const UTF8_NAMES = 0x0800;
const FIRST_DAY = 0x0021; // 1 January 1980, the first day that a zip can name

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function checksum(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = CRC_TABLE[(rest ^ byte) & 0xff] ^ (rest >>> 8);
  return ~rest >>> 0;
}

// Writes numbers of two and four bytes one after another, the lowest byte first.
function record(length, fields) {
  const view = new DataView(new ArrayBuffer(length));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return view.buffer;
}

function described(crc, size, name) {
  return [[2, 20], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_DAY], [4, crc], [4, size], [4, size], [2, name.length], [2, 0]];
}

const head = (crc, size, name) => record(HEAD_BYTES, [[4, 0x04034b50], ...described(crc, size, name)]);

function entry(crc, size, name, place) {
  const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, place]];
  return record(ENTRY_BYTES, [[4, 0x02014b50], [2, 20], ...described(crc, size, name), ...rest]);
}

function end(count, length, place, mark) {
  const counts = [[2, count], [2, count]];
  return record(END_BYTES, [[4, 0x06054b50], [2, 0], [2, 0], ...counts, [4, length], [4, place], [2, mark.length]]);
}

// The mark, in plain letters, tells the server that this was a folder.
async function packed(items, mark, tell) {
  const parts = [];
  const list = [];
  let place = 0;
  let listLength = 0;
  for (let first = 0; first < items.length; first += AT_ONCE) {
    const some = items.slice(first, first + AT_ONCE);
    const contents = await Promise.all(some.map(async ({ file }) => new Uint8Array(file ? await file.arrayBuffer() : 0)));
    some.forEach(({ name }, number) => {
      const bytes = contents[number];
      const crc = checksum(bytes);
      parts.push(head(crc, bytes.length, name), name, bytes);
      list.push(entry(crc, bytes.length, name, place), name);
      place += HEAD_BYTES + name.length + bytes.length;
      listLength += ENTRY_BYTES + name.length;
    });
    tell(first + some.length);
  }
  return new Blob([...parts, ...list, end(items.length, listLength, place, mark), mark]);
}

const sizeOf = (items) =>
  items.reduce((sum, { name, file }) => sum + HEAD_BYTES + ENTRY_BYTES + 2 * name.length + (file?.size ?? 0), END_BYTES);

const grouped = (number) => number.toLocaleString("en");
const files = (number) => (number === 1 ? "1 image" : `${grouped(number)} images`);

function say(root, text, isRefused = false) {
  const said = root.querySelector(".said");
  said.textContent = text;
  said.classList.toggle("refused", isRefused);
}

// Says why a folder cannot be brought, before any of it is read.
function refusal(root, items) {
  const images = items.filter(({ file }) => file).length;
  const size = sizeOf(items);
  if (!images) return "There are no images in this folder. Choose the folder that holds the class folders.";
  if (items.length > root.data.mostFiles) {
    return `This folder holds ${grouped(items.length)} files, and ${grouped(root.data.mostFiles)} are the most. Choose a smaller one.`;
  }
  if (size > root.data.mostMb * 2 ** 20) {
    const megabytes = grouped(Math.ceil(size / 2 ** 20));
    return `This folder’s images have ${megabytes} MB, and ${root.data.mostMb} MB are the most. Choose fewer or smaller images, or ask whoever runs this server to take the folder.`;
  }
  return "";
}

function handOver(root, zip, name) {
  const input = document.querySelector(`.st-key-${root.data.uploader}:not([data-retained]) input[type="file"]`);
  if (!input) throw new Error("no uploader");
  const carrier = new DataTransfer();
  carrier.items.add(new File([zip], name, { type: "application/zip" }));
  input.files = carrier.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

async function bring(root, found) {
  const isImage = (path) => root.data.suffixes.includes(path.toLowerCase().split(".").at(-1));
  const writer = new TextEncoder();
  const items = found.map(({ path, file }) => ({ name: writer.encode(path), file: isImage(path) ? file : null }));
  const why = refusal(root, items);
  if (why) return say(root, why, true);
  const images = items.filter(({ file }) => file).length;
  const tell = (done) => say(root, `Packing ${grouped(done)} of ${grouped(items.length)} files.`);
  try {
    const zip = await packed(items, root.data.mark, tell);
    handOver(root, zip, `${found[0].path.split("/")[0]}.zip`);
  } catch {
    return say(root, "This folder could not be read to its end. Choose it again, or pack it as a zip yourself.", true);
  }
  return say(root, `${files(images)} packed, and on the way to the server.`);
}

async function whileBusy(root, work) {
  const button = root.querySelector(".choose");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await work();
  } finally {
    button.disabled = false;
  }
}

// Lists what was dropped, folder by folder; a browser hands out a folder's entries in portions.
async function dropped(start, most) {
  const found = [];
  const waiting = [...start];
  while (waiting.length && found.length <= most) {
    const one = waiting.shift();
    if (one.isFile) {
      const file = await new Promise((resolve, reject) => one.file(resolve, reject));
      found.push({ path: one.fullPath.replace(/^\//, ""), file });
      continue;
    }
    const reader = one.createReader();
    for (;;) {
      const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!portion.length) break;
      waiting.push(...portion);
    }
  }
  return found;
}

function listen(root) {
  const pick = root.querySelector(".pick");
  root.querySelector(".choose").addEventListener("click", () => pick.click());
  pick.addEventListener("change", () => {
    const found = [...pick.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    pick.value = ""; // the same folder can be chosen again
    if (found.length) whileBusy(root, () => bring(root, found));
  });
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("over");
  });
  root.addEventListener("dragleave", () => root.classList.remove("over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("over");
    const start = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    whileBusy(root, async () => {
      try {
        const found = await dropped(start, root.data.mostFiles);
        if (found.length) await bring(root, found);
        else say(root, "There is no folder with files in what was dropped. Choose one.", true);
      } catch {
        say(root, "What was dropped could not be read. Choose the folder instead.", true);
      }
    });
  });
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".packer");
  const isNew = root.data?.uploader !== data.uploader;
  if (!root.data) listen(root);
  parentElement.querySelector(".label").textContent = data.label;
  root.data = data;
  const canPick = "webkitdirectory" in root.querySelector(".pick");
  root.querySelector(".choose").hidden = !canPick;
  if (isNew) say(root, canPick ? data.hint : "This browser cannot open folders: pack yours as a zip.");
}
