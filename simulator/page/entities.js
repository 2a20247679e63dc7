import { el } from "./dom.js";
import { t } from "./texts.js";

const tags = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/** @param {string} address */
function isSafe(address) {
  return /^(https?|mailto|tel|tg):/i.test(address);
}

/**
 * @param {string} address
 * @param {Node[]} children
 */
function link(address, children) {
  if (!isSafe(address)) return el("span", {}, ...children);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/**
 * @param {any} entity
 * @param {string} text what the entity covers
 * @param {Node[]} children
 * @param {(command: string) => void} onCommand
 */
function wrap(entity, text, children, onCommand) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, children);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `http://${text}`, children);
    case "email":
      return link(`mailto:${text}`, children);
    case "bot_command":
      return el(
        "button",
        { type: "button", class: "inline-link", on: { click: () => onCommand(text) } },
        ...children,
      );
    case "mention":
    case "hashtag":
    case "cashtag":
    case "text_mention":
      return el("span", { class: "inline-link" }, ...children);
    case "spoiler": {
      const spoiler = el(
        "button",
        { type: "button", class: "spoiler", "aria-label": t("spoiler") },
        ...children,
      );
      spoiler.addEventListener("click", () => {
        spoiler.classList.add("shown");
        spoiler.removeAttribute("aria-label");
      });
      return spoiler;
    }
    case "pre":
      return el(
        "pre",
        {},
        entity.language ? el("span", { class: "language" }, entity.language) : null,
        el("code", {}, ...children),
      );
    default:
      return el(tags[entity.type] ?? "span", {}, ...children);
  }
}

/**
 * The text with its entities, as nodes. Offsets count UTF-16, as strings here do.
 * @param {string} text
 * @param {any[]} entities
 * @param {(command: string) => void} onCommand
 * @returns {Node[]}
 */
export function renderText(text, entities, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);

  /** Consumes the entities that begin before `end`. */
  const build = (start, end) => {
    const nodes = [];
    let position = start;
    while (sorted.length > 0 && sorted[0].offset < end) {
      const entity = sorted.shift();
      const begin = Math.max(entity.offset, position);
      const stop = Math.min(entity.offset + entity.length, end);
      if (stop <= begin) continue;
      if (begin > position) nodes.push(document.createTextNode(text.slice(position, begin)));
      nodes.push(wrap(entity, text.slice(begin, stop), build(begin, stop), onCommand));
      position = stop;
    }
    if (position < end) nodes.push(document.createTextNode(text.slice(position, end)));
    return nodes;
  };
  return withoutGaps(build(0, text.length));
}

/**
 * A block begins a line by itself, so the line breaks beside it would be empty lines.
 * @param {Node[]} nodes
 */
function withoutGaps(nodes) {
  const isBlock = (node) => node?.nodeName === "PRE" || node?.nodeName === "BLOCKQUOTE";
  nodes.forEach((node, index) => {
    if (node.nodeName !== "#text") return;
    if (isBlock(nodes[index - 1])) node.data = node.data.replace(/^\n/, "");
    if (isBlock(nodes[index + 1])) node.data = node.data.replace(/\n$/, "");
  });
  return nodes;
}
