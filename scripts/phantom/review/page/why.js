// Why the pipeline finds something: each word shaded by what it adds to the score.

import { api } from "/api.js";
import { $, element, tell } from "/dom.js";
import { state } from "/state.js";

// What is explained of the example that is shown, and which of it stands in the dialog.
const shown = { item: null, told: null, index: 0, waits: false };

// For the chosen mention or relation, else for the first that was found.
export function why() {
  const { active, relation, annotation } = state;
  const { entities, relations } = annotation;
  if (active !== null) return open([entities[active]], entities[active].label);
  if (relation === null) return open(null, "");
  const { head, tail, label } = relations[relation];
  return open([entities[head], entities[tail]], label);
}

// For a row of the list of what the pipeline found.
export function whyPredicted(index) {
  const { entities, relations } = state.item.predicted;
  const one = entities[index] ?? relations[index - entities.length];
  return open(index < entities.length ? [one] : [entities[one.head], entities[one.tail]], one.label);
}

async function open(ends, label) {
  const { item } = state;
  if (shown.waits) return;
  if (shown.item !== item) {
    shown.waits = true;
    tell("Asking the pipeline why; the first time takes some seconds longer");
    try {
      const told = await api.why(item.id);
      if (state.item !== item) return;
      if (told.problem) {
        tell(`Not explained: ${told.problem}`, "bad");
        return;
      }
      Object.assign(shown, { item, told });
    } catch (error) {
      tell(error.message, "bad");
      return;
    } finally {
      shown.waits = false;
    }
  }
  const { explanations } = shown.told;
  if (!explanations.length) return tell("Nothing of this text is explained: the pipeline finds nothing, or by parts that can't be followed");
  const spans = ends?.map((e) => [e.start, e.end]);
  const at = explanations.findIndex((x) => x.label === label && String(x.spans) === String(spans));
  $("why-said").textContent = ends && at < 0 ? `No explanation of this ${label}: the pipeline does not find it, or by a part that can't be followed.` : "";
  state.explained = true;
  tell("");
  draw(Math.max(at, 0));
  if (!$("why").open) $("why").showModal();
}

export function step(by) {
  const count = shown.told.explanations.length;
  draw((shown.index + by + count) % count);
}

function draw(index) {
  shown.index = index;
  const { tokens, explanations } = shown.told;
  const one = explanations[index];
  const words = (start, end) => state.points.slice(start, end).join("");
  const names = one.spans.map(([start, end]) => words(start, end));
  $("why-title").textContent = names.length > 1 ? `${names[0]} ${one.label} ${names[1]}` : `${names[0]} is ${one.label}`;
  $("why-place").textContent = `${index + 1} of ${explanations.length}`;
  $("why-score").textContent = `Chance ${one.chance.toFixed(2)}. Log-odds ${signed(one.score)}, and `
    + `${signed(one.blank)} with every word masked; what the words add makes up the difference`
    + `${one.error > 0.05 ? ` but for ${Math.round(100 * one.error)}%` : ""}.`;
  $("why-text").replaceChildren(...shade(one, tokens, words));
  const order = one.values.map((_, i) => i).sort((a, b) => Math.abs(one.values[b]) - Math.abs(one.values[a]));
  $("why-words").replaceChildren(...order.slice(0, 6).filter((i) => one.values[i]).map((i) => element("li", {},
    `${words(...tokens[i])} `, element("b", { text: signed(one.values[i]) }))));
}

// The text in pieces: what lies between words as it is, mentions in an element of their own.
function shade(one, tokens, words) {
  const most = Math.max(...one.values.map(Math.abs)) || 1;
  const pieces = [];
  let [at, mark] = [0, null];
  tokens.forEach(([start, end], i) => {
    const put = (...parts) => (mark ? mark.made.append(...parts) : pieces.push(...parts));
    put(words(at, start));
    const span = one.spans.find(([from]) => from === start);
    if (span) {
      mark = { made: element("b", { class: "meant" }), end: span[1] };
      pieces.push(mark.made);
    }
    put(word(words(start, end), one.values[i], most));
    if (mark?.end === end) mark = null;
    at = end;
  });
  return [...pieces, words(at, state.points.length)];
}

const signed = (x) => (x < 0 ? "\u2212" : "+") + Math.abs(x).toFixed(2);

function word(text, value, most) {
  const made = element("span", { class: value > 0 ? "for" : "against", title: `${text}: ${signed(value)}`, text });
  made.style.setProperty("--share", (Math.abs(value) / most).toFixed(2));
  return made;
}
