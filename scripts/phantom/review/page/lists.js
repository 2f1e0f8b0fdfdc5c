// The lists beside the text: the same annotation for those who do not see or point.

import { $, element } from "/dom.js";

const spanKey = (e) => `${e.start} ${e.end} ${e.label}`;
const linkKey = (entities, r) => [spanKey(entities[r.head]), r.label, spanKey(entities[r.tail])].join(" ");

function chip(schema, label) {
  return element("span", { class: `chip ${schema.hue(label)}`, text: label });
}

// What a button does stands in data-do: one listener of the page calls it.
function button(text, work, index, options = {}) {
  return element("button", { text, "data-do": work, "data-index": index, ...options });
}

function row(content, chosen, work, index, ...extra) {
  const main = button("", work, index, { "aria-pressed": String(chosen) });
  main.append(...content);
  return element("li", {}, main, ...extra);
}

const none = (text) => [element("li", { class: "empty", text })];

// The rest of a long list is drawn when it is asked for.
const SOME = 60;

function fill(list, things, make, state, empty = "none") {
  const shown = state.all ? things.length : Math.min(SOME, things.length);
  const rows = things.slice(0, shown).map(make);
  if (shown < things.length) rows.push(element("li", {}, button(`Show all ${things.length}`, "showAll", 0)));
  list.replaceChildren(...(rows.length ? rows : none(empty)));
}

export function drawLists(state) {
  const { annotation, schema, item } = state;
  const { entities, relations } = annotation;
  fill($("mentions"), entities, (e, i) => row(
    [chip(schema, e.label), ` ${e.text}`], state.active === i, "choose", i,
    button("→", "beginAt", i, { "aria-label": `Begin a relation at ${e.text}` }),
    button("×", "removeMention", i, { "aria-label": `Delete ${e.label} ${e.text}` })), state);
  fill($("relations"), relations, (r, i) => row(
    [`${entities[r.head].text} `, element("b", { text: r.label }), ` ${entities[r.tail].text}`],
    state.relation === i, "chooseRelation", i,
    button("×", "removeRelation", i, { "aria-label": `Delete relation ${r.label}` })), state);
  if (item.predicted) drawPredicted(state);
}

function drawPredicted(state) {
  const { annotation, schema, item } = state;
  const { entities, relations } = item.predicted;
  const there = new Set(annotation.entities.map(spanKey));
  const linked = new Set(annotation.relations.map((r) => linkKey(annotation.entities, r)));
  const known = (is) => (is ? " (same)" : " (take over)");
  const ask = (what, i) => button("Why?", "whyPredicted", i, { "aria-label": `Why ${what}?` });
  fill($("predicted"), [...entities, ...relations], (one, i) => {
    if (i < entities.length) {
      return row([chip(schema, one.label), ` ${one.text}`, known(there.has(spanKey(one)))], false, "takePredicted", i,
        ask(`${one.text} is ${one.label}`, i));
    }
    const [head, tail] = [entities[one.head].text, entities[one.tail].text];
    return row([`${head} `, element("b", { text: one.label }), ` ${tail}`, known(linked.has(linkKey(entities, one)))],
      false, "takePredicted", i, ask(`${head} ${one.label} ${tail}`, i));
  }, state, "found nothing");
}

export function drawViews(state) {
  const views = state.item.views ?? [];
  $("views-box").hidden = !views.length;
  const keys = views.map(({ annotation: v }) => new Set([
    ...v.entities.map(spanKey), ...v.relations.map((r) => linkKey(v.entities, r))]));
  const marked = (key) => (keys.every((all) => all.has(key)) ? {} : { class: "differs" });
  const sign = (key) => (keys.every((all) => all.has(key)) ? [] : [element("b", { text: " differs" })]);
  $("views").replaceChildren(...views.map((one, i) => {
    const { entities, relations } = one.annotation;
    const list = element("ul", {},
      ...entities.map((e) => element("li", marked(spanKey(e)), chip(state.schema, e.label), ` ${e.text}`, ...sign(spanKey(e)))),
      ...relations.map((r) => element("li", marked(linkKey(entities, r)),
        `${entities[r.head].text} ${r.label} ${entities[r.tail].text}`, ...sign(linkKey(entities, r)))));
    const take = button(`Take over what ${one.annotator} left`, "takeView", i);
    const parts = one.verdict === "accept" ? [list, take] : [];
    const seeing = one.guided ? ", with the pipeline's mentions in sight" : "";
    return element("div", { class: "view" }, element("b", { text: `${one.annotator}: ${one.verdict}` }),
      element("p", { class: "hint", text: `${new Date(one.time).toLocaleString()}${seeing}` }), ...parts);
  }));
}

// What the domain's labels and relations mean.
export function definitions({ labels, relations }) {
  const list = (title, things) => (things.length ? [element("h3", { text: title }), ...things.map(
    (x) => element("p", {}, element("b", { text: x.name }), `: ${x.definition}`))] : []);
  return [...list("Labels", labels), ...list("Relations", relations)];
}

// Headings and paragraphs of Markdown; everything else as it is written.
export function guidelines(text) {
  return text.split(/\n{2,}|\n(?=#)/).filter((part) => part.trim()).map((part) => {
    const heading = /^#+\s*(.*)/.exec(part);
    return heading && !part.trim().includes("\n")
      ? element("h3", { text: heading[1] }) : element("p", { text: part.trim() });
  });
}
