// A page that is rewritten while runs go on loads itself anew, unless somebody reads in it just now.
function startWatch() {
  if (!page.watch) return;
  byId("watch").hidden = false;
  bound(byId("reload"), "reload", "1", () => {});
  let touched = 0;
  ["pointermove", "keydown", "wheel", "touchstart"].forEach((kind) => addEventListener(kind, () => { touched = Date.now(); }, { passive: true }));
  setInterval(() => {
    const idle = Date.now() - touched > 1000 * Math.min(10, page.watch);
    if (byId("reload").checked && idle && !document.hidden) location.reload();
  }, 1000 * page.watch);
}
