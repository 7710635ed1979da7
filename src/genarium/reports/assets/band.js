// Mean of a group's curves and its 95 % t interval; a run counts as far as it was logged, and no farther.
const GRID = 120;

const sameNumbers = (a, b) => a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
function commonGrid(curves, log) {
  const first = curves[0].x;
  if (curves.every(({ x }) => sameNumbers(x, first))) return first;
  let [low, high] = [Infinity, -Infinity];
  curves.forEach(({ x }) => { low = Math.min(low, x[0]); high = Math.max(high, x[x.length - 1]); });
  const ratio = log && low > 0;
  return Float64Array.from({ length: GRID }, (_, i) => (ratio ? low * (high / low) ** (i / (GRID - 1)) : low + ((high - low) * i) / (GRID - 1)));
}

// The curve's values at `grid`, into `found`: linear between two logged points, NaN outside and beside what is not finite.
function sample({ x, y }, grid, found) {
  const last = x.length - 1;
  let at = 0;
  for (let i = 0; i < grid.length; i += 1) {
    const where = grid[i];
    while (at < last - 1 && x[at + 1] <= where) at += 1;
    if (where < x[0] || where > x[last]) found[i] = NaN;
    else if (where === x[at] || last === 0) found[i] = y[at];
    else if (where === x[at + 1]) found[i] = y[at + 1];
    else found[i] = y[at] + ((where - x[at]) / (x[at + 1] - x[at])) * (y[at + 1] - y[at]);
  }
}

function bandOf(curves, log) {
  const grid = commonGrid(curves, log);
  const values = curves.map((curve) => {
    if (sameNumbers(curve.x, grid)) return curve.y;
    const found = new Float64Array(grid.length);
    sample(curve, grid, found);
    return found;
  });
  const band = { x: grid, y: new Float64Array(grid.length), half: new Float64Array(grid.length), counts: new Uint32Array(grid.length) };
  for (let i = 0; i < grid.length; i += 1) bandAt(band, values, i);
  return band;
}
function bandAt(band, values, i) {
  let [count, sum, squares] = [0, 0, 0];
  for (let k = 0; k < values.length; k += 1) if (Number.isFinite(values[k][i])) { count += 1; sum += values[k][i]; }
  const center = sum / count; // NaN where there is none
  for (let k = 0; k < values.length; k += 1) if (Number.isFinite(values[k][i])) squares += (values[k][i] - center) ** 2;
  band.counts[i] = count;
  band.y[i] = center;
  band.half[i] = count < 2 ? NaN : tQuantile(count - 1) * Math.sqrt(squares / (count - 1) / count);
}
