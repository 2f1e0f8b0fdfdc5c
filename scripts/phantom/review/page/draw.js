// Draws the state, and puts edits into it.

import { $, element } from "/dom.js";
import { drawLists } from "/lists.js";
import { arcs, state, view } from "/state.js";

const HIDDEN = [];

export function draw() {
  const { item, annotation, schema } = state;
  if (!item) return;
  const problems = schema.problems(annotation, state.points.length, state.starts, state.ends);
  state.wrong = new Set(problems.filter((p) => p.severity === "error").map((p) => `${p.at} ${p.index}`));
  view.draw(state.points, annotation, state.ghosts && item.predicted ? item.ghosts : HIDDEN, schema, state);
  $("problems").replaceChildren(...problems.map((p) => element("li", { class: p.severity, text: p.detail })));
  enable();
  // The text first: the lists of a long document take as long again.
  cancelAnimationFrame(state.frame);
  state.frame = requestAnimationFrame(() => {
    drawArcs();
    clearTimeout(state.later);
    state.later = setTimeout(() => state.item && drawLists(state));
  });
}

export function drawArcs() {
  if (state.item) arcs.draw(state.annotation, state);
}

export function enable() {
  const { item } = state;
  $("accept").disabled = state.wrong.size > 0 || state.busy;
  $("undo").disabled = state.busy || (!state.past.length && !state.decided.length && !item?.base);
  $("redo").disabled = state.busy || (!state.future.length && !state.undone.length);
  for (const button of $("labels").children) button.disabled = state.busy;
}

export function change(annotation, active = state.active) {
  // What is being saved or left must not change on the way.
  if (!state.busy) put(annotation, active);
}

export function put(annotation, active) {
  state.past.push(state.annotation);
  state.future = [];
  Object.assign(state, { annotation, active, relation: null });
  draw();
}

// One edit back or forth; false if there is none.
export function travel(from, to) {
  if (!state[from].length) return false;
  state[to].push(state.annotation);
  Object.assign(state, { annotation: state[from].pop(), active: null, relation: null, source: null });
  draw();
  return true;
}
