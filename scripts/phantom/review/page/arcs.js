// The arcs of relations above the text, drawn only where one looks.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 300;

export class Arcs {
  constructor(root, view) {
    Object.assign(this, { root, view, width: 0, pulled: null });
  }

  // A line from a mention to the pointer, while a relation is drawn with it.
  pull(mark, x, y) {
    const { left, top } = this.view.scroll.getBoundingClientRect();
    const [dx, dy] = [this.view.scroll.scrollLeft - left, this.view.scroll.scrollTop - top];
    const box = mark.getClientRects()[0];
    this.pulled ??= shape("path", { class: "pulled" });
    this.pulled.setAttribute("d", `M${box.left + box.width / 2 + dx},${box.top + dy} L${x + dx},${y + dy}`);
    this.root.append(this.pulled);
  }

  unpull() {
    this.pulled?.remove();
    this.pulled = null;
  }

  draw(annotation, state) {
    const { scroll, marks } = this.view;
    const frame = scroll.getBoundingClientRect();
    const [first, last] = inView(marks, Math.max(frame.top, 0) - MARGIN,
      Math.min(frame.bottom, window.innerHeight) + MARGIN);
    const [dx, dy] = [scroll.scrollLeft - frame.left, scroll.scrollTop - frame.top];
    this.width = scroll.clientWidth;
    const stacks = new Map();
    const drawn = [];
    annotation.relations.forEach((relation, i) => {
      if (Math.max(relation.head, relation.tail) < first || Math.min(relation.head, relation.tail) > last) return;
      const [head, tail] = [relation.head, relation.tail].map((x) => marks[x]?.getClientRects()[0]);
      if (!head || !tail) return;
      const stack = stacks.get(relation.tail) ?? 0;
      stacks.set(relation.tail, stack + 1);
      drawn.push(arc(relation, head, tail, dx, dy, {
        stack, width: this.width,
        symmetric: state.symmetric.has(relation.label),
        active: state.relation === i, wrong: state.wrong.has(`relation ${i}`), turn: i % 3,
      }));
    });
    this.root.replaceChildren(...drawn, ...(this.pulled ? [this.pulled] : []));
  }
}

// The first and the last mention between two heights. Each reading of a place is one of
// some twenty, since mentions further on in the text never stand higher.
function inView(marks, top, bottom) {
  const there = [...marks.keys()].filter((i) => marks[i]);
  const find = (is) => {
    let [low, high] = [0, there.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (is(marks[there[middle]].getBoundingClientRect())) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const first = find((box) => box.bottom >= top);
  const beyond = find((box) => box.top > bottom);
  return [there[first] ?? Infinity, there[beyond - 1] ?? -1];
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function arc(relation, head, tail, dx, dy, look) {
  const x1 = head.left + head.width / 2 + dx;
  const x2 = tail.left + tail.width / 2 + dx;
  const [y1, y2] = [head.top + dy, tail.top + dy];
  const top = Math.min(y1, y2) - 14 - look.turn * 6;
  const flat = Math.abs(y1 - y2) < 4;
  const name = [look.active && "active", look.wrong && "wrong", !flat && "across"].filter(Boolean).join(" ");
  const group = shape("g", { class: name });
  group.append(shape("path", { d: flat
    ? `M${x1},${y1} C${x1},${top} ${x2},${top} ${x2},${y2 - 4}`
    : `M${x1},${y1} C${x1},${y1 - 22} ${x2},${y2 - 22} ${x2},${y2 - 4}` }));
  if (!look.symmetric) group.append(shape("path", { class: "head", d: `M${x2},${y2} l-4,-7 h8 z` }));
  // Over several lines it stands above the tail, where it covers no words.
  const half = 3.7 * relation.label.length;
  const x = Math.max(half, Math.min(flat ? (x1 + x2) / 2 : x2, look.width - half));
  const label = shape("text", { x, y: flat ? top + 7 : y2 - 9 - 11 * (look.stack % 2) });
  label.textContent = relation.label;
  group.append(label);
  return group;
}
