// What a person does to the annotation of the example that is shown.

import { $, tell } from "/dom.js";
import { choose as ask } from "/choice.js";
import { change, draw } from "/draw.js";
import * as model from "/model.js";
import { state, view } from "/state.js";
import { snap } from "/words.js";

const mention = (index) => state.annotation.entities[index];

// -- Mentions

export function label(number) {
  const name = state.setup.labels[number]?.name;
  if (!name) return undefined;
  const range = view.selected();
  if (!range && state.active !== null) {
    tell(`${mention(state.active).text}: ${name}`);
    return change(model.relabelEntity(state.annotation, state.active, name));
  }
  const whole = range && snap(...range);
  if (!whole) return tell("Select words of the text first, or a mention", "bad");
  const other = model.overlapping(state.annotation, ...whole);
  if (other >= 0) return tell(`That overlaps "${mention(other).text}"; move its edge or delete it first`, "bad");
  const next = model.addEntity(state.annotation, state.points, ...whole, name);
  const active = next.entities.findIndex((e) => e.start === whole[0]);
  document.getSelection().removeAllRanges();
  tell(`Added ${name}: ${next.entities[active].text}`);
  return change(next, active);
}

export function labels() {
  const range = view.selected();
  if (!range && state.active === null) return tell("Select words of the text first, or a mention", "bad");
  return ask("Which label?", state.setup.labels, (name) => {
    // A dialog takes the focus, and some browsers the selection with it.
    if (range) view.select(...range);
    label(state.setup.labels.findIndex((x) => x.name === name));
  });
}

export function remove() {
  if (state.relation !== null) return change(model.removeRelation(state.annotation, state.relation));
  if (state.active === null) return tell("Choose a mention or a relation first", "bad");
  tell(`Deleted ${mention(state.active).text}`);
  return change(model.removeEntity(state.annotation, state.active), null);
}

// Move an edge to the next token: -1 to the left, 1 to the right.
export function edge(side, by) {
  if (state.active === null) return tell("Choose a mention first", "bad");
  const places = [...(side === "start" ? state.starts : state.ends)].sort((x, y) => x - y);
  const at = mention(state.active)[side];
  const next = by > 0 ? places.find((p) => p > at) : places.findLast((p) => p < at);
  return next === undefined ? undefined : moveEdge(state.active, side, next);
}

export function moveEdge(index, side, at) {
  const entity = mention(index);
  const [start, end] = side === "start" ? [at, entity.end] : [entity.start, at];
  if (start >= end || (start === entity.start && end === entity.end)) return draw();
  if (model.overlapping(state.annotation, start, end, index) >= 0) {
    return tell("That would overlap another mention", "bad");
  }
  const next = model.moveEntity(state.annotation, state.points, index, start, end);
  tell(`${entity.label}: ${next.entities[index].text}`);
  return change(next, index);
}

// -- What is chosen

export function choose(index) {
  if (state.source !== null && index !== state.source) return connect(index);
  Object.assign(state, { active: index, relation: null });
  document.getSelection().removeAllRanges();
  tell(`${mention(index).label}: ${mention(index).text}`);
  draw();
  return view.marks[index]?.scrollIntoView({ block: "nearest" });
}

export function chooseRelation(index) {
  Object.assign(state, { relation: index, active: null });
  draw();
}

export function step(by) {
  const count = state.annotation.entities.length;
  if (!count) return tell("There is no mention");
  const next = state.active === null ? (by > 0 ? 0 : count - 1) : (state.active + by + count) % count;
  // Passing over mentions ends no relation; r does.
  const { source } = state;
  state.source = null;
  choose(next);
  state.source = source;
  return source === null ? undefined : draw();
}

export function escape() {
  Object.assign(state, { active: null, relation: null, source: null });
  document.getSelection().removeAllRanges();
  tell("");
  draw();
}

// -- Relations

export function begin() {
  if (state.source !== null && state.active !== null && state.active !== state.source) {
    return connect(state.active);
  }
  if (state.active === null) return tell("Choose the first mention of the relation", "bad");
  state.source = state.active;
  tell(`Relation from ${mention(state.active).text}: choose the other mention`);
  return draw();
}

function connect(tail) {
  const head = state.source;
  state.source = null;
  const choices = state.schema.choices(state.annotation, head, tail);
  const [a, b] = [mention(head), mention(tail)];
  draw();
  if (!choices.length) return tell(`No other relation may lead from ${a.label} to ${b.label}`, "bad");
  const add = (name) => {
    tell(`Added: ${a.text} ${name} ${b.text}`);
    change(model.addRelation(state.annotation, head, tail, name), tail);
  };
  return choices.length === 1 ? add(choices[0].name) : ask("Which relation?", choices, add);
}

// -- From the lists beside the text

export function beginAt(index) {
  choose(index);
  if (state.source === null && state.active === index) begin();
}

export function removeMention(index) {
  state.source = null;
  choose(index);
  remove();
}

export function removeRelation(index) {
  chooseRelation(index);
  remove();
}

// A mention takes the place of the one that it overlaps, whose relations it keeps; a
// relation brings its mentions.
export function takePredicted(index) {
  const { entities, relations } = state.item.predicted;
  const link = relations[index - entities.length];
  let taken = state.annotation;
  for (const entity of link ? [entities[link.head], entities[link.tail]] : [entities[index]]) {
    taken = model.takeEntity(taken, state.points, entity);
    if (!taken) return tell("It overlaps several mentions; delete all but one first", "bad");
  }
  if (link) {
    const [head, tail] = [link.head, link.tail].map(
      (i) => taken.entities.findIndex((e) => model.same(e, entities[i])));
    const joins = (r, a, b) => r.label === link.label && r.head === a && r.tail === b;
    const there = taken.relations.some((r) => joins(r, head, tail)
      || (state.symmetric.has(r.label) && joins(r, tail, head)));
    if (!there) taken = model.addRelation(taken, head, tail, link.label);
  }
  return taken === state.annotation ? tell("It stands there already") : change(taken, null);
}

export function takeView(index) {
  change(model.sorted(state.item.views[index].annotation), null);
}

export function showAll() {
  state.all = true;
  draw();
}

export function toggleGhosts() {
  state.ghosts = !state.ghosts;
  $("ghosts").setAttribute("aria-pressed", String(state.ghosts));
  $("ghosts").firstChild.data = state.ghosts ? "Shown " : "Hidden ";
  draw();
}
