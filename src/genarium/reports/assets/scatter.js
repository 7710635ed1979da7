// Any two measures against each other: a point per run or, with intervals, per group.
const PAIRS = [["precision", "recall"], ["rate", "distortion"], ["training time", "fid"], ["training time", "fd"]];

function firstPair() {
  const told = measures.filter((column) => column.differs);
  const of = (word) => told.find((one) => one.name === word || one.name.split("/").includes(word));
  const pair = PAIRS.map((words) => words.map(of)).find((found) => found.every(Boolean));
  return pair || [told.find((one) => one.kind === "cost") || told[1], told[0]];
}

function pointsOf(cx, cy) {
  return shownLines().map((line) => ({ line, x: cellOf(cx, line), y: cellOf(cy, line) }))
    .filter(({ x, y }) => Number.isFinite(x.value) && Number.isFinite(y.value));
}
let redrawScatter = () => {};
function drawScatter(width, height) {
  const place = byId("scatter");
  const [cx, cy] = [columnOf.get(byId("scatter-x").value), columnOf.get(byId("scatter-y").value)];
  if (!cx || !cy) return;
  const [logX, logY] = [byId("scatter-log-x").checked, byId("scatter-log-y").checked];
  const pen = new CanvasPen(byId("scatter-canvas"), width, height);
  const all = pointsOf(cx, cy).filter(({ x, y }) => (!logX || x.value > 0) && (!logY || y.value > 0));
  const ends = (cell) => (Number.isFinite(cell.half) ? [cell.value - cell.half, cell.value + cell.half] : [cell.value]);
  const xs = extent([all.flatMap(({ x }) => ends(x))], logX, false);
  const ys = extent([all.flatMap(({ y }) => ends(y))], logY, false);
  place.points = [];
  byId("scatter-empty").hidden = Boolean(xs && ys);
  if (!xs || !ys) return;
  const x = scale(...xs, MARGIN.left, width - MARGIN.right, logX);
  const y = scale(...ys, height - MARGIN.bottom - 16, MARGIN.top + 14, logY);
  drawAxes(pen, x, y, width, height - 16);
  pen.text(width - MARGIN.right, height - 4, `${cx.short}${ARROWS[cx.better]}`, { color: color("ink"), align: "right" });
  pen.text(4, 12, `${cy.short}${ARROWS[cy.better]}`, { color: color("ink") });
  all.forEach((point) => drawPoint(pen, point, x, y, all.length > 100));
  place.points = all.map((point) => ({ ...point, px: x.at(point.x.value), py: y.at(point.y.value) }));
  place.dataset.points = all.length;
}
function drawPoint(pen, point, x, y, many) {
  const look = { color: inkOf(point.line), alpha: many ? 0.6 : 1, width: 1.2 };
  const [px, py] = [x.at(point.x.value), y.at(point.y.value)];
  const low = (axis, value) => (axis.log && value <= 0 ? axis.low : value);
  if (Number.isFinite(point.x.half)) pen.line([x.at(low(x, point.x.value - point.x.half)), py, x.at(point.x.value + point.x.half), py], look);
  if (Number.isFinite(point.y.half)) pen.line([px, y.at(low(y, point.y.value - point.y.half)), px, y.at(point.y.value + point.y.half)], look);
  pen.dot(px, py, { ...look, radius: many ? 2.5 : 4 });
}

function startScatter() {
  const place = byId("scatter");
  const pairs = measures.filter((column) => column.differs).map((column) => [column.name, column.short]);
  const pair = firstPair();
  ["x", "y"].forEach((axis, index) => {
    const fallback = pair[index] ? pair[index].name : "";
    options(byId(`scatter-${axis}`), pairs, fallback);
    if (columnOf.has(remembered(`scatter-${axis}`))) byId(`scatter-${axis}`).value = remembered(`scatter-${axis}`);
    byId(`scatter-${axis}`).addEventListener("input", () => { remember(`scatter-${axis}`, byId(`scatter-${axis}`).value, fallback); redrawScatter(); });
    bound(byId(`scatter-log-${axis}`), `scatter-log-${axis}`, "", () => redrawScatter());
  });
  place.addEventListener("pointermove", (event) => {
    const box = place.getBoundingClientRect();
    const far = (point) => Math.hypot(point.px - event.clientX + box.left, point.py - event.clientY + box.top);
    const near = (place.points || []).reduce((best, point) => (!best || far(point) < far(best) ? point : best), null);
    byId("scatter-name").textContent = near && far(near) < 40 ? `${near.line.label}: ${near.x.text}, ${near.y.text}` : "";
  });
  redrawScatter = drawnInView(place, drawScatter);
  ["runs", "ticks", "table"].forEach((part) => onChange(part, redrawScatter));
}
