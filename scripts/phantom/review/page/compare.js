// Candidates side by side, under letters; names and scores come after the pick.

import { api } from "/api.js";
import { $, element, tell } from "/dom.js";
import { askName } from "/name.js";
import { Schema } from "/schema.js";
import { TextView } from "/text.js";

const state = { annotator: "", item: null, shown: 0, busy: false };
const STILL = { still: true, active: null, source: null, wrong: new Set() };

function passage(one, schema, letter) {
  const text = element("div", { class: "passage-text" });
  const { entities, relations } = one.annotation;
  new TextView(text).draw(Array.from(one.text), one.annotation, [], schema, STILL);
  const links = relations.map((r) => element("li", {},
    `${entities[r.head].text} `, element("b", { text: r.label }), ` ${entities[r.tail].text}`));
  return element("article", { "aria-label": `${letter}: ${one.id}` },
    element("h3", { text: letter, title: one.id }), text, element("ul", {}, ...links));
}

function head(one, index, position) {
  const rows = Object.entries(one.scores ?? {}).map(([name, value]) => element("tr", {},
    element("th", { scope: "row", text: name }), element("td", { text: String(value) })));
  const told = one.name === undefined ? [] : [
    element("p", {}, element("b", { text: one.name }), ` · picked by ${one.picks}`),
    element("table", {}, element("tbody", {}, ...rows))];
  return element("div", { class: `candidate${index === position ? " picked" : ""}` },
    element("h2", { text: one.letter }), ...told,
    element("details", {}, element("summary", { text: "Prompt" }),
      element("pre", { tabindex: "0", text: one.prompt || "not given" })));
}

function draw() {
  const { item } = state;
  const schema = new Schema(item);
  schema.paint();
  document.title = `Pick: ${item.title}`;
  $("title").textContent = item.title;
  $("question").textContent = item.question;
  $("candidates").style.setProperty("--columns", item.candidates.length);
  const most = Math.max(...item.candidates.map((one) => one.passages.length));
  const cells = item.candidates.map((one, i) => head(one, i, item.position));
  for (let row = 0; row < most; row++) {
    for (const one of item.candidates) {
      cells.push(row < one.passages.length ? passage(one.passages[row], schema, one.letter) : element("div"));
    }
  }
  $("candidates").replaceChildren(...cells);
  $("picks").replaceChildren(...item.candidates.map((one, i) => element("button", {
    "aria-pressed": String(item.decided && item.position === i), on: { click: () => pick(i) },
  }, `Pick ${one.letter} `, element("kbd", { text: i < 9 ? String(i + 1) : "" }))));
  $("none").setAttribute("aria-pressed", String(item.decided && item.position === null));
  $("note").value = item.note;
}

async function load() {
  state.item = await api.comparison(state.annotator);
  state.shown = performance.now();
  draw();
}

async function pick(position) {
  if (state.busy || !state.item) return;
  state.busy = true;
  try {
    await api.pick({
      key: crypto.randomUUID(), comparison: state.item.comparison, annotator: state.annotator,
      position, note: $("note").value, seconds: (performance.now() - state.shown) / 1000,
    });
    const said = position === null ? "none of them" : state.item.candidates[position].letter;
    await load();
    tell(`Saved: ${said}. ${state.item.people} picked so far; pick again to change yours.`, "good");
  } catch (error) {
    tell(error.message, "bad");
  } finally {
    state.busy = false;
  }
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.target.closest("input, textarea")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key) || !state.item) return;
  const position = Number(event.key) - 1;
  if (position >= state.item.candidates.length) return;
  event.preventDefault();
  pick(position < 0 ? null : position);
});
$("none").addEventListener("click", () => pick(null));
askName(state, () => load().catch((error) => tell(error.message, "bad")));
