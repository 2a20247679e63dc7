import { $, el } from "./dom.js";
import { currentMessages, state } from "./state.js";

/** One-time keyboards that were used, by message. */
const used = new Set();
/** Keyboards that the person has folded away, by message. */
const folded = new Set();
let choices = [];
let chosen = 0;
let actions;

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
  const person = state.people.get(state.selected);
  const fresh = person !== undefined && (currentMessages().length === 0 || person.blocked);
  $("start").hidden = !fresh;
  $("start").textContent = person?.blocked ? "Unblock the bot" : "Start";
  $("composer").hidden = fresh || person === undefined;
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
  $("text").placeholder = placeholder || "Message";
}

function keyboardButton(message, button) {
  const special = Object.keys(button).some((key) => key.startsWith("request_") || key === "web_app");
  return el(
    "button",
    {
      type: "button",
      class: "keyboard-button",
      disabled: special,
      title: special ? "The simulator does not know this kind of button" : "",
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
  closeCommands();
  if (text.trim() === "") return;
  $("text").value = "";
  // What could not be sent comes back, unless something new was typed.
  const sent = await actions.send(text);
  if (!sent && $("text").value === "") $("text").value = text;
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
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
}

/**
 * @param {{send(text: string): Promise<boolean>, start(): void}} given
 */
export function setUpComposer(given) {
  actions = given;
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    $("text").focus();
  });
  $("text").addEventListener("keydown", onKey);
  $("text").addEventListener("input", () => offerCommands(false));
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
