// Questions such as `model == "beta_vae" and (beta > 2 or fd < 200)`: read by a parser, never evaluated as a program.
class QueryError extends Error {}
const TOKEN = /\s*(?:(`[^`]*`)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\p{L}_])|(==|!=|<=|>=|[<>=~(),[\]])|([\p{L}_][\p{L}\p{N}_./%@:*-]*))/uy;
const COMPARE = {
  "==": (a, b) => a === b, "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b,
};
const EXAMPLE = 'such as model == "vae" and beta > 2';

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim()) {
    const start = TOKEN.lastIndex;
    const [match, quotedName, quoted, number, sign, word] = TOKEN.exec(text) || [];
    if (match === undefined) throw new QueryError(`nothing is known to begin with ${text.slice(start).trim().slice(0, 12)}`);
    if (quotedName) found.push({ kind: "name", value: quotedName.slice(1, -1), text: quotedName });
    else if (quoted) found.push({ kind: "text", value: quoted.slice(1, -1).replace(/\\(.)/g, "$1"), text: quoted });
    else if (number) found.push({ kind: "number", value: Number(number), text: number });
    else if (sign) found.push({ kind: "sign", value: sign, text: sign });
    else found.push({ kind: "name", value: word, text: word });
  }
  return found;
}

// or > and > not > comparison, as in Python; returns a function from a run to whether it matches.
function parsed(text, find) {
  const left = tokens(text);
  const peek = (value) => left.length > 0 && left[0].kind !== "text" && String(left[0].value).toLowerCase() === value;
  const take = (value) => peek(value) && Boolean(left.shift());
  const either = () => { let a = both(); while (take("or")) { const [x, y] = [a, both()]; a = (run) => x(run) || y(run); } return a; };
  const both = () => { let a = negated(); while (take("and")) { const [x, y] = [a, negated()]; a = (run) => x(run) && y(run); } return a; };
  const negated = () => { if (!take("not")) return one(); const a = negated(); return (run) => !a(run); };
  function one() {
    if (take("(")) {
      const inner = either();
      if (!take(")")) throw new QueryError("a ( is not closed");
      return inner;
    }
    const name = left.shift();
    if (!name || name.kind !== "name") throw new QueryError(`${name ? `before ${name.text}` : "at the end"} a comparison is missing, ${EXAMPLE}`);
    return comparison(find(name.value), left.shift());
  }
  function comparison(column, sign) {
    const negative = sign && sign.value === "not" && take("in");
    if (sign && (sign.value === "in" || negative)) {
      const values = list();
      const among = (run) => values.some((value) => equal(column.get(run), value));
      return negative ? (run) => !among(run) : among;
    }
    if (sign && sign.value === "=") throw new QueryError(`two signs compare: ${column.short} == …`);
    if (sign && (sign.value === "~" || sign.value === "contains")) {
      const part = String(value()).toLowerCase();
      return (run) => textOf(column, column.get(run)).toLowerCase().includes(part);
    }
    if (!sign || !(sign.value in COMPARE || sign.value === "!=")) throw new QueryError(`after ${column.short} a comparison is missing: ==, !=, <, <=, >, >=, in or contains`);
    const wanted = value();
    if (sign.value === "==") return (run) => equal(column.get(run), wanted);
    if (sign.value === "!=") return (run) => !equal(column.get(run), wanted);
    if (typeof wanted !== "number" || !column.numeric) throw new QueryError(`${sign.value} compares numbers, and ${typeof wanted === "number" ? column.short : JSON.stringify(wanted)} is none`);
    return (run) => typeof column.get(run) === "number" && COMPARE[sign.value](column.get(run), wanted);
  }
  function value() {
    const found = left.shift();
    if (!found || found.kind === "sign") throw new QueryError("a value is missing after the comparison");
    if (found.kind !== "name") return found.value;
    const word = found.value.toLowerCase();
    if (word in WORDS) return WORDS[word];
    throw new QueryError(`texts stand in quotes: "${found.value}"`);
  }
  function list() {
    if (!take("(") && !take("[")) throw new QueryError("in needs a list, such as beta in (1, 4)");
    const values = [value()];
    while (take(",")) values.push(value());
    if (!take(")") && !take("]")) throw new QueryError("a list is not closed");
    return values;
  }
  const whole = either();
  if (left.length) throw new QueryError(`${left[0].text} is one too many; join comparisons by and, or`);
  return whole;
}
const WORDS = { true: true, false: false, null: null, none: null, nan: NaN, inf: Infinity };
function equal(value, wanted) {
  if (wanted === null) return !known(value) || value === "null";
  if (typeof value === "number" && typeof wanted === "number") return value === wanted || (Number.isNaN(value) && Number.isNaN(wanted));
  return known(value) && String(value) === String(wanted);
}
