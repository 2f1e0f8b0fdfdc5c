// The page: what is shown, what keys and pointers do, what is saved.

import { api } from "/api.js";
import * as model from "/model.js";
import { element, TextView } from "/text.js";
import { drawLists, drawViews, guidelines } from "/lists.js";
import { KEYS, onKey } from "/keys.js";
import { askName } from "/name.js";

const $ = (id) => document.getElementById(id);
const view = new TextView($("text"), $("arcs"), $("scroll"));
const state = {
  annotator: "", schema: null, setup: null,
  item: null, role: "annotator", annotation: null, past: [], future: [],
  active: null, relation: null, source: null, ghosts: true, shown: 0,
  decided: [], undone: [], conflicts: [], busy: false, wrong: new Set(), symmetric: new Set(),
  drafts: new Map(), pending: null, passed: new Set(),
};

export function tell(message, kind = "") {
  $("status").textContent = message;
  $("status").className = kind;
}

function draw() {
  const { item, annotation, schema } = state;
  if (!item) return;
  const problems = schema.problems(annotation, state.points.length, state.starts, state.ends);
  state.wrong = new Set(problems.filter((p) => p.severity === "error").map((p) => `${p.at} ${p.index}`));
  const shown = state.ghosts && item.predicted ? item.predicted : { entities: [], relations: [] };
  const focused = document.activeElement === $("text");
  view.draw(state.points, annotation, shown.entities, schema, state);
  if (focused) $("text").focus({ preventScroll: true });
  $("problems").replaceChildren(...problems.map((p) => element("li", { class: p.severity, text: p.detail })));
  // The text first: the lists of a long document take as long again.
  cancelAnimationFrame(state.frame);
  state.frame = requestAnimationFrame(() => {
    view.drawArcs(state.annotation, state);
    setTimeout(() => drawLists(state, actions));
  });
  enable();
}

function enable() {
  const { item } = state;
  $("accept").disabled = state.wrong.size > 0 || state.busy;
  $("undo").disabled = state.busy || (!state.past.length && !state.decided.length && !item?.base);
  $("redo").disabled = state.busy || (!state.future.length && !state.undone.length);
  for (const button of $("labels").children) button.disabled = state.busy;
}

function change(annotation, active = state.active) {
  // What is being saved or left must not change on the way.
  if (!state.busy) put(annotation, active);
}

function put(annotation, active) {
  state.past.push(state.annotation);
  state.future = [];
  Object.assign(state, { annotation, active, relation: null });
  draw();
}

// Grow a range to whole tokens; null if it holds none.
function snap(start, end) {
  const { tokens } = state.item;
  let [from, to] = [null, null];
  for (let i = 0; i < tokens.length; i += 2) {
    if (tokens[i + 1] <= start || tokens[i] >= end) continue;
    from ??= tokens[i];
    to = tokens[i + 1];
  }
  return from === null ? null : [from, to];
}

const draftKey = (item, role) => `${state.annotator}\n${role}\n${item.id}`;

// Edits that were not saved wait for the example to be shown again.
function keepDraft() {
  if (!state.item) return;
  const { item, role, annotation, past, future } = state;
  const key = draftKey(item, role);
  if (past.length) state.drafts.set(key, { base: item.base, annotation, past, future });
  else state.drafts.delete(key);
}

function showItem(item, role) {
  Object.assign(state, {
    item, role, annotation: model.sorted(item.annotation), past: [], future: [], active: null,
    relation: null, source: null, shown: performance.now(),
    points: Array.from(item.text), all: false,
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
  drawViews(state, actions);
  $("scroll").scrollTop = 0;
  draw();
}

async function load(position) {
  keepDraft();
  showItem(await api.example(state.annotator, position), "annotator");
  await progress();
}

async function loadNext(from) {
  const { position } = await api.next(state.annotator, from);
  if (position === null) {
    tell("All examples of the queue are decided.", "good");
    await load(Math.min(from, state.setup.size - 1));
  } else await load(position);
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

async function guarded(work) {
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

async function send(item, role, verdict, after, base) {
  // What is sent again after a connection that broke keeps its key: it is one decision.
  const what = JSON.stringify([state.annotator, item.id, role, verdict, after, base]);
  if (state.pending?.what !== what) state.pending = { what, key: crypto.randomUUID() };
  const { key } = state.pending;
  await api.save({
    key, example: item.id, annotator: state.annotator, role, verdict,
    after: verdict === "accept" ? after : null, base,
    seconds: (performance.now() - state.shown) / 1000,
    ghosts: state.ghosts && Boolean(item.predicted),
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

function decide(verdict) {
  guarded(async () => {
    const { item, role, annotation } = state;
    if (!item || (verdict === "accept" && state.wrong.size)) return;
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
    if (role === "adjudicator") {
      if (verdict === "skip") state.passed.add(item.id);
      await nextConflict();
    } else await loadNext(item.position + 1);
  });
}

async function reopen(item, role) {
  if (role === "adjudicator") {
    keepDraft();
    showItem(await api.conflict(state.annotator, item.id), role);
    await progress();
  } else await load(item.position);
}

async function nextConflict() {
  await progress();
  const left = state.conflicts.filter((id) => !state.passed.has(id));
  if (!left.length) {
    tell(state.conflicts.length ? "The conflicts that are left were skipped." : "No conflict is left.", "good");
    state.passed.clear();
    return toQueue();
  }
  if (state.role === "annotator") tell("");
  keepDraft();
  showItem(await api.conflict(state.annotator, left[0]), "adjudicator");
}

async function toQueue() {
  setPressed("to-queue");
  await loadNext(0);
}

function setPressed(id) {
  for (const name of ["to-queue", "to-conflicts"]) $(name).setAttribute("aria-pressed", String(name === id));
}

export const actions = {
  decide,
  draw,
  undo() {
    if (state.past.length) {
      state.future.push(state.annotation);
      Object.assign(state, { annotation: state.past.pop(), active: null, relation: null, source: null });
      return draw();
    }
    // After the page was loaded again, the decision on the example that is shown.
    const { item, role, annotation } = state;
    const shown = item?.base && { item, role, annotation, verdict: item.verdict, key: item.base };
    const last = state.decided.at(-1) ?? shown;
    if (!last) return tell("Nothing to undo");
    return guarded(async () => {
      await send(last.item, last.role, "undo", null, last.key);
      state.decided.pop();
      setPressed(last.role === "adjudicator" ? "to-conflicts" : "to-queue");
      await reopen(last.item, last.role);
      state.undone.push({ ...last, item: state.item });
      tell(`Taken back: ${last.verdict} ${last.item.id}`, "good");
    });
  },
  redo() {
    if (state.future.length) {
      state.past.push(state.annotation);
      Object.assign(state, { annotation: state.future.pop(), active: null, relation: null });
      return draw();
    }
    if (!state.undone.length) return tell("Nothing to redo");
    return guarded(async () => {
      const last = state.undone.at(-1);
      const key = await send(last.item, last.role, last.verdict, last.annotation, last.item.base);
      state.undone.pop();
      state.decided.push({ ...last, key });
      tell(`Saved again: ${last.verdict} ${last.item.id}`, "good");
      if (last.role === "adjudicator") await nextConflict();
      else await loadNext(last.item.position + 1);
    });
  },
  go(step) {
    if (state.role !== "annotator" || !state.item) return undefined;
    const position = state.item.position + step;
    if (position < 0 || position >= state.setup.size) return tell("There is no other example there");
    return guarded(() => load(position));
  },
  label(number) {
    const label = state.setup.labels[number]?.name;
    if (!label) return undefined;
    const range = view.selected();
    if (!range && state.active !== null) {
      tell(`${state.annotation.entities[state.active].text}: ${label}`);
      return change(model.relabelEntity(state.annotation, state.active, label));
    }
    const whole = range && snap(...range);
    if (!whole) return tell("Select words of the text first, or a mention", "bad");
    const other = model.overlapping(state.annotation, ...whole);
    if (other >= 0) {
      const { text } = state.annotation.entities[other];
      return tell(`That overlaps "${text}"; move its edge or delete it first`, "bad");
    }
    const next = model.addEntity(state.annotation, state.points, ...whole, label);
    const active = next.entities.findIndex((e) => e.start === whole[0]);
    document.getSelection().removeAllRanges();
    tell(`Added ${label}: ${next.entities[active].text}`);
    return change(next, active);
  },
  labels() {
    const range = view.selected();
    if (!range && state.active === null) return tell("Select words of the text first, or a mention", "bad");
    return pick("Which label?", state.setup.labels, (name) => {
      // A dialog takes the focus, and some browsers the selection with it.
      if (range) view.select(...range);
      actions.label(state.setup.labels.findIndex((x) => x.name === name));
    });
  },
  remove() {
    if (state.relation !== null) return change(model.removeRelation(state.annotation, state.relation));
    if (state.active === null) return tell("Choose a mention or a relation first", "bad");
    tell(`Deleted ${state.annotation.entities[state.active].text}`);
    return change(model.removeEntity(state.annotation, state.active), null);
  },
  choose(index) {
    if (state.source !== null && index !== state.source) return actions.connect(index);
    Object.assign(state, { active: index, relation: null });
    document.getSelection().removeAllRanges();
    const entity = state.annotation.entities[index];
    tell(`${entity.label}: ${entity.text}`);
    draw();
    return view.marks[index]?.scrollIntoView({ block: "nearest" });
  },
  chooseRelation(index) {
    Object.assign(state, { relation: index, active: null });
    draw();
  },
  step(by) {
    const count = state.annotation.entities.length;
    if (!count) return tell("There is no mention");
    const next = state.active === null ? (by > 0 ? 0 : count - 1) : (state.active + by + count) % count;
    const source = state.source;
    state.source = null;
    actions.choose(next);
    state.source = source;
    return draw();
  },
  begin() {
    if (state.source !== null && state.active !== null && state.active !== state.source) {
      return actions.connect(state.active);
    }
    if (state.active === null) return tell("Choose the first mention of the relation", "bad");
    state.source = state.active;
    tell(`Relation from ${state.annotation.entities[state.active].text}: choose the other mention`);
    return draw();
  },
  connect(tail) {
    const head = state.source;
    state.source = null;
    const choices = state.schema.choices(state.annotation, head, tail);
    const [a, b] = [state.annotation.entities[head], state.annotation.entities[tail]];
    if (!choices.length) {
      tell(`No other relation may lead from ${a.label} to ${b.label}`, "bad");
      return draw();
    }
    const add = (label) => {
      tell(`Added: ${a.text} ${label} ${b.text}`);
      change(model.addRelation(state.annotation, head, tail, label), tail);
    };
    return choices.length === 1 ? add(choices[0].name) : pick("Which relation?", choices, add);
  },
  edge(side, by) {
    if (state.active === null) return tell("Choose a mention first", "bad");
    const entity = state.annotation.entities[state.active];
    const places = [...(side === "start" ? state.starts : state.ends)].sort((x, y) => x - y);
    const at = entity[side];
    const next = by > 0 ? places.find((p) => p > at) : places.findLast((p) => p < at);
    return next === undefined ? undefined : actions.moveEdge(state.active, side, next);
  },
  moveEdge(index, side, at) {
    const entity = state.annotation.entities[index];
    const [start, end] = side === "start" ? [at, entity.end] : [entity.start, at];
    if (start >= end || (start === entity.start && end === entity.end)) return draw();
    if (model.overlapping(state.annotation, start, end, index) >= 0) {
      return tell("That would overlap another mention", "bad");
    }
    const next = model.moveEntity(state.annotation, state.points, index, start, end);
    tell(`${entity.label}: ${next.entities[index].text}`);
    return change(next, index);
  },
  cursor(by, extend) {
    const { tokens } = state.item;
    if (!tokens.length) return undefined;
    const range = view.selected();
    const last = tokens.length / 2 - 1;
    let [from, to] = state.cursor && range ? state.cursor : [by > 0 ? -1 : last + 1, by > 0 ? -1 : last + 1];
    to = Math.max(0, Math.min(last, to + by));
    if (!extend) from = to;
    state.cursor = [from, to];
    const [low, high] = [Math.max(0, Math.min(from, to)), Math.max(from, to)];
    Object.assign(state, { active: null, relation: null });
    draw();
    view.select(tokens[2 * low], tokens[2 * high + 1]);
    return tell(state.points.slice(tokens[2 * low], tokens[2 * high + 1]).join(""));
  },
  take(entity) {
    const other = model.overlapping(state.annotation, entity.start, entity.end);
    if (other >= 0) return tell("It overlaps a mention; delete that one first", "bad");
    return change(model.addEntity(state.annotation, state.points, entity.start, entity.end, entity.label), null);
  },
  takeView(annotation) { change(model.sorted(annotation), null); },
  toggleGhosts() {
    state.ghosts = !state.ghosts;
    $("ghosts").setAttribute("aria-pressed", String(state.ghosts));
    $("ghosts").firstChild.data = state.ghosts ? "Shown " : "Hidden ";
    draw();
  },
  escape() {
    Object.assign(state, { active: null, relation: null, source: null });
    document.getSelection().removeAllRanges();
    tell("");
    draw();
  },
  help() { $("help").showModal(); },
};

function pick(title, choices, add) {
  const many = choices.length > 9;
  const list = () => {
    const part = $("filter").value.trim().toLowerCase();
    const left = choices.filter((x) => x.name.toLowerCase().includes(part));
    $("choices").replaceChildren(...left.map((x, i) => element("button", {
      text: `${many ? "" : `${i + 1}  `}${x.name}: ${x.definition}`,
      on: { click: () => { $("choice").close(); add(x.name); } },
    })));
  };
  $("choice-title").textContent = title;
  $("filter").value = "";
  $("filter").oninput = list;
  $("filter-box").hidden = !many;
  list();
  $("choice").showModal();
  draw();
}

function drag(event) {
  const edge = event.target.closest?.("[data-edge]");
  if (!edge) return;
  event.preventDefault();
  const [index, side] = [Number(edge.dataset.index), edge.dataset.edge];
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
    if (range) actions.moveEdge(index, side, side === "start" ? range[0] : range[1]);
  };
  document.getSelection().removeAllRanges();
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", stop, { once: true });
  window.addEventListener("pointercancel", stop, { once: true });
}

function listen() {
  const clicks = {
    accept: () => decide("accept"), reject: () => decide("reject"), skip: () => decide("skip"),
    undo: actions.undo, redo: actions.redo, back: () => actions.go(-1), forward: () => actions.go(1),
    ghosts: actions.toggleGhosts, "open-help": actions.help, "close-help": () => $("help").close(),
    "choice-cancel": () => $("choice").close(),
    "to-queue": () => guarded(toQueue),
    "to-conflicts": () => guarded(async () => { setPressed("to-conflicts"); await nextConflict(); }),
  };
  for (const [id, work] of Object.entries(clicks)) $(id).addEventListener("click", work);
  $("text").addEventListener("pointerdown", drag);
  $("text").addEventListener("pointerover", (event) => {
    const mark = event.target.closest?.("mark");
    if (mark) view.addEdges(mark);
  });
  $("text").addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (mark && !event.target.closest("[data-edge]") && !view.selected()) actions.choose(Number(mark.dataset.index));
  });
  document.addEventListener("keydown", (event) => onKey(event, actions, state));
  for (const scrolled of [$("scroll"), window]) {
    scrolled.addEventListener("scroll", () => {
      cancelAnimationFrame(state.scrolled);
      state.scrolled = requestAnimationFrame(() => state.item && view.drawArcs(state.annotation, state));
    }, { passive: true });
  }
  new ResizeObserver(() => state.item && view.drawArcs(state.annotation, state)).observe($("text"));
  window.addEventListener("beforeunload", (event) => {
    keepDraft();
    if (state.drafts.size) event.preventDefault();
  });
  askName(state, () => guarded(toQueue), () => {
    keepDraft();
    Object.assign(state, { item: null, past: [], decided: [], undone: [] });
  });
}

async function start() {
  state.setup = await api.setup();
  state.schema = new model.Schema(state.setup);
  state.symmetric = new Set(state.setup.relations.filter((r) => r.symmetric).map((r) => r.name));
  document.title = `Review: ${state.setup.title}`;
  $("title").textContent = state.setup.title;
  $("labels").replaceChildren(...state.setup.labels.map((label, i) => {
    const made = element("button", { title: label.definition, on: { click: () => actions.label(i) } }, label.name);
    if (i < 9) made.append(" ", element("kbd", { text: String(i + 1) }));
    // The press must not take the selection away.
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    made.style.setProperty("--hue", state.schema.hue(label.name));
    return made;
  }));
  $("guidelines").replaceChildren(...guidelines(state.setup.guidelines));
  $("guide").open = window.innerWidth > 820;
  $("keys").replaceChildren(...KEYS.map(([keys, what]) => element("tr", {},
    element("th", { scope: "row" }, element("kbd", { text: keys })), element("td", { text: what }))));
  listen();
}

start().catch((error) => tell(error.message, "bad"));
