// Curves: metric -> run -> {x: images seen, y: values}, made of the packed numbers.
const metricOf = new Map();

function unpackCurves(bytes) {
  const { grids, positions, values } = page.sizes;
  const total = grids.reduce((sum, length) => sum + length, 0);
  const x = unplaned(bytes, 0, total, Float64Array);
  const where = unplaned(bytes, total * 8, positions, Uint32Array);
  const y = unplaned(bytes, total * 8 + positions * 4, values, Float32Array);
  const starts = grids.map(((sum) => (length) => (sum += length) - length)(0));
  const gridOf = grids.map((length, index) => x.subarray(starts[index], starts[index] + length));
  let [used, taken] = [0, 0];
  page.curves.forEach(({ group, metrics }) => metrics.forEach((metric) => {
    metric.group = group;
    metric.of = new Map();
    metric.runs.forEach((run, index) => {
      const count = metric.counts[index];
      const grid = gridOf[metric.grids[index]];
      const kept = count < grid.length ? where.subarray(taken, taken += count) : null;
      const numbers = y.subarray(used, used += count);
      const broken = numbers.findIndex((value) => !Number.isFinite(value));
      metric.of.set(run, { x: kept ? Float64Array.from(kept, (at) => grid[at]) : grid, y: numbers, broken });
    });
    metricOf.set(metric.name, metric);
  }));
}

// A run's value of a metric: the last that is finite, the best, or the one at or before `at` images.
function valueOf(metric, run, at) {
  const curve = metric.of.get(run);
  if (!curve) return null;
  const { x, y } = curve;
  if (at === "best" && metric.better !== "neither") {
    const finite = y.filter(Number.isFinite);
    return finite.length ? finite.reduce((a, b) => (metric.better === "lower" ? Math.min(a, b) : Math.max(a, b))) : y[y.length - 1];
  }
  const limit = at === "best" || at === "last" ? Infinity : Number(at);
  for (let i = y.length - 1; i >= 0; i -= 1) if (x[i] <= limit && Number.isFinite(y[i])) return y[i];
  return y.length && x[0] <= limit ? y[y.length - 1] : null;
}
