// Brushes of the parallel coordinates: a column -> the lowest and highest value that a run may have. They narrow the
// runs everywhere, as the question does, and stand in the address.
const brushes = new Map(rememberedList("brush").filter((one) => Array.isArray(one) && columnOf.has(one[0]) && Number.isFinite(one[1]) && Number.isFinite(one[2])).map(([name, low, high]) => [name, [low, high]]));

// Where a column's value stands on its axis: numbers as they are, texts by their place among the sorted ones.
function positions(column) {
  if (!column.places) {
    const texts = [...new Set(runs.map((run) => textOf(column, column.get(run))))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    column.places = new Map(texts.map((text, index) => [text, index]));
  }
  return column.places;
}
function position(column, run) {
  const value = column.get(run);
  if (column.numeric) return typeof value === "number" ? value : NaN;
  return positions(column).get(textOf(column, value));
}
function withinBrushes(run) {
  for (const [name, [low, high]] of brushes) {
    const at = position(columnOf.get(name), run);
    if (!(at >= low && at <= high)) return false;
  }
  return true;
}
function brush(column, range) {
  if (range) brushes.set(column.name, range); else brushes.delete(column.name);
  remember("brush", JSON.stringify([...brushes].map(([name, [low, high]]) => [name, low, high])), "[]");
  byId("clear-brushes").hidden = !brushes.size;
  changed("runs");
}
