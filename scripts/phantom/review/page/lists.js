// The lists beside the text: the same annotation for those who do not see or point.

import { element } from "/text.js";

const $ = (id) => document.getElementById(id);

function chip(schema, label) {
  const made = element("span", { class: "chip", text: label });
  made.style.setProperty("--hue", schema.hue(label));
  return made;
}

function row(content, chosen, onChoose, extra = []) {
  const main = element("button", { "aria-pressed": String(chosen), on: { click: onChoose } }, ...content);
  return element("li", {}, main, ...extra);
}

const none = (text) => [element("li", { class: "empty", text })];

// The rest of a long list is drawn when it is asked for.
const SOME = 60;

function fill(list, things, make, state, actions) {
  const shown = state.all ? things.length : Math.min(SOME, things.length);
  const rows = things.slice(0, shown).map(make);
  if (shown < things.length) {
    rows.push(element("li", {}, element("button", {
      text: `Show all ${things.length}`, on: { click: () => { state.all = true; actions.draw(); } },
    })));
  }
  list.replaceChildren(...(rows.length ? rows : none("none")));
}

export function drawLists(state, actions) {
  const { annotation, schema, item } = state;
  const { entities, relations } = annotation;
  fill($("mentions"), entities, (e, i) => row(
    [chip(schema, e.label), ` ${e.text}`], state.active === i, () => actions.choose(i), [
      element("button", { "aria-label": `Begin a relation at ${e.text}`, text: "→", on: { click: () => { actions.choose(i); if (state.source === null && state.active === i) actions.begin(); } } }),
      element("button", { "aria-label": `Delete ${e.label} ${e.text}`, text: "×", on: { click: () => { state.source = null; actions.choose(i); actions.remove(); } } }),
    ]), state, actions);
  fill($("relations"), relations, (r, i) => row(
    [`${entities[r.head].text} `, element("b", { text: r.label }), ` ${entities[r.tail].text}`],
    state.relation === i, () => actions.chooseRelation(i), [
      element("button", { "aria-label": `Delete relation ${r.label}`, text: "×", on: { click: () => { actions.chooseRelation(i); actions.remove(); } } }),
    ]), state, actions);
  if (item.predicted) {
    const has = (e) => entities.some((x) => x.start === e.start && x.end === e.end && x.label === e.label);
    const rows = item.predicted.entities.map((e) => row(
      [chip(schema, e.label), ` ${e.text}`, has(e) ? " (same)" : " (take over)"], false,
      () => (has(e) ? undefined : actions.take(e))));
    const more = item.predicted.relations.map((r) => {
      const [head, tail] = [item.predicted.entities[r.head], item.predicted.entities[r.tail]];
      return element("li", { text: `${head.text} ${r.label} ${tail.text}` });
    });
    $("predicted").replaceChildren(...(rows.length ? [...rows, ...more] : none("found nothing")));
  }
}

export function drawViews(state, actions) {
  const views = state.item.views ?? [];
  $("views-box").hidden = !views.length;
  const spanKey = (e) => `${e.start} ${e.end} ${e.label}`;
  const linkKey = (v, r) => [spanKey(v.entities[r.head]), r.label, spanKey(v.entities[r.tail])].join(" ");
  const keys = views.map(({ annotation: v }) => new Set([
    ...v.entities.map(spanKey), ...v.relations.map((r) => linkKey(v, r))]));
  const marked = (key) => (keys.every((all) => all.has(key)) ? {} : { class: "differs" });
  const sign = (key) => (keys.every((all) => all.has(key)) ? [] : [element("b", { text: " differs" })]);
  $("views").replaceChildren(...views.map((one) => {
    const { entities, relations } = one.annotation;
    const list = element("ul", {},
      ...entities.map((e) => element("li", marked(spanKey(e)), chip(state.schema, e.label), ` ${e.text}`, ...sign(spanKey(e)))),
      ...relations.map((r) => element("li", marked(linkKey(one.annotation, r)),
        `${entities[r.head].text} ${r.label} ${entities[r.tail].text}`, ...sign(linkKey(one.annotation, r)))));
    const take = element("button", { text: `Take over what ${one.annotator} left`, on: { click: () => actions.takeView(one.annotation) } });
    const parts = one.verdict === "accept" ? [list, take] : [];
    return element("div", { class: "view" }, element("b", { text: `${one.annotator}: ${one.verdict}` }), ...parts);
  }));
}

// Headings and paragraphs of Markdown; everything else as it is written.
export function guidelines(text) {
  return text.split(/\n{2,}|\n(?=#)/).filter((part) => part.trim()).map((part) => {
    const heading = /^#+\s*(.*)/.exec(part);
    return heading && !part.trim().includes("\n")
      ? element("h3", { text: heading[1] }) : element("p", { text: part.trim() });
  });
}
