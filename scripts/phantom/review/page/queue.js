// Which example is shown: the next of the queue, or the next conflict.

import { api } from "/api.js";
import { $, tell } from "/dom.js";
import { draw, enable } from "/draw.js";
import { drawViews } from "/lists.js";
import { sorted } from "/model.js";
import { state } from "/state.js";

// One thing at a time; what fails is said.
export async function guarded(work) {
  if (state.busy) return;
  state.busy = true;
  $("text").setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    tell(error.message, "bad");
  } finally {
    state.busy = false;
    $("text").setAttribute("aria-busy", "false");
    enable();
  }
}

const draftKey = (item, role) => `${state.annotator}\n${role}\n${item.id}`;

// Edits that were not saved wait for the example to be shown again.
export function keepDraft() {
  if (!state.item) return;
  const { item, role, annotation, past, future } = state;
  const key = draftKey(item, role);
  if (past.length) state.drafts.set(key, { base: item.base, annotation, past, future });
  else state.drafts.delete(key);
}

function show(item, role) {
  item.ghosts = sorted(item.predicted ?? { entities: [], relations: [] }).entities;
  Object.assign(state, {
    item, role, annotation: sorted(item.annotation), past: [], future: [], active: null,
    relation: null, source: null, cursor: null, shown: performance.now(),
    points: Array.from(item.text), all: false, explained: false,
  });
  const draft = state.drafts.get(draftKey(item, role));
  if (draft?.base === item.base) {
    const { annotation, past, future } = draft;
    Object.assign(state, { annotation, past, future });
    tell("These edits are not saved yet: accept them, or take them back with u");
  }
  state.starts = new Set(item.tokens.filter((_, i) => i % 2 === 0));
  state.ends = new Set(item.tokens.filter((_, i) => i % 2 === 1));
  $("where").textContent = role === "annotator"
    ? `${item.position + 1} of ${state.setup.size} · ${item.id}` : `Conflict · ${item.id}`;
  $("verdict").textContent = item.verdict ? `decided: ${item.verdict}` : "";
  $("reasons").textContent = item.reasons.join(" · ");
  $("asked").textContent = Object.entries(item.asked).map(([k, v]) => `${k}: ${v}`).join(" · ");
  $("ghost-box").hidden = !item.predicted;
  drawViews(state);
  $("scroll").scrollTop = 0;
  draw();
}

export async function load(position) {
  keepDraft();
  show(await api.example(state.annotator, position), "annotator");
  await progress();
}

export async function loadNext(from) {
  const { position } = await api.next(state.annotator, from);
  if (position === null) {
    tell("All examples of the queue are decided.", "good");
    await load(Math.min(from, state.setup.size - 1));
  } else await load(position);
}

export function go(step) {
  if (state.role !== "annotator" || !state.item) return undefined;
  const position = state.item.position + step;
  if (position < 0 || position >= state.setup.size) return tell("There is no other example there");
  return guarded(() => load(position));
}

// Show an example again, as it is on disk now.
export async function reopen(item, role) {
  if (role === "adjudicator") {
    keepDraft();
    show(await api.conflict(state.annotator, item.id), role);
    await progress();
  } else await load(item.position);
}

export async function nextConflict() {
  await progress();
  const left = state.conflicts.filter((id) => !state.passed.has(id));
  if (!left.length) {
    tell(state.conflicts.length ? "The conflicts that are left were skipped." : "No conflict is left.", "good");
    state.passed.clear();
    return toQueue();
  }
  if (state.role === "annotator") tell("");
  keepDraft();
  show(await api.conflict(state.annotator, left[0]), "adjudicator");
}

export async function toQueue() {
  setPressed("annotator");
  await loadNext(0);
}

export async function toConflicts() {
  setPressed("adjudicator");
  await nextConflict();
}

export function setPressed(role) {
  $("to-queue").setAttribute("aria-pressed", String(role === "annotator"));
  $("to-conflicts").setAttribute("aria-pressed", String(role === "adjudicator"));
}

async function progress() {
  const p = await api.progress(state.annotator);
  state.conflicts = p.conflicts;
  Object.assign($("bar"), { max: p.size || 1, value: p.done });
  const minutes = Math.ceil(p.left / 60);
  $("pace").textContent = `${p.done} of ${p.size}` + (p.pace ? ` · ${p.pace} s each · ${minutes} min left` : "");
  const percent = (x) => `${Math.round(100 * x)}%`;
  $("share").textContent = p.share
    ? `right as they are: ${percent(p.share.right / p.share.of)} (${percent(p.share.low)} to ${percent(p.share.high)})` : "";
  $("conflict-count").textContent = p.conflicts.length;
}
