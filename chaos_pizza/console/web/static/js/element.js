// Elements of the page. Every text becomes a text node: what people wrote is never read as markup.

/**
 * Make an element. `options` are its attributes, and besides them `text` and `on` (listeners by the event's name).
 * An attribute that is null or false is left out, one that is true stands there empty.
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Set an element's text where it is another one, so that nothing is drawn or read out twice. */
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
