// Pictures: runs × kinds, all at the images seen that one slider names.
let kindsShown = rememberedList("kinds");
let times = [];
let timer = null;
const MOST_CARDS = 60;
let everyCard = false;

function takenBy(kind, run) { return (page.pictures[kind] || {})[run.index] || []; }

// A run shows its last picture at or before the slider's images seen; beside it, on request, its first.
function pictureOf(kind, run, now) {
  const taken = takenBy(kind, run);
  const found = taken.filter(([seen]) => seen <= now).pop();
  const none = taken.length ? `first ${kind} at ${grouped(taken[0][0])} images` : `this run drew no ${kind}`;
  const one = ([seen, source]) => element("div", { class: "picture" },
    element("img", { src: source, loading: "lazy", alt: `${kind} of ${run.label} at ${seen} images` }),
    element("div", { class: "quiet" }, `${kindsShown.length > 1 ? `${kind} ` : ""}at ${grouped(seen)} images`));
  if (!found) return [element("div", { class: "none" }, none)];
  const before = byId("before").checked && taken[0] !== found ? [one(taken[0])] : [];
  return [...before, one(found)];
}

function cardOf(line, run, now) {
  const figure = element("figure", { "data-card": run.label });
  const name = line.grouped ? `${line.label} · ${run.label}` : run.label;
  figure.append(element("figcaption", { title: name }, swatch(line), element("span", {}, name)));
  const shown = element("div", { class: "kinds" }, ...kindsShown.flatMap((kind) => pictureOf(kind, run, now)));
  shown.style.setProperty("--count", shown.childElementCount);
  figure.append(shown);
  if (run.status === "failed") figure.append(element("div", { class: "failed" }, `failed: ${run.error || "no reason left"}`));
  return figure;
}

function drawPictures() {
  const now = times[byId("when").value];
  byId("seen").textContent = times.length ? `${grouped(now)} images seen` : "";
  const drew = shownLines().flatMap((line) => line.runs.map((run) => ({ line, run })));
  const shown = everyCard ? drew : drew.slice(0, MOST_CARDS);
  byId("pictures").replaceChildren(...shown.map(({ line, run }) => cardOf(line, run, now)));
  byId("pictures").classList.toggle("several", kindsShown.length > 1 || byId("before").checked);
  byId("more-pictures").hidden = shown.length === drew.length;
  byId("more-pictures").textContent = `show ${grouped(drew.length - shown.length)} more runs`;
  byId("no-pictures").hidden = drew.length > 0;
}

// The slider stops where any run has a picture of a chosen kind, and starts at the last of them.
function setTimes() {
  const all = kindsShown.flatMap((kind) => Object.values(page.pictures[kind])).flat().map(([seen]) => seen);
  times = [...new Set(all)].sort((a, b) => a - b);
  const slider = byId("when");
  slider.max = Math.max(0, times.length - 1);
  const wanted = times.findLastIndex((seen) => seen <= Number(remembered("step", "Infinity")));
  slider.value = wanted < 0 ? 0 : wanted;
  slider.disabled = byId("play").disabled = times.length < 2;
}

function chooseKind(kind) {
  const now = kindsShown.includes(kind) ? kindsShown.filter((one) => one !== kind) : [...kindsShown, kind];
  if (!now.length) return;
  kindsShown = Object.keys(page.pictures).filter((one) => now.includes(one));
  remember("kinds", JSON.stringify(kindsShown));
  arrangePictures();
}
function arrangePictures() {
  byId("kinds").querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", kindsShown.includes(one.dataset.kind)));
  setTimes();
  drawPictures();
}
function pause() {
  clearInterval(timer);
  timer = null;
  byId("play").textContent = "play";
}
function play() {
  const slider = byId("when");
  if (timer) { pause(); return; }
  if (Number(slider.value) === times.length - 1) slider.value = 0;
  byId("play").textContent = "pause";
  drawPictures();
  timer = setInterval(() => {
    slider.value = Number(slider.value) + 1;
    drawPictures();
    if (Number(slider.value) === times.length - 1) pause();
  }, 700);
}

function startPictures() {
  if (!byId("pictures")) return;
  const names = Object.keys(page.pictures);
  kindsShown = kindsShown.filter((kind) => names.includes(kind));
  if (!kindsShown.length) kindsShown = names.slice(0, names[1] === "reals" ? 2 : 1); // real images beside the samples
  byId("kinds").append(...names.map((kind) => button(kind, () => chooseKind(kind), { "data-kind": kind })));
  bound(byId("before"), "before", "", drawPictures);
  byId("play").addEventListener("click", play);
  byId("more-pictures").addEventListener("click", () => { everyCard = true; drawPictures(); });
  byId("when").addEventListener("input", () => {
    pause();
    remember("step", times[byId("when").value], String(times[times.length - 1]));
    drawPictures();
  });
  onChange("runs", drawPictures);
  onChange("ticks", drawPictures);
  arrangePictures();
}
