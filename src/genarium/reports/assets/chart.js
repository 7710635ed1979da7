// One chart: the curves of one metric over images seen.
const MARGIN = { left: 54, right: 14, top: 8, bottom: 24 };

const digits = (step) => Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));

function tickText(value, step) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(1).replace(".0", "");
  if (size >= 1e6) return `${(value / 1e6).toFixed(digits(step / 1e6))}M`;
  if (size >= 1e4 || step >= 1e3) return `${(value / 1e3).toFixed(digits(step / 1e3))}k`;
  return value.toFixed(digits(step));
}

function linearTicks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) ticks.push(index * step);
  return ticks.map((value) => ({ value, text: tickText(value, step) }));
}

// Powers of ten; with their halves and fifths between them, or evenly spaced ones, where those are too few.
function logTicks(low, high, wanted) {
  const powers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) powers.push(10 ** power);
  const within = (factors) => powers.flatMap((power) => factors.map((factor) => factor * power))
    .filter((value) => value >= low && value <= high);
  const ticks = [[1], [1, 2, 5]].map(within).find((found) => found.length > 2);
  if (!ticks) return linearTicks(low, high, wanted);
  const every = Math.ceil(ticks.length / (wanted + 2));
  return ticks.filter((_, index) => index % every === 0).map((value) => ({ value, text: tickText(value, value) }));
}

// The range of the vertical axis: all values, or all but 2 % at either end.
function extent(values, cut) {
  const sorted = Float64Array.from(values).sort();
  const drop = cut ? Math.floor(sorted.length * 0.02) : 0;
  return [sorted[drop], sorted[sorted.length - 1 - drop]];
}

// Maps the values of one axis to pixels, with room around them; equal values get a range of their own.
function scale(low, high, from, to, log) {
  const forth = log ? Math.log : (value) => value;
  const back = log ? Math.exp : (value) => value;
  let [start, end] = [forth(low), forth(high)];
  const room = end > start ? (end - start) * 0.05 : Math.abs(end) * 0.1 || 1;
  [start, end] = [start - room, end + room];
  return {
    at: (value) => from + ((forth(value) - start) / (end - start)) * (to - from),
    low: back(start),
    high: back(end),
  };
}

// A path that is broken at missing values; a point between two of them becomes a dot.
function pathOf(points) {
  let path = "";
  points.forEach((point, index) => {
    if (!point) return;
    const alone = !points[index - 1] && !points[index + 1];
    path += `${points[index - 1] ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}${alone ? "h.01" : ""}`;
  });
  return path;
}

function drawAxes(svg, x, y, width, height, log) {
  (log ? logTicks : linearTicks)(y.low, y.high, height > 300 ? 9 : 6).forEach(({ value, text }) => {
    const at = y.at(value);
    svg.append(drawn("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: at, y2: at }));
    svg.append(drawn("text", { x: MARGIN.left - 6, y: at + 4, "text-anchor": "end" }, text));
  });
  linearTicks(0, x.last, width > 500 ? 8 : 4).forEach(({ value, text }) => {
    const at = x.at(value);
    svg.append(drawn("line", { class: "grid", x1: at, x2: at, y1: MARGIN.top, y2: height - MARGIN.bottom }));
    svg.append(drawn("text", { x: at, y: height - 8, "text-anchor": "middle" }, text));
  });
}

// Draws `curves` ([{run, images, values}]) into `plot`; returns x's scale and what must be said beside the chart.
function drawChart(plot, curves, { log, cut }) {
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  const usable = (value) => value !== null && (!log || value > 0);
  const values = curves.flatMap((curve) => curve.values.filter(usable));
  if (!values.length) {
    plot.replaceChildren(element("p", { class: "empty" }, log ? "no value is above 0" : "no value is finite"));
    return null;
  }
  const last = Math.max(1, ...curves.map((curve) => curve.images[curve.images.length - 1]));
  const inner = width - MARGIN.left - MARGIN.right;
  const x = { at: (images) => MARGIN.left + (images / last) * inner, last };
  const y = scale(...extent(values, cut), height - MARGIN.bottom, MARGIN.top, log);
  const svg = drawn("svg", { width, height, role: "img" });
  drawAxes(svg, x, y, width, height, log);
  // an inner svg cuts off what lies outside the axes
  const box = { x: MARGIN.left - 3, y: MARGIN.top, width: inner + 6, height: height - MARGIN.top - MARGIN.bottom };
  const field = drawn("svg", { ...box, viewBox: `${box.x} ${box.y} ${box.width} ${box.height}` });
  curves.forEach(({ run, images, values: ys }) => {
    const points = ys.map((value, index) => (usable(value) ? [x.at(images[index]), y.at(value)] : null));
    const style = { stroke: run.color, "stroke-dasharray": run.dash, "stroke-linecap": run.dash ? "butt" : "round" };
    field.append(drawn("path", { class: "curve", d: pathOf(points), ...style }));
    const dots = points.filter((point, index) => point && !points[index - 1] && !points[index + 1]);
    dots.forEach(([cx, cy]) => field.append(drawn("circle", { cx, cy, r: 3, fill: run.color })));
  });
  svg.append(field);
  plot.replaceChildren(svg);
  return x;
}
