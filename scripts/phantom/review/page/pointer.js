// What the pointer does in the text: choose a mention, drag its edge, relate two.

import { beginAt, choose, escape, moveEdge } from "/edits.js";
import { arcs, state, view } from "/state.js";
import { snap } from "/words.js";

export function listen(text) {
  text.addEventListener("pointerdown", drag);
  text.addEventListener("pointerover", (event) => {
    const mark = event.target.closest?.("mark");
    if (mark) view.addEdges(mark);
  });
  text.addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (mark && !event.target.closest("[data-edge]") && !view.selected()) choose(Number(mark.dataset.index));
  });
}

// From one mention to another: a relation. A finger scrolls; it has the lists.
function pull(event, mark) {
  if (event.pointerType === "touch" || event.button) return;
  event.preventDefault();
  const head = Number(mark.dataset.index);
  const over = (e) => e.target.closest?.("#text mark");
  const move = (e) => {
    const tail = over(e);
    if (tail === mark && !arcs.pulled) return undefined;
    if (!arcs.pulled) {
      state.source = null;
      beginAt(head);
    }
    return arcs.pull(mark, e.clientX, e.clientY);
  };
  const stop = (e) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointercancel", stop);
    const was = arcs.pulled;
    arcs.unpull();
    if (!was) return;
    const tail = e.type === "pointerup" ? over(e) : null;
    if (tail && tail !== mark) choose(Number(tail.dataset.index));
    else escape();
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", stop, { once: true });
  window.addEventListener("pointercancel", stop, { once: true });
}

function drag(event) {
  const edge = event.target.closest?.("[data-edge]");
  const mark = event.target.closest?.("mark");
  if (mark && !edge) pull(event, mark);
  if (!edge) return;
  event.preventDefault();
  const [index, side] = [Number(edge.closest("mark").dataset.index), edge.dataset.edge];
  const move = (e) => {
    const at = view.offsetAt(e.clientX, e.clientY);
    if (at === null || at === undefined) return;
    const entity = state.annotation.entities[index];
    const [low, high] = side === "start" ? [Math.min(at, entity.end - 1), entity.end] : [entity.start, Math.max(at, entity.start + 1)];
    const whole = snap(low, high);
    if (whole) view.select(...whole);
  };
  const stop = (e) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointercancel", stop);
    const range = e.type === "pointerup" ? view.selected() : null;
    document.getSelection().removeAllRanges();
    if (range) moveEdge(index, side, side === "start" ? range[0] : range[1]);
  };
  document.getSelection().removeAllRanges();
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", stop, { once: true });
  window.addEventListener("pointercancel", stop, { once: true });
}
