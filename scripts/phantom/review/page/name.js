// Who decides: asked once in each tab, and again on request.
// leave: called before the name changes; begin: after it.

import { $ } from "/dom.js";

export function askName(state, begin, leave = () => undefined) {
  const use = (name) => {
    leave();
    state.annotator = name;
    sessionStorage.setItem("annotator", name);
    $("name-shown").textContent = name;
    begin();
  };
  const ask = () => {
    $("annotator").value = state.annotator;
    $("name").returnValue = "";
    $("name").showModal();
  };
  $("open-name").addEventListener("click", ask);
  $("name").addEventListener("close", () => {
    const name = $("annotator").value.trim();
    if ($("name").returnValue === "begin" && name) use(name);
    else if (!state.annotator) ask();
  });
  const known = sessionStorage.getItem("annotator");
  if (known) use(known);
  else ask();
}
