/** The element with this id. The page and its script are built together, so a missing one is a defect. */
export function byId<Element extends HTMLElement>(id: string, type: abstract new () => Element): Element {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} with the id ${id}.`);
  return element;
}

export function setText(id: string, text: string): void {
  const element = byId(id, HTMLElement);
  // Untouched text is not announced again by screen readers.
  if (element.textContent !== text) element.textContent = text;
}

/** An element with text or children, by DOM calls alone: no text of a server ever becomes markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (string | Node)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
