// Elements of the page. All text goes through textContent and text nodes: nothing that
// a person or a file wrote is ever markup.

export const $ = (id) => document.getElementById(id);

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

// Say something below the text; kind: "good" or "bad".
export function tell(message, kind = "") {
  $("status").textContent = message;
  $("status").className = kind;
}
