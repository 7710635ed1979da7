// Pictures of the runs side by side, all at the images seen that the slider names.
if (byId("pictures")) {
  const names = Object.keys(page.pictures);
  const slider = byId("when");
  let kind = names[0];
  let times = [];
  let timer = null;

  const buttons = names.map((name) => {
    const button = element("button", { type: "button", "data-kind": name }, name);
    button.addEventListener("click", () => choose(name));
    return button;
  });
  byId("kinds").append(...buttons);
  byId("pictures").classList.toggle("many", page.runs.length > 40);

  const cards = page.runs.map((run) => {
    const figure = element("figure", { "data-card": run.id });
    const caption = element("figcaption");
    caption.append(swatch(run), element("span", {}, run.label));
    const card = {
      run, figure, image: element("img"), none: element("div", { class: "none" }), when: element("div", { class: "quiet" }),
    };
    figure.append(caption, card.image, card.none, card.when);
    if (run.status === "failed") figure.append(element("div", { class: "failed" }, `failed: ${run.error || "no reason left"}`));
    byId("pictures").append(figure);
    return card;
  });

  // a run shows its last picture at or before the slider's images seen
  function show(card, now) {
    const taken = page.pictures[kind][card.run.id] || [];
    const past = taken.filter(([images]) => images <= now);
    const found = past[past.length - 1];
    card.image.hidden = !found;
    card.none.hidden = Boolean(found);
    card.when.textContent = found ? `at ${grouped(found[0])} images` : "";
    card.none.textContent = taken.length ? `first ${kind} at ${grouped(taken[0][0])} images` : `this run drew no ${kind}`;
    if (!found) return;
    if (card.image.getAttribute("src") !== found[1]) card.image.src = found[1];
    card.image.alt = `${kind} of ${card.run.label} at ${found[0]} images`;
  }

  function draw() {
    const now = times[slider.value];
    byId("seen").textContent = `${grouped(now)} images seen`;
    cards.forEach((card) => {
      card.figure.hidden = !shownRuns().includes(card.run);
      if (!card.figure.hidden) show(card, now);
    });
    byId("no-pictures").hidden = shownRuns().length > 0;
  }

  // the slider stops where any run has a picture of this kind, and starts at the last of them
  function choose(name) {
    kind = name;
    const taken = Object.values(page.pictures[kind]).flat().map(([images]) => images);
    times = [...new Set(taken)].sort((a, b) => a - b);
    slider.max = times.length - 1;
    slider.value = times.length - 1;
    slider.disabled = byId("play").disabled = times.length < 2;
    buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.kind === name));
    draw();
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    byId("play").textContent = "play";
  }

  byId("play").addEventListener("click", () => {
    if (timer) { pause(); return; }
    if (Number(slider.value) === times.length - 1) slider.value = 0;
    draw();
    byId("play").textContent = "pause";
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      draw();
      if (Number(slider.value) === times.length - 1) pause();
    }, 700);
  });
  slider.addEventListener("input", () => { pause(); draw(); });
  onChange(draw);
  choose(kind);
}
changed();
