// Numbers as a reader wants them, the same words as the terminal's (reports/formatting.py).
const MISSING = "—";
const formats = new Map(); // making one takes longer than using it a hundred times
function fixed(value, digits) {
  if (!formats.has(digits)) formats.set(digits, new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  return formats.get(digits).format(value);
}
const grouped = (value) => fixed(value, 0);

function numberText(value, whole = true) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  if (whole && Number.isInteger(value) && Math.abs(value) < 1e15) return grouped(value);
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(3).replace(/e([+-])(\d)$/, "e$10$2");
  return fixed(value, Math.max(0, 3 - Math.floor(Math.log10(size))));
}
function durationText(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
function scaled(value, units, factor) {
  let unit = 0;
  while (Math.abs(value) >= factor && unit < units.length - 1) { value /= factor; unit += 1; }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}
const UNITS = {
  seconds: durationText,
  whole: (value) => grouped(Math.round(value)),
  bytes: (value) => scaled(value, ["B", "kB", "MB", "GB", "TB"], 1000),
  joules: (value) => (value < 3.6e6 ? scaled(value, ["J", "kJ"], 1000) : `${Number((value / 3.6e6).toPrecision(3))} kWh`),
};
function textOf(column, value) {
  if (!known(value)) return MISSING;
  if (typeof value !== "number") return String(value);
  if (column.unit && Number.isFinite(value)) return UNITS[column.unit](value);
  if (column.kind === "setting") return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : numberText(value);
  return numberText(value, column.whole);
}
// Mean and half of its interval with the digits that the interval leaves: 12.3 ± 0.4
function meanText(column, mean, half) {
  if (!Number.isFinite(half)) return textOf(column, mean);
  if (column.unit && column.unit !== "whole") return `${textOf(column, mean)} ± ${textOf(column, half)}`;
  if (half === 0) return `${textOf(column, mean)} ± 0`;
  const digits = 1 - Math.floor(Math.log10(half));
  const size = Math.max(Math.abs(mean), half);
  if (digits > 8 || size >= 1e7) return `${mean.toExponential(3)} ± ${half.toExponential(1)}`;
  return [mean, half].map((value) => fixed(value, Math.max(0, digits))).join(" ± ");
}
