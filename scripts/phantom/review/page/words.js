// The tokens of the text: what is selected grows to them, arrow keys move over them.

import { tell } from "/dom.js";
import { draw } from "/draw.js";
import { state, view } from "/state.js";

// Grow a range to whole tokens; null if it holds none.
export function snap(start, end) {
  const { tokens } = state.item;
  let [from, to] = [null, null];
  for (let i = 0; i < tokens.length; i += 2) {
    if (tokens[i + 1] <= start || tokens[i] >= end) continue;
    from ??= tokens[i];
    to = tokens[i + 1];
  }
  return from === null ? null : [from, to];
}

export function cursor(by, extend) {
  const { tokens } = state.item;
  if (!tokens.length) return undefined;
  const last = tokens.length / 2 - 1;
  const before = by > 0 ? -1 : last + 1;
  let [from, to] = state.cursor && view.selected() ? state.cursor : [before, before];
  to = Math.max(0, Math.min(last, to + by));
  if (!extend) from = to;
  state.cursor = [from, to];
  const [low, high] = [Math.max(0, Math.min(from, to)), Math.max(from, to)];
  const chosen = state.active !== null || state.relation !== null;
  Object.assign(state, { active: null, relation: null });
  if (chosen) draw();
  view.select(tokens[2 * low], tokens[2 * high + 1]);
  return tell(state.points.slice(tokens[2 * low], tokens[2 * high + 1]).join(""));
}
