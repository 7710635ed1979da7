// Mean of a group's curves and its 95 % t interval; a run counts as far as it was logged, and no farther.
const GRID = 120;

function commonGrid(curves, log) {
  const first = curves[0].x;
  if (curves.every((curve) => curve.x === first || (curve.x.length === first.length && curve.x.every((x, i) => x === first[i])))) return Array.from(first);
  let [low, high] = [Infinity, -Infinity];
  curves.forEach(({ x }) => { low = Math.min(low, x[0]); high = Math.max(high, x[x.length - 1]); });
  const ratio = log && low > 0;
  return Array.from({ length: GRID }, (_, i) => (ratio ? low * (high / low) ** (i / (GRID - 1)) : low + ((high - low) * i) / (GRID - 1)));
}

// The curve's values at `grid`: linear between two logged points, NaN outside and beside what is not finite.
function sampled({ x, y }, grid) {
  let at = 0;
  return grid.map((where) => {
    while (at < x.length - 2 && x[at + 1] <= where) at += 1;
    if (where < x[0] || where > x[x.length - 1]) return NaN;
    if (where === x[at] || x.length === 1) return y[at];
    const share = (where - x[at]) / (x[at + 1] - x[at]);
    return share === 1 ? y[at + 1] : y[at] + share * (y[at + 1] - y[at]);
  });
}

function bandOf(curves, log) {
  const grid = commonGrid(curves, log);
  const values = curves.map((curve) => sampled(curve, grid));
  const at = grid.map((_, i) => values.map((one) => one[i]).filter(Number.isFinite));
  const middle = at.map((one) => (one.length ? mean(one) : NaN));
  const half = at.map(halfWidth);
  return {
    x: grid, y: middle, counts: at.map((one) => one.length), half,
    low: middle.map((value, i) => value - half[i]), high: middle.map((value, i) => value + half[i]),
  };
}
