// Columns: what every run has of a setting, a number, a cost. The first is the run's own name.
const runs = page.runs.map((run, index) => ({ ...run, index }));
const MEASURES = ["series", "number", "cost"];
const UNFINITE = { nan: NaN, inf: Infinity, "-inf": -Infinity };

const known = (value) => value !== null && value !== undefined;
let seriesAt = /^(last|best|\d+)$/.test(remembered("at")) ? remembered("at") : "last";
const columns = [{ name: "run", short: "run", kind: "label", shown: true, better: "neither", get: (run) => run.label }, ...page.columns];
columns.forEach((column) => {
  if (column.kind === "series") {
    let cache = [];
    let when = null;
    column.numeric = true;
    column.get = (run) => {
      if (when !== seriesAt) [cache, when] = [[], seriesAt];
      if (!(run.index in cache)) cache[run.index] = valueOf(metricOf.get(column.name), run.index, seriesAt);
      return cache[run.index];
    };
  } else if (column.kind !== "label") {
    const sound = (value) => (column.numeric && typeof value === "string" ? UNFINITE[value] : value);
    const values = "same" in column ? null : column.values.map(sound);
    const same = sound(column.same);
    column.get = values ? (run) => values[run.index] : () => same;
  }
  // of a measured column whole numbers are shown as such where all are: 8 modes, but an error of 4.000
  const counted = column.kind !== "series" && runs.every((run) => !known(column.get(run)) || Number.isInteger(column.get(run)));
  column.whole = !MEASURES.includes(column.kind) || column.kind === "cost" || counted;
  column.differs = "values" in column || column.kind === "series" || column.kind === "label";
});
const columnOf = new Map(columns.map((column) => [column.name, column]));
const measures = columns.filter((column) => MEASURES.includes(column.kind) && column.numeric);
const settings = columns.filter((column) => column.kind === "setting" && column.shown && column.differs);
