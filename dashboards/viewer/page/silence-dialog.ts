import type { NewSilence } from "../api.ts";
import { el, fill } from "./dom.ts";
import { messageOf, send } from "./requests.ts";

const lengths: readonly [string, number][] = [
  ["30 minutes", 30],
  ["1 hour", 60],
  ["4 hours", 240],
  ["1 day", 1440],
  ["1 week", 10_080],
];
/** Labels that say how bad or whose it is, rather than what. */
const unlikely = ["severity", "service", "stack"];

const AUTHOR = "launchlab-author";

/** Asks what is to be silent, how long and why. `labels`: those of an alert; without any, they are typed. */
export function openSilenceDialog(labels: Readonly<Record<string, string>>, done: () => void): void {
  const known = Object.entries(labels);
  const boxes = known.map(([name, value]) => {
    const box = el("input", { type: "checkbox" });
    box.checked = !unlikely.includes(name);
    return { name, value, box };
  });
  const typed = el("input", { required: true, placeholder: "alertname=RedisDown", "aria-label": "Labels" });
  const length = el(
    "select",
    {},
    ...lengths.map(([text, minutes]) => el("option", { value: minutes }, text)),
  );
  length.value = "60";
  const comment = el("input", { required: true, maxlength: 500, placeholder: "Why, and what is being done" });
  const author = el("input", { required: true, maxlength: 100, value: localStorage.getItem(AUTHOR) ?? "" });
  const problem = el("p", { class: "problem", role: "alert" });
  problem.hidden = true;

  const matchers = (): NewSilence["matchers"] =>
    known.length > 0
      ? boxes.filter(({ box }) => box.checked).map(({ name, value }) => ({ name, value }))
      : typed.value.split(",").map((pair) => {
          const [name = "", ...value] = pair.split("=");
          return {
            name: name.trim(),
            value: value
              .join("=")
              .trim()
              .replace(/^"(.*)"$/, "$1"),
          };
        });

  const dialog = el("dialog", { class: "silence-dialog", "aria-label": "New silence" });
  const form = el(
    "form",
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          const wanted: NewSilence = {
            matchers: matchers(),
            minutes: Number(length.value),
            comment: comment.value,
            author: author.value,
          };
          localStorage.setItem(AUTHOR, author.value);
          send("POST", "/api/silences", wanted)
            .then(() => {
              dialog.close();
              done();
            })
            .catch((error: unknown) => {
              problem.textContent = messageOf(error);
              problem.hidden = false;
            });
        },
      },
    },
    el("h2", {}, "New silence"),
    el("p", {}, "Alerts with all of these labels are shown, but nobody is told."),
    known.length > 0
      ? el(
          "fieldset",
          {},
          el("legend", {}, "Labels"),
          ...boxes.map(({ name, value, box }) => el("label", {}, box, ` ${name}=${value}`)),
        )
      : el("label", {}, "Labels, commas between them", typed),
    el("label", {}, "For", length),
    el("label", {}, "Comment", comment),
    el("label", {}, "Your name", author),
    problem,
    el(
      "footer",
      {},
      el("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel"),
      el("button", { type: "submit", class: "primary" }, "Silence"),
    ),
  );
  fill(dialog, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  comment.focus();
}
