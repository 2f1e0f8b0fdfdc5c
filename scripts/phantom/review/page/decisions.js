// What is decided, taken back and decided again; saved before the page says so.

import { api } from "/api.js";
import { tell } from "/dom.js";
import { put, travel } from "/draw.js";
import { guarded, loadNext, nextConflict, reopen, setPressed } from "/queue.js";
import { state } from "/state.js";

export function decide(verdict) {
  return guarded(async () => {
    const { item, role, annotation } = state;
    if (!item || (verdict === "accept" && state.wrong.size)) return undefined;
    let key;
    try {
      key = await send(item, role, verdict, annotation, item.base);
    } catch (error) {
      if (error.code !== "stale") throw error;
      return meet(item, role, annotation);
    }
    state.decided.push({ item, role, verdict, annotation, key });
    Object.assign(state, { undone: [], past: [], future: [] });
    tell(`Saved: ${verdict} ${item.id}`, "good");
    if (role === "adjudicator" && verdict === "skip") state.passed.add(item.id);
    return goOn(item, role);
  });
}

// The last edit, else the last decision.
export function undo() {
  if (travel("past", "future")) return undefined;
  // After the page was loaded again, the decision on the example that is shown.
  const { item, role, annotation } = state;
  const shown = item?.base && { item, role, annotation, verdict: item.verdict, key: item.base };
  const last = state.decided.at(-1) ?? shown;
  if (!last) return tell("Nothing to undo");
  return guarded(async () => {
    await send(last.item, last.role, "undo", null, last.key);
    state.decided.pop();
    setPressed(last.role);
    await reopen(last.item, last.role);
    state.undone.push({ ...last, item: state.item });
    tell(`Taken back: ${last.verdict} ${last.item.id}`, "good");
  });
}

export function redo() {
  if (travel("future", "past")) return undefined;
  if (!state.undone.length) return tell("Nothing to redo");
  return guarded(async () => {
    const last = state.undone.at(-1);
    const key = await send(last.item, last.role, last.verdict, last.annotation, last.item.base);
    state.undone.pop();
    state.decided.push({ ...last, key });
    tell(`Saved again: ${last.verdict} ${last.item.id}`, "good");
    await goOn(last.item, last.role);
  });
}

const goOn = (item, role) => (role === "adjudicator" ? nextConflict() : loadNext(item.position + 1));

async function send(item, role, verdict, after, base) {
  // What is sent again after a connection that broke keeps its key: it is one decision.
  const what = JSON.stringify([state.annotator, item.id, role, verdict, after, base]);
  if (state.pending?.what !== what) state.pending = { what, key: crypto.randomUUID() };
  const { key } = state.pending;
  await api.save({
    key, example: item.id, annotator: state.annotator, role, verdict,
    after: verdict === "accept" ? after : null, base,
    seconds: (performance.now() - state.shown) / 1000,
    ghosts: state.ghosts && Boolean(item.predicted), explained: state.explained,
  });
  state.pending = null;
  return key;
}

// Decided in another tab meanwhile: show that, and keep what was done here as an edit.
async function meet(item, role, mine) {
  state.past = [];
  await reopen(item, role);
  const same = JSON.stringify(mine) === JSON.stringify(state.annotation);
  if (!same) put(mine, null);
  const kept = same ? "" : "; yours is kept here: decide again, or u shows the other";
  tell(`Not saved: you decided on this elsewhere (${state.item.verdict ?? "taken back"})${kept}`, "bad");
}
