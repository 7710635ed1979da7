// Student's t, with the quantiles that Python tabled; Welch's comparison of two means.
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
function variance(values) {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}
// Two-sided 95 % quantile: between tabled degrees of freedom, and beyond them, linear in their reciprocal.
function tQuantile(degrees) {
  const table = page.t;
  const last = table.length;
  if (degrees >= last) return 1.95996 + ((table[last - 1] - 1.95996) * last) / degrees;
  const low = Math.max(1, Math.floor(degrees));
  const share = (1 / low - 1 / degrees) / (1 / low - 1 / (low + 1));
  return table[low - 1] + share * (table[Math.min(low, last - 1)] - table[low - 1]);
}
const halfWidth = (values) => (values.length < 2 ? NaN : tQuantile(values.length - 1) * Math.sqrt(variance(values) / values.length));
function indistinguishable(a, b) {
  if (a.length < 2 || b.length < 2) return false;
  const shares = [a, b].map((values) => variance(values) / values.length);
  const sum = shares[0] + shares[1];
  if (sum === 0) return mean(a) === mean(b);
  const degrees = sum ** 2 / (shares[0] ** 2 / (a.length - 1) + shares[1] ** 2 / (b.length - 1));
  return Math.abs(mean(a) - mean(b)) <= tQuantile(degrees) * Math.sqrt(sum);
}
