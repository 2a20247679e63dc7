type Child = Node | string | undefined | false;

interface Properties {
  readonly class?: string;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly [attribute: string]: unknown;
}

/** Builds an element. Strings among the children become text, never markup; `true` is an attribute without a value. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { on = {}, ...attributes } = properties;
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string" || typeof value === "number") element.setAttribute(name, String(value));
    else if (value === true) element.setAttribute(name, "");
  }
  element.append(...present(children));
  return element;
}

/** Puts these in place of whatever is in an element. */
export const fill = (element: Element, ...children: readonly Child[]): void =>
  element.replaceChildren(...present(children));

const present = (children: readonly Child[]) =>
  children.filter((child) => child !== undefined && child !== false);

/** An element that the page is sure to have. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** A colour of the style sheet as the canvas needs it. */
export function colour(name: string): string {
  const probe = el("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
