// What labels and relations the domain has, and whether an annotation keeps to them.

export class Schema {
  constructor(setup) {
    this.labels = setup.labels;
    this.relations = new Map(setup.relations.map((r) => [
      r.name, { ...r, allowed: new Set(r.pairs.map((p) => p.join("\n"))) }]));
    this.hues = new Map(setup.labels.map((l, i) => [l.name, (205 + i * 137) % 360]));
  }

  // One rule for each color: elements of one class share their style, which a property
  // of each would keep them from.
  paint() {
    const sheet = new CSSStyleSheet();
    for (const hue of [0, ...this.hues.values()]) sheet.insertRule(`.hue-${hue} { --hue: ${hue}; }`);
    document.adoptedStyleSheets = [sheet];
  }

  hue(label) { return `hue-${this.hues.get(label) ?? 0}`; }

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

  // The same as the server checks before it saves. Entities are sorted by their start, so
  // that one which overlaps any later one overlaps the next.
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
      const next = annotation.entities[i + 1];
      if (next && next.start < e.end) add("entity", i, `"${e.text}" overlaps "${next.text}"`);
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
