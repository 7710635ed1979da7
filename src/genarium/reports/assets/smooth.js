// Exponential moving average, started without bias (Kingma & Ba, 2015, sec. 3): what is not finite stays a gap.
function smoothed(values, weight) {
  if (!weight) return values;
  const found = new Float64Array(values.length);
  let [sum, norm] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isFinite(values[i])) {
      sum = weight * sum + (1 - weight) * values[i];
      norm = weight * norm + (1 - weight);
      found[i] = sum / norm;
    } else found[i] = values[i];
  }
  return found;
}
