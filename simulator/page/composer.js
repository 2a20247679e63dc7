import { $, el } from "./dom.js";
import { closeInline, offerInline } from "./inline.js";
import { actor, currentGroup, currentMessages, inShort, nameOf, state } from "./state.js";
import { t } from "./texts.js";

/** One-time keyboards that were used, by message. */
const used = new Set();
/** Keyboards that the person has folded away, by message. */
const folded = new Set();
let choices = [];
let chosen = 0;
let actions;
/** The message that is answered or changed by what is written next. */
let about;

/** The bot's newest word about the reply keyboard. */
function replyKeyboard() {
  const message = currentMessages().findLast(
    (m) => m.from === "bot" && m.keyboard !== null && !("inline_keyboard" in m.keyboard),
  );
  return message === undefined || !("keyboard" in message.keyboard) ? undefined : message;
}

function forcedReply() {
  const last = currentMessages().at(-1);
  return last?.from === "bot" && last.keyboard !== null && "force_reply" in last.keyboard
    ? last.keyboard
    : undefined;
}

export function drawComposer() {
  const person = actor();
  const isPrivate = currentGroup() === undefined;
  const fresh = isPrivate && person !== undefined && (currentMessages().length === 0 || person.blocked);
  $("start").hidden = !fresh;
  $("start").textContent = t(person?.blocked ? "unblock_bot" : "start");
  $("composer").hidden = fresh || person === undefined;
  drawAbout();
  $("commands-button").hidden = state.commands.length === 0;
  if (fresh) closeCommands();

  const message = fresh ? undefined : replyKeyboard();
  const open = message !== undefined && !folded.has(message.message_id) && !used.has(message.message_id);
  $("keyboard-button").hidden = message === undefined;
  $("keyboard-button").setAttribute("aria-expanded", String(open));
  const keyboard = $("keyboard");
  keyboard.hidden = !open;
  keyboard.replaceChildren(
    ...(open ? message.keyboard.keyboard : []).map((row) =>
      el("div", { class: "keyboard-row" }, ...row.map((button) => keyboardButton(message, button))),
    ),
  );
  const placeholder = message?.keyboard.input_field_placeholder ?? forcedReply()?.input_field_placeholder;
  $("text").placeholder = placeholder || t("message");
}

function drawAbout() {
  $("about").hidden = about === undefined;
  if (about === undefined) return;
  const { kind, message } = about;
  $("about-title").textContent =
    kind === "edit" ? t("edit_message") : t("reply_to", { name: nameOf(message.sender) });
  $("about-text").textContent = inShort(message);
}

/**
 * Begins to answer or change a message.
 * @param {"reply" | "edit"} kind
 * @param {any} message
 */
export function beginAbout(kind, message) {
  about = { kind, message };
  if (kind === "edit") $("text").value = message.text;
  drawAbout();
  $("text").focus();
}

/** Forgets what is answered or changed. */
export function endAbout() {
  if (about?.kind === "edit") $("text").value = "";
  about = undefined;
  drawAbout();
}

/** What the next message answers, which is forgotten by that. */
export function takeReply() {
  const reply = about?.kind === "reply" ? { reply_to: about.message.message_id } : {};
  if (about?.kind === "reply") endAbout();
  return reply;
}

function keyboardButton(message, button) {
  const special = Object.keys(button).some((key) => key.startsWith("request_") || key === "web_app");
  return el(
    "button",
    {
      type: "button",
      class: "keyboard-button",
      disabled: special,
      title: special ? t("unknown_button") : "",
      on: {
        click: () => {
          if (message.keyboard.one_time_keyboard) used.add(message.message_id);
          actions.send(button.text);
        },
      },
    },
    button.text,
  );
}

/** Shows the commands that begin with what is typed. */
function offerCommands(all) {
  const typed = /^\/([a-z0-9_]*)$/i.exec($("text").value)?.[1];
  choices = all
    ? state.commands
    : typed === undefined
      ? []
      : state.commands.filter((c) => c.command.startsWith(typed.toLowerCase()));
  chosen = 0;
  drawCommands();
}

function drawCommands() {
  const open = choices.length > 0;
  $("commands").hidden = !open;
  $("text").setAttribute("aria-expanded", String(open));
  $("commands-button").setAttribute("aria-expanded", String(open));
  $("commands").replaceChildren(
    ...choices.map((choice, index) =>
      el(
        "li",
        {
          role: "option",
          id: `command-${index}`,
          "aria-selected": String(index === chosen),
          on: { mousedown: (event) => event.preventDefault(), click: () => choose(choice) },
        },
        el("strong", {}, `/${choice.command}`),
        el("span", { class: "sub" }, choice.description),
      ),
    ),
  );
  if (open) {
    $("text").setAttribute("aria-activedescendant", `command-${chosen}`);
    $(`command-${chosen}`).scrollIntoView({ block: "nearest" });
  } else {
    $("text").removeAttribute("aria-activedescendant");
  }
}

export function closeCommands() {
  choices = [];
  drawCommands();
}

function choose({ command }) {
  closeCommands();
  $("text").value = "";
  actions.send(`/${command}`);
  $("text").focus();
}

async function submit() {
  const text = $("text").value;
  const before = about;
  closeCommands();
  closeInline();
  if (text.trim() === "") return;
  about = undefined;
  drawAbout();
  $("text").value = "";
  const reply = before?.kind === "reply" ? { reply_to: before.message.message_id } : {};
  const sent =
    before?.kind === "edit" ? await actions.change(before.message, text) : await actions.send(text, reply);
  // What could not be sent comes back, unless something new was typed.
  if (!sent && $("text").value === "") {
    $("text").value = text;
    about = before;
    drawAbout();
  }
}

function onKey(event) {
  if (event.isComposing) return;
  if (choices.length > 0) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      chosen = (chosen + step + choices.length) % choices.length;
      drawCommands();
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      closeCommands();
      return;
    }
    const exact = choices.length === 1 && $("text").value === `/${choices[0].command}`;
    if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !exact)) {
      event.preventDefault();
      choose(choices[chosen]);
      return;
    }
  }
  if (event.key === "Escape" && about !== undefined) endAbout();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
}

/**
 * @param {{
 *   send(text: string, reply?: object): Promise<boolean>,
 *   change(message: any, text: string): Promise<boolean>,
 *   start(): void,
 * }} given
 */
export function setUpComposer(given) {
  actions = given;
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    $("text").focus();
  });
  $("text").addEventListener("keydown", onKey);
  $("text").addEventListener("input", () => {
    offerCommands(false);
    offerInline($("text").value, () => ($("text").value = ""));
  });
  $("about-close").addEventListener("click", () => {
    endAbout();
    $("text").focus();
  });
  $("text").addEventListener("blur", closeCommands);
  $("start").addEventListener("click", () => actions.start());
  $("commands-button").addEventListener("mousedown", (event) => event.preventDefault());
  $("commands-button").addEventListener("click", () => {
    const open = choices.length > 0;
    $("text").focus();
    if (open) closeCommands();
    else offerCommands(true);
  });
  $("keyboard-button").addEventListener("click", () => {
    const id = replyKeyboard()?.message_id;
    if (folded.has(id) || used.has(id)) {
      folded.delete(id);
      used.delete(id);
    } else {
      folded.add(id);
    }
    drawComposer();
  });
}
