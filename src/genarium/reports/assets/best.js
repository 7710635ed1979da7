// What a row has in a column: one value, or a mean over runs; and the best rows of a column.
function cellOf(column, line) {
  const values = line.runs.map((run) => column.get(run));
  const numbers = values.filter((value) => typeof value === "number");
  if (!line.grouped) return { value: values[0], get text() { return textOf(column, values[0]); }, numbers, note: (column.notes || {})[line.runs[0].index] };
  if (column.kind === "label") return { value: line.label, text: line.label, numbers: [] };
  if (column.kind === "status") return statusCell(values);
  if (!MEASURES.includes(column.kind) || !column.numeric) return settingCell(column, values);
  const finite = numbers.filter(Number.isFinite);
  if (!finite.length) return { value: null, text: numbers.length ? textOf(column, numbers[0]) : MISSING, numbers: [] };
  const [center, half] = [mean(finite), halfWidth(finite)];
  const few = finite.length < line.runs.length ? `n = ${finite.length} of ${line.runs.length}` : "";
  return { value: center, half, get text() { return meanText(column, center, half); }, numbers: finite, note: few };
}
function settingCell(column, values) {
  const texts = [...new Set(values.map((value) => textOf(column, value)))];
  return { value: texts.length === 1 ? values[0] : null, text: texts.length === 1 ? texts[0] : `${texts.length} values`, numbers: [] };
}
function statusCell(values) {
  const counts = new Map();
  values.forEach((value) => counts.set(value, (counts.get(value) || 0) + 1));
  const text = counts.size === 1 ? String(values[0]) : [...counts].map(([value, count]) => `${count} ${value}`).join(", ");
  return { value: text, text, numbers: [] };
}

// The cells of a row, made when they are asked for: of a thousand rows only the first are drawn.
class Cells {
  constructor(line) { [this.line, this.made] = [line, new Map()]; }
  get(column) {
    if (!this.made.has(column)) this.made.set(column, cellOf(column, this.line));
    return this.made.get(column);
  }
}

const modelsOf = (rows) => new Set(rows.flatMap(({ line }) => line.runs.map((run) => (columnOf.has("model") ? columnOf.get("model").get(run) : "")))).size;

// Rows -> "best" or "near": the best mean, and those whose difference from it is not distinguishable from 0.
function marks(column, rows) {
  const found = new Map();
  if (column.better === "neither") return found;
  const known = rows.filter(({ line, cells }) => Number.isFinite(cells.get(column).value) && line.runs.some((run) => run.status !== "failed"));
  if (new Set(known.map((row) => row.cells.get(column).value)).size < 2) return found;
  if (column.name.endsWith("/loss") && modelsOf(known) > 1) return found; // each model's own objective
  const sign = column.better === "lower" ? 1 : -1;
  const value = (row) => row.cells.get(column).value * sign;
  const best = known.reduce((a, b) => (value(b) < value(a) ? b : a));
  known.forEach((row) => {
    if (value(row) === value(best)) found.set(row, "best");
    else if (indistinguishable(row.cells.get(column).numbers, best.cells.get(column).numbers)) found.set(row, "near");
  });
  return found;
}
const MARK_TIPS = {
  best: "the best",
  near: "not distinguishable from the best: the 95 % interval of the difference holds 0 (Welch; not corrected for several comparisons)",
};
