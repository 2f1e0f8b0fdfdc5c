// A dialog in which one of several things is chosen, by its number or a part of its name.

import { $, element } from "/dom.js";

export function choose(title, choices, take) {
  const many = choices.length > 9;
  const list = () => {
    const part = $("filter").value.trim().toLowerCase();
    const left = choices.filter((x) => x.name.toLowerCase().includes(part));
    $("choices").replaceChildren(...left.map((x, i) => element("button", {
      text: `${many ? "" : `${i + 1}  `}${x.name}: ${x.definition}`,
      on: { click: () => { $("choice").close(); take(x.name); } },
    })));
  };
  $("choice-title").textContent = title;
  $("filter").value = "";
  $("filter").oninput = list;
  $("filter-box").hidden = !many;
  list();
  $("choice").showModal();
}
