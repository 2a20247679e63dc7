import { $, el } from "./dom.js";
import { icon } from "./icons.js";

const TOAST_MS = 4000;

/**
 * @param {string} text
 * @param {"info" | "error"} [kind]
 */
export function toast(text, kind = "info") {
  const node = el(
    "div",
    { class: `toast ${kind}` },
    kind === "error" ? icon("warn") : null,
    el("span", {}, text),
  );
  $("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

export const report = (error) => toast(error.message, "error");
