// The page's outline: what the server told is laid out, then keys and pointers listen.

import { api } from "/api.js";
import { decide, redo, undo } from "/decisions.js";
import { $, element, tell } from "/dom.js";
import { drawArcs } from "/draw.js";
import * as edits from "/edits.js";
import { KEYS, onKey } from "/keys.js";
import { definitions, guidelines } from "/lists.js";
import { askName } from "/name.js";
import { listen as listenToPointer } from "/pointer.js";
import { go, guarded, keepDraft, toConflicts, toQueue } from "/queue.js";
import { Schema } from "/schema.js";
import { arcs, state } from "/state.js";
import { step, why, whyPredicted } from "/why.js";
import { cursor } from "/words.js";

const actions = {
  ...edits, decide, undo, redo, go, cursor, why, whyPredicted, stepWhy: step, help: () => $("help").showModal(),
};

async function start() {
  const setup = await api.setup();
  const schema = new Schema(setup);
  const symmetric = new Set(setup.relations.filter((r) => r.symmetric).map((r) => r.name));
  Object.assign(state, { setup, schema, symmetric });
  schema.paint();
  document.title = `Review: ${setup.title}`;
  $("title").textContent = setup.title;
  $("labels").replaceChildren(...setup.labels.map(labelButton));
  $("guidelines").replaceChildren(...definitions(setup), ...guidelines(setup.guidelines));
  $("guide").open = window.innerWidth > 820;
  $("keys").replaceChildren(...KEYS.map(([keys, what]) => element("tr", {},
    element("th", { scope: "row" }, element("kbd", { text: keys })), element("td", { text: what }))));
  listen();
}

function labelButton(label, i) {
  const made = element("button", {
    class: state.schema.hue(label.name), title: label.definition, on: { click: () => edits.label(i) },
  }, label.name);
  if (i < 9) made.append(" ", element("kbd", { text: String(i + 1) }));
  // The press must not take the selection away.
  made.addEventListener("pointerdown", (event) => event.preventDefault());
  return made;
}

function listen() {
  const clicks = {
    accept: () => decide("accept"), reject: () => decide("reject"), skip: () => decide("skip"),
    undo, redo, back: () => go(-1), forward: () => go(1),
    ghosts: edits.toggleGhosts, "open-help": actions.help, "close-help": () => $("help").close(),
    "choice-cancel": () => $("choice").close(),
    "why-back": () => step(-1), "why-next": () => step(1), "why-close": () => $("why").close(),
    "to-queue": () => guarded(toQueue), "to-conflicts": () => guarded(toConflicts),
  };
  for (const [id, work] of Object.entries(clicks)) $(id).addEventListener("click", work);
  document.querySelector("aside").addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) actions[button.dataset.do](Number(button.dataset.index));
  });
  document.addEventListener("keydown", (event) => onKey(event, actions, state));
  listenToPointer($("text"));
  listenToPlace();
  askName(state, () => guarded(toQueue), () => {
    keepDraft();
    Object.assign(state, { item: null, past: [], decided: [], undone: [] });
  });
}

// Arcs follow the text where it goes; edits are not lost when the page is left.
function listenToPlace() {
  let frame = 0;
  for (const scrolled of [$("scroll"), window]) {
    scrolled.addEventListener("scroll", () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(drawArcs);
    }, { passive: true });
  }
  new ResizeObserver(() => { if (arcs.width !== $("scroll").clientWidth) drawArcs(); }).observe($("text"));
  window.addEventListener("beforeunload", (event) => {
    keepDraft();
    if (state.drafts.size) event.preventDefault();
  });
}

start().catch((error) => tell(error.message, "bad"));
