// The text with its mentions, and the way from offsets to the screen and back.

import { element } from "/dom.js";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LETTER = /\p{L}/u;
const MARK = element("mark", { role: "button", tabindex: "-1", "aria-pressed": "false" });
const STILL = element("mark");

// As dir="auto" has it: of the first letter.
function direction(points) {
  return RIGHT_TO_LEFT.test(points.find((x) => LETTER.test(x)) ?? "") ? "rtl" : "ltr";
}

function haunt(node, ghost) {
  node.classList.add("ghost");
  node.title = `pipeline: ${ghost.label}`;
  return node;
}

export class TextView {
  constructor(root, scroll) {
    Object.assign(this, { root, scroll, points: [], ghosts: [], entities: [], nodes: [], marks: [] });
  }

  // points: the text in code points; ghosts: mentions of the pipeline.
  draw(points, annotation, ghosts, schema, state) {
    const { entities } = annotation;
    const [before, after] = this._same(points, entities, ghosts);
    const known = this.entities.length;
    Object.assign(this, { points, ghosts, entities });
    if (before + after === 0) this._all(schema, state);
    else if (before < known || before < entities.length) this._between(before, after, known, schema, state);
    this._tell(state);
    this.root.classList.toggle("related", annotation.relations.length > 0);
  }

  // How many mentions at the start and at the end stand as they stood.
  _same(points, entities, ghosts) {
    const known = this.entities;
    const crossed = entities.some((e, i) => i && e.start < entities[i - 1].end);
    const anew = points !== this.points || ghosts !== this.ghosts || crossed || this.crossed;
    this.crossed = crossed;
    if (anew) return [0, 0];
    const most = Math.min(known.length, entities.length);
    let before = 0;
    while (before < most && known[before] === entities[before]) before++;
    let after = 0;
    while (after < most - before && known.at(-1 - after) === entities.at(-1 - after)) after++;
    return [before, after];
  }

  _all(schema, state) {
    const made = this._pieces(0, 0, this.entities.length, this.points.length, schema, state);
    // Said rather than found by the browser, which would look at every node for it.
    this.root.dir = direction(this.points);
    Object.assign(this, { nodes: made.nodes, marks: made.marks, flags: [] });
    this.root.replaceChildren(made.content);
  }

  // Only what lies between the mentions that stand as they stood.
  _between(before, after, known, schema, state) {
    const last = this.entities.length - after;
    const from = before ? this.entities[before - 1].end : 0;
    const to = after ? this.entities[last].start : this.points.length;
    const made = this._pieces(from, before, last, to, schema, state);
    const next = this.nodes.findIndex((n) => n.start >= from);
    const low = next < 0 ? this.nodes.length : next;
    const high = this.nodes.findLastIndex((n) => n.end <= to);
    const range = document.createRange();
    if (before) range.setStartAfter(this.marks[before - 1]);
    else range.setStart(this.root, 0);
    if (after) range.setEndBefore(this.marks[known - after]);
    else range.setEnd(this.root, this.root.childNodes.length);
    range.deleteContents();
    range.insertNode(made.content);
    this.nodes.splice(low, high - low + 1, ...made.nodes);
    this.marks.splice(before, known - after - before, ...made.marks);
    this.flags.splice(before, known - after - before, ...made.marks.map(() => ""));
    for (let i = last; i < this.marks.length; i++) this.marks[i].dataset.index = i;
  }

  // Text and marks from one offset to another, with the mentions from one to another.
  _pieces(from, first, last, to, schema, state) {
    const content = document.createDocumentFragment();
    const made = { content, nodes: [], marks: [] };
    let at = from;
    for (let i = first; i < last; i++) {
      const entity = this.entities[i];
      // What overlaps is named below the text; it can't be drawn.
      if (entity.start < at) continue;
      this._words(content, at, entity.start, made.nodes);
      const mark = this._mark(entity, i, schema, state);
      const ghost = this._ghostAt(entity.start);
      if (ghost?.start === entity.start && ghost.end === entity.end) {
        // One element for both: thousands more take longer than the text.
        haunt(mark, ghost);
        this._plain(mark, entity.start, entity.end, made.nodes);
      } else this._words(mark, entity.start, entity.end, made.nodes);
      content.append(mark);
      made.marks[i - first] = mark;
      at = entity.end;
    }
    this._words(content, at, to, made.nodes);
    return made;
  }

  _mark(entity, i, schema, state) {
    const mark = (state.still ? STILL : MARK).cloneNode();
    mark.className = schema.hue(entity.label);
    mark.dataset.index = i;
    mark.dataset.label = entity.label;
    if (!state.still) mark.setAttribute("aria-label", `${entity.label}: ${entity.text}`);
    if (RIGHT_TO_LEFT.test(entity.text)) mark.dir = "auto";
    return mark;
  }

  _words(parent, start, end, nodes) {
    let from = start;
    while (from < end) {
      const ghost = this._ghostAt(from);
      const to = Math.min(end, ghost ? (ghost.start <= from ? ghost.end : ghost.start) : end);
      const inside = ghost && ghost.start <= from;
      if (inside) parent.append(haunt(element("span"), ghost));
      this._plain(inside ? parent.lastChild : parent, from, to, nodes);
      from = to;
    }
  }

  _plain(parent, start, end, nodes) {
    const node = document.createTextNode(this.points.slice(start, end).join(""));
    nodes.push({ node, start, end });
    parent.append(node);
  }

  // The first ghost that ends behind a place; they are sorted and don't overlap.
  _ghostAt(offset) {
    let [low, high] = [0, this.ghosts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ghosts[middle].end > offset) high = middle;
      else low = middle + 1;
    }
    return this.ghosts[low];
  }

  // Which mentions are chosen, begin a relation, or are wrong.
  _tell(state) {
    this.marks.forEach((mark, i) => {
      const flags = [
        state.active === i ? "active" : "", state.source === i ? "source" : "",
        state.wrong.has(`entity ${i}`) ? "wrong" : ""].filter(Boolean).join(" ");
      if ((this.flags[i] ?? "") === flags) return;
      this.flags[i] = flags;
      mark.classList.remove("active", "source", "wrong");
      if (flags) mark.classList.add(...flags.split(" "));
      if (!state.still) mark.setAttribute("aria-pressed", String(state.active === i));
      if (state.active === i) this.addEdges(mark);
    });
  }

  // Edges to drag; only where the pointer is or a mention is chosen, since layout of
  // thousands of them takes longer than that of the text.
  addEdges(mark) {
    if (mark.classList.contains("edged")) return;
    mark.classList.add("edged");
    mark.append(...["start", "end"].map((side) => element(
      "span", { class: `edge ${side}`, "data-edge": side, "aria-hidden": "true" })));
  }

  // Offset of a place in the document, in code points; null outside the text.
  offsetOf(node, offset) {
    if (!this.root.contains(node)) return null;
    if (node.nodeType !== Node.TEXT_NODE) {
      const probe = document.createRange();
      probe.setStart(node, offset);
      const next = this.nodes.find((n) => probe.comparePoint(n.node, 0) >= 0);
      return next ? next.start : this.points.length;
    }
    const entry = this.nodes.find((n) => n.node === node);
    return entry ? entry.start + Array.from(node.data.slice(0, offset)).length : null;
  }

  placeOf(offset) {
    const entry = this.nodes.find((n) => offset <= n.end) ?? this.nodes.at(-1);
    if (!entry) return [this.root, 0];
    const before = this.points.slice(entry.start, offset).join("").length;
    return [entry.node, Math.min(before, entry.node.data.length)];
  }

  selected() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = this.offsetOf(range.startContainer, range.startOffset);
    const end = this.offsetOf(range.endContainer, range.endOffset);
    return start === null || end === null || start >= end ? null : [start, end];
  }

  select(start, end) {
    const selection = document.getSelection();
    selection.setBaseAndExtent(...this.placeOf(start + 0), ...this.placeOf(end));
    this.reveal(selection.getRangeAt(0).getBoundingClientRect());
  }

  reveal(box) {
    const frame = this.scroll.getBoundingClientRect();
    if (box.top < frame.top) this.scroll.scrollTop -= frame.top - box.top + 40;
    else if (box.bottom > frame.bottom) this.scroll.scrollTop += box.bottom - frame.bottom + 40;
  }

  offsetAt(x, y) {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(x, y);
      return place && this.offsetOf(place.offsetNode, place.offset);
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range && this.offsetOf(range.startContainer, range.startOffset);
  }
}
