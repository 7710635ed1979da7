// What one chart of a metric shows: curves of runs, or means with bands and single runs thin behind.
const ALONE = 28; // so many lines differ by color and dash; of more every one is thin
const curveOptions = { x: "images", logX: false, logY: false, cut: false, smooth: 0 };
const xText = (x) => (curveOptions.x === "images" ? `${grouped(Math.round(x))} images` : durationText(x));

const timed = new Map(); // x in seconds, kept per grid and run
function inUnits({ x, y, broken }, run) {
  if (curveOptions.x === "images") return { x, y, broken };
  if (!run.pace) return null;
  const key = `${run.index}:${x.length}`;
  if (!timed.has(key) || timed.get(key).of !== x) timed.set(key, { of: x, x: x.map((seen) => seen * run.pace) });
  return { x: timed.get(key).x, y, broken };
}

function contentOf(metric) {
  const content = { curves: [], bands: [], remarks: [] };
  const shown = shownLines().map((line) => ({
    line,
    curves: line.runs.map((run) => ({ run, curve: metric.of.get(run.index) })).filter(({ curve }) => curve)
      .map(({ run, curve }) => ({ run, ...(inUnits(curve, run) || { x: null }) })),
  })).filter(({ curves }) => curves.length);
  const untimed = shown.flatMap(({ curves }) => curves.filter(({ x }) => !x)).map(({ run }) => run.label);
  if (untimed.length) content.remarks.push(`no time is recorded of ${untimed.slice(0, 3).join(", ")}${untimed.length > 3 ? ` and ${untimed.length - 3} more` : ""}`);
  const many = shown.length > ALONE;
  shown.forEach(({ line, curves }) => addLine(content, line, curves.filter(({ x }) => x), many));
  return content;
}

function addLine(content, line, curves, many) {
  if (!curves.length) return;
  const look = { color: inkOf(line), dash: many ? [] : line.dash, line };
  curves.forEach(({ run, broken, x }) => { if (broken >= 0) content.remarks.push(`${run.label}: not finite at ${xText(x[broken])}`); });
  if (line.grouped && curves.length > 1) {
    if (!many) curves.forEach(({ x, y }) => content.curves.push({ x, y, ...look, dash: [], width: 0.8, alpha: 0.3 }));
    const band = bandOf(curves, curveOptions.logX);
    if (!many) content.bands.push({ ...band, color: look.color });
    content.curves.push({ ...band, y: smoothed(band.y, curveOptions.smooth), ...look, label: line.label, width: many ? 1 : 2 });
    return;
  }
  curves.forEach(({ x, y }) => {
    if (curveOptions.smooth && !many) content.curves.push({ x, y, ...look, dash: [], width: 0.8, alpha: 0.35 });
    content.curves.push({ x, y: smoothed(y, curveOptions.smooth), ...look, label: line.label, width: many ? 0.8 : 1.8, alpha: many ? 0.6 : 1 });
  });
}

// Of remarks the first few; the others are counted.
const told = (remarks) => [...remarks.slice(0, 3), ...(remarks.length > 3 ? [`and ${remarks.length - 3} more runs`] : [])].join("; ");

function drawPanel(panel, width, height) {
  panel.drawn = contentOf(panel.metric);
  panel.scales = drawChart(new CanvasPen(panel.canvas, width, height), width, height, panel.drawn, curveOptions);
  panel.figure.dataset.curves = panel.drawn.curves.filter((curve) => curve.label).length;
  panel.figure.dataset.bands = panel.drawn.bands.length;
  panel.empty.hidden = Boolean(panel.scales);
  panel.empty.textContent = curveOptions.logY ? "no value is above 0" : "no value is finite";
  const negative = curveOptions.logY && panel.drawn.curves.some((curve) => curve.y.some((value) => value <= 0));
  panel.remark.textContent = [told(panel.drawn.remarks), negative ? "values of 0 and below are left out" : ""].filter(Boolean).join("; ");
  leave(panel);
}

function makePanel(metric) {
  const panel = {
    metric, figure: element("figure", { class: "panel", "data-metric": metric.name }), canvas: element("canvas"),
    plot: element("div", { class: "plot", tabindex: "0", role: "img", "aria-label": `${metric.name}: arrow keys read values` }),
    mark: element("div", { class: "mark", hidden: "" }), empty: element("p", { class: "empty", hidden: "" }),
    hover: element("div", { class: "hover", hidden: "", role: "status" }), remark: element("div", { class: "remark" }),
  };
  const widen = button("widen", () => widen.setAttribute("aria-pressed", panel.figure.classList.toggle("wide")), { "aria-pressed": "false" });
  panel.plot.append(panel.canvas, panel.mark, panel.empty);
  const name = `${metric.name}${ARROWS[metric.better]}`;
  panel.figure.append(element("figcaption", {}, element("span", {}, name), button("PNG", () => savePng(panel)), button("SVG", () => saveSvg(panel)), widen), panel.plot, panel.remark, panel.hover);
  listenForHover(panel);
  panel.request = drawnInView(panel.plot, (width, height) => drawPanel(panel, width, height));
  return panel;
}

function saveSvg(panel) {
  const [width, height] = [panel.plot.clientWidth, panel.plot.clientHeight];
  const pen = new SvgPen(width, height, color("paper"));
  drawChart(pen, width, height, panel.drawn, curveOptions);
  save(`${fileName(panel.metric.name)}.svg`, pen.file, "image/svg+xml");
}
function savePng(panel) {
  const whole = element("canvas");
  const [width, height] = [panel.plot.clientWidth, panel.plot.clientHeight];
  const pen = new CanvasPen(whole, width, height);
  pen.area([0, 0, width, 0, width, height, 0, height], { color: color("paper"), alpha: 1 });
  drawChart(pen, width, height, panel.drawn, curveOptions);
  whole.toBlob((blob) => save(`${fileName(panel.metric.name)}.png`, blob));
}
