import { $, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { actor, isOwn } from "./state.js";
import { t } from "./texts.js";

/** Those that people use most. */
const EMOJI = ["👍", "❤", "🔥", "🎉", "😁", "🤔", "😢", "👎"];

/**
 * Opens what can be done to a message, beside the button that asked for it.
 * @param {any} message
 * @param {HTMLElement} button
 * @param {{react(message: any, emoji: string | null): void, reply(message: any): void, edit(message: any): void}} actions
 */
export function openMenu(message, button, actions) {
  const menu = $("menu");
  const own = message.reactions?.[actor()?.id] ?? [];
  const choose = (act) => ({
    click: () => {
      menu.hidePopover();
      act();
    },
  });
  const line = (name, key, act) =>
    el("button", { type: "button", class: "menu-line", on: choose(act) }, icon(name), t(key));
  fill(
    menu,
    el(
      "div",
      { class: "menu-emoji" },
      ...EMOJI.map((emoji) =>
        el(
          "button",
          {
            type: "button",
            "aria-label": t("react", { emoji }),
            "aria-pressed": String(own.includes(emoji)),
            on: choose(() => actions.react(message, own.includes(emoji) ? null : emoji)),
          },
          emoji,
        ),
      ),
    ),
    line("reply", "reply", () => actions.reply(message)),
    isOwn(message) ? line("edit", "edit", () => actions.edit(message)) : null,
  );
  menu.showPopover();
  const { left, right, bottom, top } = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const x = Math.min(Math.max(8, isOwn(message) ? right - width : left), window.innerWidth - width - 8);
  const y = bottom + height + 8 > window.innerHeight ? top - height - 4 : bottom + 4;
  menu.style.setProperty("left", `${x}px`);
  menu.style.setProperty("top", `${Math.max(8, y)}px`);
  menu.querySelector("button").focus();
}
