// Edits of an annotation. Every function returns a new one and leaves the old as it is.
// Offsets count code points, as Python does, not the units of UTF-16.

export function sorted(annotation) {
  const order = annotation.entities.map((_, i) => i);
  order.sort((a, b) => annotation.entities[a].start - annotation.entities[b].start);
  const place = new Map(order.map((old, now) => [old, now]));
  return {
    entities: order.map((i) => annotation.entities[i]),
    relations: annotation.relations.map((r) => (
      { head: place.get(r.head), tail: place.get(r.tail), label: r.label })),
  };
}

export function overlapping(annotation, start, end, except = -1) {
  return annotation.entities.findIndex(
    (e, i) => i !== except && start < e.end && e.start < end);
}

export function addEntity(annotation, points, start, end, label) {
  const text = points.slice(start, end).join("");
  const entities = [...annotation.entities, { start, end, label, text }];
  return sorted({ entities, relations: annotation.relations });
}

export function moveEntity(annotation, points, index, start, end) {
  const text = points.slice(start, end).join("");
  const entities = annotation.entities.map(
    (e, i) => (i === index ? { ...e, start, end, text } : e));
  return { entities, relations: annotation.relations };
}

export function relabelEntity(annotation, index, label) {
  const entities = annotation.entities.map(
    (e, i) => (i === index ? { ...e, label } : e));
  return { entities, relations: annotation.relations };
}

export function removeEntity(annotation, index) {
  const down = (i) => (i > index ? i - 1 : i);
  return {
    entities: annotation.entities.filter((_, i) => i !== index),
    relations: annotation.relations
      .filter((r) => r.head !== index && r.tail !== index)
      .map((r) => ({ head: down(r.head), tail: down(r.tail), label: r.label })),
  };
}

export function addRelation(annotation, head, tail, label) {
  const relations = [...annotation.relations, { head, tail, label }];
  return { entities: annotation.entities, relations };
}

export function removeRelation(annotation, index) {
  const relations = annotation.relations.filter((_, i) => i !== index);
  return { entities: annotation.entities, relations };
}

export class Schema {
  constructor(setup) {
    this.labels = setup.labels;
    this.relations = new Map(setup.relations.map((r) => [
      r.name, { ...r, allowed: new Set(r.pairs.map((p) => p.join("\n"))) }]));
    this.hues = new Map(setup.labels.map((l, i) => [l.name, (205 + i * 137) % 360]));
  }

  hue(label) { return this.hues.get(label) ?? 0; }

  allows(label, head, tail) {
    const rule = this.relations.get(label);
    return Boolean(rule && rule.allowed.has(`${head}\n${tail}`));
  }

  choices(annotation, head, tail) {
    const [a, b] = [annotation.entities[head].label, annotation.entities[tail].label];
    const there = (x, y, label) => annotation.relations.some(
      (r) => r.head === x && r.tail === y && r.label === label);
    return [...this.relations.values()].filter((rule) => (
      this.allows(rule.name, a, b) && !there(head, tail, rule.name)
      && !(rule.symmetric && there(tail, head, rule.name))));
  }

  // The same as the server checks before it saves.
  problems(annotation, size, starts, ends) {
    const found = [];
    const add = (at, index, detail, severity = "error") => (
      found.push({ at, index, detail, severity }));
    annotation.entities.forEach((e, i) => {
      if (!(e.start < e.end && e.end <= size)) add("entity", i, "leaves the text");
      else if (e.text.trim() !== e.text) add("entity", i, `"${e.text}" begins or ends with space`);
      else if (!starts.has(e.start) || !ends.has(e.end)) {
        add("entity", i, `"${e.text}" does not end on token bounds; training will leave it out`, "warning");
      }
      if (!this.hues.has(e.label)) add("entity", i, `${e.label} is no label of the domain`);
      const other = overlapping(annotation, e.start, e.end, i);
      if (other > i) add("entity", i, `"${e.text}" overlaps "${annotation.entities[other].text}"`);
    });
    const seen = new Set();
    annotation.relations.forEach((r, i) => {
      const [head, tail] = [annotation.entities[r.head], annotation.entities[r.tail]];
      const rule = this.relations.get(r.label);
      const ends2 = rule?.symmetric ? [r.head, r.tail].sort((a, b) => a - b) : [r.head, r.tail];
      const key = `${ends2.join(" ")} ${r.label}`;
      if (!rule) add("relation", i, `${r.label} is no relation of the domain`);
      else if (r.head === r.tail) add("relation", i, `${r.label} joins a mention with itself`);
      else if (!this.allows(r.label, head.label, tail.label)) {
        add("relation", i, `${r.label} may not join ${head.label} and ${tail.label}`);
      } else if (seen.has(key)) add("relation", i, `duplicate ${r.label}`);
      seen.add(key);
    });
    return found;
  }
}
