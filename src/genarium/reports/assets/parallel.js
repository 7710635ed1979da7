// Parallel coordinates (Inselberg, 1985): settings against measures, a line per run, colored by the last axis; a range
// dragged on an axis narrows the runs.
const PARALLEL = { top: 34, bottom: 14, side: 60 };
const VALUES = 30; // texts of more values make no axis
let redrawParallel = () => {};
let axesShown = rememberedList("axes");

function axisColumns() {
  const found = axesShown.map((name) => columnOf.get(name)).filter(Boolean);
  if (found.length) return found;
  const fits = (column) => column.numeric || positions(column).size <= VALUES;
  const measured = measures.filter((one) => one.shown && one.better !== "neither");
  return [...settings.filter((one) => !one.seed && fits(one)).slice(0, 5), ...measured.filter((one) => one.kind === "number").slice(0, 2), ...measured.filter((one) => one.kind === "series").slice(0, 1)].slice(0, 7);
}

function axisScale(column, height) {
  const values = runs.map((run) => position(column, run)).filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const log = column.numeric && low > 0 && high / low >= 20;
  return values.length ? scale(low, high, height - PARALLEL.bottom, PARALLEL.top, log, 0) : null;
}
// From blue over gray to vermilion: told apart by color-blind eyes, seen on both papers.
function gradient(share) {
  const [a, b] = share < 0.5 ? [[0, 114, 178], [150, 150, 150]] : [[150, 150, 150], [213, 94, 0]];
  const part = share < 0.5 ? share * 2 : share * 2 - 1;
  return `rgb(${a.map((from, i) => Math.round(from + (b[i] - from) * part)).join(",")})`;
}

function drawParallel(width, height) {
  const canvas = byId("parallel-canvas");
  const axes = axisColumns().map((column) => ({ column, y: axisScale(column, height) })).filter(({ y }) => y);
  axes.forEach((axis, index) => { axis.x = axes.length < 2 ? width / 2 : PARALLEL.side + (index * (width - 2 * PARALLEL.side)) / (axes.length - 1); });
  const pen = new CanvasPen(canvas, width, height);
  const kept = new Set(matching);
  const points = (run) => axes.flatMap(({ column, x, y }) => { const at = position(column, run); return [x, Number.isFinite(at) ? y.at(at) : NaN]; });
  const last = axes[axes.length - 1];
  const share = (run) => { const at = last ? last.y.at(position(last.column, run)) : NaN; return 1 - (at - PARALLEL.top) / (height - PARALLEL.top - PARALLEL.bottom); };
  const alpha = runs.length > 100 ? 0.35 : 0.8;
  runs.filter((run) => !kept.has(run)).forEach((run) => pen.line(points(run), { color: color("grid"), width: 1, alpha: 0.6 }));
  runs.filter((run) => kept.has(run)).forEach((run) => pen.line(points(run), { color: Number.isFinite(share(run)) ? gradient(share(run)) : color("quiet"), width: 1.2, alpha }));
  axes.forEach((axis, index) => drawAxis(pen, axis, index, axes.length, height));
  byId("parallel").axes = axes;
}
function shortened(pen, text, width) {
  if (pen.context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 1 && pen.context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
function drawAxis(pen, { column, x, y }, index, count, height) {
  const [ink, quiet] = [color("ink"), color("quiet")];
  pen.line([x, PARALLEL.top, x, height - PARALLEL.bottom], { color: quiet, width: 1 });
  const range = brushes.get(column.name);
  if (range) pen.line([x, y.at(range[0]), x, y.at(range[1])], { color: ink, width: 7, alpha: 0.5 });
  const room = Math.max(40, (byId("parallel").clientWidth - 2 * PARALLEL.side) / Math.max(1, count - 1) - 8);
  pen.text(x, index % 2 ? 26 : 12, shortened(pen, `${column.short}${ARROWS[column.better]}`, 2 * room), { color: ink, align: "center" });
  const ticks = column.numeric ? ticksOf(y, 6) : [...positions(column)].map(([text, value]) => ({ value, text }));
  const align = index === count - 1 ? "left" : "right";
  const most = Math.max(1, Math.ceil(ticks.length / ((height - 48) / 14)));
  ticks.filter((_, at) => at % most === 0).forEach(({ value, text }) => pen.text(x + (align === "left" ? 6 : -6), y.at(value) + 4, shortened(pen, text, Math.min(room, PARALLEL.side - 10)), { color: ink, align, halo: color("paper") }));
}

function startParallel() {
  const place = byId("parallel");
  let from = null;
  const axisAt = (event) => {
    const box = place.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const axis = (place.axes || []).find(({ x }) => Math.abs(x - px) < 22);
    return axis && { axis, py: Math.max(PARALLEL.top, Math.min(place.clientHeight - PARALLEL.bottom, py)) };
  };
  place.addEventListener("pointerdown", (event) => { from = axisAt(event); if (from) place.setPointerCapture(event.pointerId); });
  place.addEventListener("pointermove", (event) => { if (!from) place.style.cursor = axisAt(event) ? "ns-resize" : "default"; });
  place.addEventListener("pointerup", (event) => {
    if (!from) return;
    const box = place.getBoundingClientRect();
    const to = Math.max(PARALLEL.top, Math.min(place.clientHeight - PARALLEL.bottom, event.clientY - box.top));
    const { axis, py } = from;
    from = null;
    if (Math.abs(to - py) < 4) { brush(axis.column, null); return; } // a click takes the range away
    const half = axis.column.numeric ? 0 : 0.3;
    const ends = [axis.y.value(Math.max(to, py)), axis.y.value(Math.min(to, py))];
    brush(axis.column, [Number((ends[0] - half).toPrecision(4)), Number((ends[1] + half).toPrecision(4))]);
  });
  byId("clear-brushes").hidden = !brushes.size;
  byId("clear-brushes").addEventListener("click", () => {
    brushes.clear();
    remember("brush", "");
    byId("clear-brushes").hidden = true;
    changed("runs");
  });
  drawAxisMenu();
  redrawParallel = drawnInView(place, drawParallel);
  onChange("runs", redrawParallel);
}
function drawAxisMenu() {
  const all = [...settings, ...measures.filter((column) => column.differs)];
  const shown = axisColumns();
  byId("axis-list").replaceChildren(...all.map((column) => {
    const box = element("input", { type: "checkbox" });
    box.checked = shown.includes(column);
    box.addEventListener("change", () => {
      axesShown = all.filter((one) => (one === column ? box.checked : axisColumns().includes(one))).map((one) => one.name);
      remember("axes", JSON.stringify(axesShown), "[]");
      redrawParallel();
    });
    return element("li", {}, element("label", { title: column.name }, box, column.short));
  }));
}
