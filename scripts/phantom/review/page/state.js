// What the page shows now. All modules read it; each says what it changes.

import { $ } from "/dom.js";
import { TextView } from "/text.js";
import { Arcs } from "/arcs.js";

export const view = new TextView($("text"), $("scroll"));
export const arcs = new Arcs($("arcs"), view);

export const state = {
  // Who works, and what the server told once.
  annotator: "", schema: null, setup: null, symmetric: new Set(),
  // The example, its annotation as it stands, and as it stood before each edit.
  item: null, role: "annotator", annotation: null, past: [], future: [],
  points: [], starts: new Set(), ends: new Set(), wrong: new Set(), shown: 0,
  // What is chosen: a mention, a relation, the mention at which a relation begins.
  active: null, relation: null, source: null, cursor: null, ghosts: true, all: false,
  // Whether it was shown why the pipeline found what it found here.
  explained: false,
  // What was decided here, what of it was taken back, what is on the way to the server.
  decided: [], undone: [], pending: null, busy: false,
  // Edits that wait unsaved; conflicts, and those that were skipped.
  drafts: new Map(), conflicts: [], passed: new Set(),
};
