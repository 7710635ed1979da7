// Axes: ticks at round numbers, and scales from values to pixels.
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
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9 && ticks.length < 50; index += 1) ticks.push(index * step);
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

// Maps the values of one axis to pixels, with `room` (a share of the axis) around them; equal values get a range of
// their own.
function scale(low, high, from, to, log, room = 0.05) {
  const forth = log ? Math.log : (value) => value;
  const back = log ? Math.exp : (value) => value;
  let [start, end] = [forth(low), forth(high)];
  const margin = end > start ? (end - start) * room : Math.abs(end) * 0.1 || 1;
  [start, end] = [start - margin, end + margin];
  const pace = (to - from) / (end - start);
  return {
    at: log ? (value) => from + (Math.log(value) - start) * pace : (value) => from + (value - start) * pace,
    value: (at) => back(start + ((at - from) / (to - from)) * (end - start)),
    low: back(start), high: back(end), log,
  };
}
const ticksOf = (one, wanted) => (one.log ? logTicks : linearTicks)(one.low, one.high, wanted);
