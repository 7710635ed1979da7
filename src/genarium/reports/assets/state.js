"use strict";
// The page's data, what the address remembers of it, and who is told of a change.
const page = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// What a reader has chosen stands behind the # of the address: a copied address opens the same view.
const chosen = new URLSearchParams(location.hash.slice(1));
const remembered = (key, fallback = "") => chosen.get(key) ?? fallback;
function remember(key, value, fallback = "") {
  if (String(value) === fallback) chosen.delete(key); else chosen.set(key, value);
  clearTimeout(telling);
  telling = setTimeout(tellAddress);
}
let telling = null; // once for all that a click changes: the address is slow to take it
function tellAddress() {
  const text = chosen.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}
function rememberedList(key) {
  try {
    const found = JSON.parse(remembered(key, "[]"));
    return Array.isArray(found) ? found : [];
  } catch { return []; } // an address that was cut
}
window.addEventListener("hashchange", () => location.reload());

// Listeners are told which part changed: "runs" (which are shown, and how grouped), "table", "curves".
const listeners = [];
const onChange = (part, listener) => listeners.push({ part, listener });
const changed = (part) => listeners.filter((one) => one.part === part).forEach(({ listener }) => listener());

function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...content.filter((part) => part !== null));
  return made;
}
// Draws a place anew; whoever stands on one of its controls with the keyboard stays on the one of the same name.
const nameOf = (control) => control.getAttribute("aria-label") || (control.closest("label") || control).textContent;
function refill(place, ...content) {
  const name = place.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  place.replaceChildren(...content);
  if (name === null) return;
  const again = [...place.querySelectorAll("input, button")].find((one) => nameOf(one) === name);
  if (again) again.focus({ preventScroll: true });
}
function button(text, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}
function options(select, pairs, value) {
  select.replaceChildren(...pairs.map(([key, text]) => element("option", { value: key }, text)));
  select.value = pairs.some(([key]) => key === value) ? value : (pairs[0] || [""])[0];
  return select;
}
// A choice whose value stands in the address, and what follows from a change of it.
function bound(control, key, fallback, act) {
  const box = control.type === "checkbox";
  const value = remembered(key, fallback);
  if (box) control.checked = value === "1"; else control.value = value;
  if (control.tagName === "SELECT" && control.selectedIndex < 0) control.value = fallback; // an address of another page
  control.addEventListener("input", () => {
    remember(key, box ? (control.checked ? "1" : "") : control.value, fallback);
    act();
  });
}
const colors = new Map(); // asked of the browser once: a question makes it lay out the page
function color(name) {
  if (!colors.has(name)) colors.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return colors.get(name);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { colors.clear(); changed("runs"); });
