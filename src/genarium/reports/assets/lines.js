// Lines: one per run or group, each with a color that neither the search nor the order changes.
// Okabe and Ito's colors, told apart by color-blind eyes (Color Universal Design, 2008), less their yellow;
// lines beyond the seventh repeat them with another dash.
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "ink"];
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];
const inkOf = (line) => (line.color === "ink" ? color("ink") : line.color);
const off = new Set(rememberedList("off"));
let lines = [];
let styles = new Map();

function style(index) {
  return { color: COLORS[index % COLORS.length], dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length] };
}

function makeLines() {
  const by = groupColumns();
  const kept = new Set(matching);
  const all = by ? groupedBy(by, runs) : new Map(runs.map((run) => [`${run.index}`, [run]]));
  lines = [...all.entries()].map(([key, members], index) => ({
    key, ...style(index), label: by ? groupLabel(by, members[0]) : members[0].label, grouped: Boolean(by),
    runs: members.filter((run) => kept.has(run)), whole: members.length,
  })).filter((line) => line.runs.length);
  lines.forEach((line) => { line.ticked = !off.has(line.label); });
}
const shownLines = () => lines.filter((line) => line.ticked);

function tick(some, ticked) {
  some.forEach((line) => { if (ticked) off.delete(line.label); else off.add(line.label); line.ticked = ticked; });
  remember("off", off.size ? JSON.stringify([...off]) : "");
  changed("ticks");
}

function swatch(line) {
  const svg = drawn("svg", { class: "swatch", "aria-hidden": "true", viewBox: "0 0 22 10" });
  svg.append(drawn("line", { x1: 1, y1: 5, x2: 21, y2: 5, stroke: inkOf(line), "stroke-width": 3, "stroke-dasharray": line.dash.join(" ") }));
  return svg;
}
const SVG = document.querySelector("svg").namespaceURI;
function drawn(tag, attributes = {}, text = null) {
  const made = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  if (text !== null) made.textContent = text;
  return made;
}

function drawChips() {
  const MOST = 60;
  const made = lines.slice(0, MOST).map((line) => {
    const box = element("input", { type: "checkbox" });
    box.checked = line.ticked;
    box.addEventListener("change", () => tick([line], box.checked));
    return element("label", { class: "chip", title: line.label }, box, swatch(line), element("span", {}, line.label));
  });
  const more = lines.length > MOST ? [element("span", { class: "quiet" }, `and ${grouped(lines.length - MOST)} more`)] : [];
  refill(byId("chips"), ...made, ...more);
}
