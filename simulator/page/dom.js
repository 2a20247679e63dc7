/**
 * Builds an element. Strings among the children become text, never markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `class` and names with a dash become attributes; `on` listeners
 * @param {...(Node | string | null | undefined | false)} children
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "class" || name === "role" || name.includes("-")) {
      element.setAttribute(name, String(value));
    } else {
      element[name] = value;
    }
  }
  element.append(...present(children));
  return element;
}

const present = (children) =>
  children.filter((child) => child !== null && child !== undefined && child !== false);

/**
 * Puts these in place of whatever is in an element; those that are not there are left out.
 * @param {Element} element
 * @param {...(Node | string | null | undefined | false)} children
 */
export const fill = (element, ...children) => element.replaceChildren(...present(children));

/** @param {string} id */
export const $ = (id) => document.getElementById(id);
