// What the page asks of its server. A failure is an Error with the server's words.

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("the server does not answer; nothing was saved. Is `review` still running?");
  }
  if (!answer.ok) {
    const text = await answer.text();
    let told;
    try { told = JSON.parse(text); } catch { told = { detail: text.trim() }; }
    throw Object.assign(new Error(told.detail), { code: told.code, problems: told.problems ?? [] });
  }
  return answer.json();
}

const send = (path, content) => ask(path, {
  method: "POST", body: JSON.stringify(content), headers: { "Content-Type": "application/json" },
});
const who = (annotator) => `annotator=${encodeURIComponent(annotator)}`;

export const api = {
  setup: () => ask("/api/setup"),
  example: (annotator, position) => ask(`/api/example/${position}?${who(annotator)}`),
  next: (annotator, position) => ask(`/api/next/${position}?${who(annotator)}`),
  progress: (annotator) => ask(`/api/progress?${who(annotator)}`),
  conflict: (annotator, id) => ask(`/api/conflict?${who(annotator)}&id=${encodeURIComponent(id)}`),
  why: (id) => ask(`/api/why?id=${encodeURIComponent(id)}`),
  save: (decision) => send("/api/save", decision),
  comparison: (annotator) => ask(`/api/comparison?${who(annotator)}`),
  pick: (choice) => send("/api/pick", choice),
};
