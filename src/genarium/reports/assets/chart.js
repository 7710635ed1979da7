// One chart: lines and bands over a horizontal axis, in any pen.
const MARGIN = { left: 54, right: 14, top: 8, bottom: 24 };

// Lowest and highest of all values that an axis has a place for; or of all but 2 % at either end.
function extent(arrays, log, cut) {
  let [low, high] = [Infinity, -Infinity];
  const fits = (value) => Number.isFinite(value) && (!log || value > 0);
  if (!cut) {
    arrays.forEach((values) => {
      for (let i = 0; i < values.length; i += 1) if (fits(values[i])) { low = Math.min(low, values[i]); high = Math.max(high, values[i]); }
    });
    return high < low ? null : [low, high];
  }
  const all = Float64Array.from(arrays.flatMap((values) => Array.from(values).filter(fits))).sort();
  const drop = Math.floor(all.length * 0.02);
  return all.length ? [all[drop], all[all.length - 1 - drop]] : null;
}

function drawAxes(pen, x, y, width, height) {
  const [grid, quiet] = [color("grid"), color("quiet")];
  ticksOf(y, height > 300 ? 9 : 6).forEach(({ value, text }) => {
    const at = y.at(value);
    pen.line([MARGIN.left, at, width - MARGIN.right, at], { color: grid, width: 1 });
    pen.text(MARGIN.left - 6, at + 4, text, { color: quiet, align: "right" });
  });
  ticksOf(x, width > 500 ? 8 : 4).forEach(({ value, text }) => {
    const at = x.at(value);
    pen.line([at, MARGIN.top, at, height - MARGIN.bottom], { color: grid, width: 1 });
    pen.text(at, height - 8, text, { color: quiet, align: "center" });
  });
}

// Of one curve at a time, until the next one's: a thousand curves take one piece of memory.
let room = new Float64Array(1024);
function pixels(curve, x, y) {
  const count = curve.x.length;
  if (room.length < 2 * count) room = new Float64Array(4 * count);
  for (let i = 0; i < count; i += 1) {
    const value = curve.y[i];
    const fits = Number.isFinite(value) && (!y.log || value > 0) && (!x.log || curve.x[i] > 0);
    room[2 * i] = x.at(curve.x[i]);
    room[2 * i + 1] = fits ? y.at(value) : NaN;
  }
  return room.subarray(0, 2 * count);
}

// The outline of a band: its upper edge, then its lower one backwards; only where both are known.
function outline({ x: seen, y: middle, half }, x, y) {
  const [upper, lower] = [[], []];
  for (let i = 0; i < seen.length; i += 1) {
    const [low, high] = [middle[i] - half[i], middle[i] + half[i]];
    if (!Number.isFinite(high) || (y.log && high <= 0) || (x.log && seen[i] <= 0)) continue;
    upper.push([x.at(seen[i]), y.at(high)]);
    lower.push([x.at(seen[i]), y.at(y.log && low <= 0 ? y.low : low)]);
  }
  return [...upper, ...lower.reverse()].flat();
}

// Draws {curves: [{x, y, color, …}], bands: [{x, y, half, color}]}; returns the scales, or null where nothing fits.
function drawChart(pen, width, height, { curves, bands }, { logX, logY, cut }) {
  const ys = extent(curves.map((curve) => curve.y), logY, cut);
  const xs = extent(curves.map((curve) => curve.x), logX, false);
  if (!xs || !ys) return null;
  const x = scale(logX ? xs[0] : 0, Math.max(xs[1], logX ? 0 : 1e-9), MARGIN.left, width - MARGIN.right, logX, 0);
  const y = scale(...ys, height - MARGIN.bottom, MARGIN.top, logY);
  drawAxes(pen, x, y, width, height);
  pen.clipped(MARGIN.left - 3, MARGIN.top, width - MARGIN.left - MARGIN.right + 6, height - MARGIN.top - MARGIN.bottom, () => {
    bands.forEach((band) => pen.area(outline(band, x, y), { color: band.color, alpha: 0.18 }));
    curves.forEach((curve) => pen.line(pixels(curve, x, y), curve));
  });
  return { x, y };
}
