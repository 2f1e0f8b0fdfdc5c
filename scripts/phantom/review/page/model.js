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

export function same(one, other) {
  return one.start === other.start && one.end === other.end && one.label === other.label;
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

// In place of the one mention that it overlaps; null if there are several.
export function takeEntity(annotation, points, entity) {
  const { start, end, label } = entity;
  const at = overlapping(annotation, start, end);
  if (at < 0) return addEntity(annotation, points, start, end, label);
  if (same(annotation.entities[at], entity)) return annotation;
  if (overlapping(annotation, start, end, at) >= 0) return null;
  return relabelEntity(moveEntity(annotation, points, at, start, end), at, label);
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
