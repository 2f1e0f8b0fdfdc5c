// The text with its mentions, the way from offsets to the screen and back, the arcs.
// All text goes through textContent and text nodes: nothing in it is ever markup.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 300;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

export function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (key === "class") made.className = value;
    else if (key === "text") made.textContent = value;
    else if (key === "on") for (const [event, f] of Object.entries(value)) made.addEventListener(event, f);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export class TextView {
  constructor(root, arcs, scroll) {
    Object.assign(this, { root, arcs, scroll, nodes: [], marks: [] });
  }

  // points: the text in code points; ghosts: mentions of the pipeline.
  draw(points, annotation, ghosts, schema, state) {
    this.points = points;
    this.nodes = [];
    this.marks = [];
    const content = document.createDocumentFragment();
    const cuts = ghosts.flatMap((g) => [g.start, g.end]).sort((a, b) => a - b);
    let at = 0;
    annotation.entities.forEach((entity, i) => {
      if (entity.start < at) return;
      this._pieces(content, at, entity.start, cuts, ghosts);
      const mark = this._mark(entity, i, schema, state);
      this._pieces(mark, entity.start, entity.end, cuts, ghosts);
      if (state.active === i) this.addEdges(mark);
      content.append(mark);
      this.marks[i] = mark;
      at = entity.end;
    });
    this._pieces(content, at, points.length, cuts, ghosts);
    this.root.replaceChildren(content);
    this.root.classList.toggle("related", annotation.relations.length > 0);
  }

  _mark(entity, i, schema, state) {
    const mark = element("mark", {
      ...(RIGHT_TO_LEFT.test(entity.text) ? { dir: "auto" } : {}),
      "data-index": i, "data-label": entity.label,
      ...(state.still ? {} : {
        role: "button", tabindex: "-1", "aria-label": `${entity.label}: ${entity.text}`,
        "aria-pressed": String(state.active === i),
      }),
    });
    mark.style.setProperty("--hue", schema.hue(entity.label));
    mark.classList.toggle("active", state.active === i);
    mark.classList.toggle("source", state.source === i);
    mark.classList.toggle("wrong", state.wrong.has(`entity ${i}`));
    return mark;
  }

  // Edges to drag; only where the pointer is or a mention is chosen, since layout of
  // thousands of them takes longer than that of the text.
  addEdges(mark) {
    if (mark.classList.contains("edged")) return;
    mark.classList.add("edged");
    const index = mark.dataset.index;
    mark.append(this._edge(index, "start"), this._edge(index, "end"));
  }

  _edge(index, side) {
    return element("span", { class: `edge ${side}`, "data-edge": side, "data-index": index, "aria-hidden": "true" });
  }

  _pieces(parent, start, end, cuts, ghosts) {
    let from = start;
    const inner = cuts.filter((cut) => cut > start && cut < end);
    for (const to of [...inner, end]) {
      if (to <= from) continue;
      const node = document.createTextNode(this.points.slice(from, to).join(""));
      this.nodes.push({ node, start: from, end: to });
      const ghost = ghosts.find((g) => g.start <= from && to <= g.end);
      parent.append(ghost ? element("span", { class: "ghost", title: `pipeline: ${ghost.label}` }, node) : node);
      from = to;
    }
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

  // Only of what is in view, and some more above and below.
  drawArcs(annotation, state) {
    const frame = this.scroll.getBoundingClientRect();
    const top = Math.max(frame.top, 0) - MARGIN;
    const bottom = Math.min(frame.bottom, window.innerHeight) + MARGIN;
    const [dx, dy] = [this.scroll.scrollLeft - frame.left, this.scroll.scrollTop - frame.top];
    this.arcs.setAttribute("width", "1");
    this.arcs.setAttribute("height", "1");
    const boxes = new Map();
    const box = (i) => {
      if (!boxes.has(i)) boxes.set(i, this.marks[i]?.getClientRects()[0]);
      return boxes.get(i);
    };
    const ends = new Map();
    const drawn = annotation.relations.map((relation, i) => {
      const [head, tail] = [box(relation.head), box(relation.tail)];
      if (!head || !tail || Math.max(head.bottom, tail.bottom) < top
        || Math.min(head.top, tail.top) > bottom) return null;
      const stack = ends.get(relation.tail) ?? 0;
      ends.set(relation.tail, stack + 1);
      return this._arc(relation, head, tail, dx, dy, {
        stack, width: this.scroll.clientWidth,
        symmetric: state.symmetric.has(relation.label),
        active: state.relation === i, wrong: state.wrong.has(`relation ${i}`), turn: i % 3,
      });
    });
    this.arcs.replaceChildren(...drawn.filter(Boolean));
  }

  _arc(relation, head, tail, dx, dy, look) {
    const x1 = head.left + head.width / 2 + dx;
    const x2 = tail.left + Math.min(tail.width / 2, tail.width) + dx;
    const [y1, y2] = [head.top + dy, tail.top + dy];
    const top = Math.min(y1, y2) - 14 - look.turn * 6;
    const flat = Math.abs(y1 - y2) < 4;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", flat
      ? `M${x1},${y1} C${x1},${top} ${x2},${top} ${x2},${y2 - 4}`
      : `M${x1},${y1} C${x1},${y1 - 22} ${x2},${y2 - 22} ${x2},${y2 - 4}`);
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", `${look.active ? "active" : ""} ${look.wrong ? "wrong" : ""} ${flat ? "" : "across"}`);
    group.append(path);
    if (!look.symmetric) {
      const arrow = document.createElementNS(SVG, "path");
      arrow.setAttribute("class", "head");
      arrow.setAttribute("d", `M${x2},${y2} l-4,-7 h8 z`);
      group.append(arrow);
    }
    const label = document.createElementNS(SVG, "text");
    // Over several lines it stands above the tail, where it covers no words.
    const half = 3.7 * relation.label.length;
    const x = Math.max(half, Math.min(flat ? (x1 + x2) / 2 : x2, look.width - half));
    label.setAttribute("x", String(x));
    label.setAttribute("y", String(flat ? top + 7 : y2 - 9 - 11 * (look.stack % 2)));
    label.textContent = relation.label;
    group.append(label);
    return group;
  }
}
