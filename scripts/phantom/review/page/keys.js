// What keys do. Nothing is done while a dialog is open or something is typed.

export const KEYS = [
  ["1 ... 9", "label the selected words, or relabel the chosen mention"],
  ["l", "the same, from the list of all labels"],
  ["← →", "move over words; with Shift, extend the selection"],
  [", .", "previous, next mention"],
  ["[ ]", "move the start of the chosen mention left, right"],
  ["{ }", "move its end left, right"],
  ["r", "begin a relation at the chosen mention; r again on the other ends it"],
  ["x or Delete", "delete the chosen mention or relation"],
  ["a", "accept as it stands"],
  ["d", "reject the example"],
  ["s", "skip it"],
  ["u or Ctrl+Z", "undo an edit, else the last decision"],
  ["y or Ctrl+Y", "redo"],
  ["b n", "previous, next example, without a decision"],
  ["g", "show or hide what the pipeline found"],
  ["w", "why the pipeline found it: what each word adds"],
  ["Esc", "choose nothing"],
  ["?", "this help"],
];

const PLAIN = {
  a: (x) => x.decide("accept"), d: (x) => x.decide("reject"), s: (x) => x.decide("skip"),
  u: (x) => x.undo(), y: (x) => x.redo(), b: (x) => x.go(-1), n: (x) => x.go(1),
  g: (x) => x.toggleGhosts(), w: (x) => x.why(), l: (x) => x.labels(), r: (x) => x.begin(), x: (x) => x.remove(), "?": (x) => x.help(),
  ",": (x) => x.step(-1), ".": (x) => x.step(1),
  "[": (x) => x.edge("start", -1), "]": (x) => x.edge("start", 1),
  "{": (x) => x.edge("end", -1), "}": (x) => x.edge("end", 1),
  Delete: (x) => x.remove(), Backspace: (x) => x.remove(), Escape: (x) => x.escape(),
};

export function onKey(event, actions, state) {
  const open = document.querySelector("dialog[open]");
  if (open?.id === "choice") {
    const typed = event.target.closest("input");
    const nth = typed ? (event.key === "Enter" ? 1 : 0) : Number(/^[1-9]$/.exec(event.key)?.[0] ?? 0);
    if (!nth) return undefined;
    open.querySelectorAll("#choices button")[nth - 1]?.click();
    return event.preventDefault();
  }
  if (open?.id === "why" && event.key.startsWith("Arrow")) {
    event.preventDefault();
    return actions.stepWhy("ArrowRight ArrowDown".includes(event.key) ? 1 : -1);
  }
  if (open || event.target.closest("input, textarea") || !state.item) return undefined;
  // Brackets are typed with AltGr or Option on many keyboards.
  const bracket = "[]{}".includes(event.key);
  if ((event.ctrlKey || event.metaKey) && !(bracket && event.getModifierState("AltGraph"))) {
    const work = { z: event.shiftKey ? actions.redo : actions.undo, y: actions.redo }[event.key.toLowerCase()];
    if (!work) return undefined;
    event.preventDefault();
    return work();
  }
  if (event.altKey && !bracket) return undefined;
  if (/^[1-9]$/.test(event.key)) {
    event.preventDefault();
    return actions.label(Number(event.key) - 1);
  }
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    return actions.cursor(event.key === "ArrowRight" ? 1 : -1, event.shiftKey);
  }
  const work = PLAIN[event.key];
  if (!work) return undefined;
  event.preventDefault();
  return work(actions);
}
