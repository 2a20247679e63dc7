import { request } from "./api.js";
import { $, el } from "./dom.js";
import { actor, place, state } from "./state.js";
import { t } from "./texts.js";

/** After the last key the bot is asked. */
const PAUSE_MS = 300;

let timer;
/** The newest question; answers to earlier ones are passed over. */
let asked = 0;

function draw(...items) {
  $("inline-results").hidden = items.length === 0;
  $("inline-results").replaceChildren(...items);
}

export function closeInline() {
  clearTimeout(timer);
  asked += 1;
  draw();
}

const note = (text) => el("li", { class: "sub note" }, text);

/** @param {() => void} onWritten */
async function ask(query, onWritten) {
  const mine = (asked += 1);
  draw(note(t("inline_asking")));
  const person = actor().id;
  try {
    const answer = await request("POST", `people/${person}/inline`, { query, ...place() });
    if (mine !== asked) return;
    if (answer.results.length === 0) {
      draw(note(t("inline_nothing")));
      return;
    }
    const choose = async (id) => {
      closeInline();
      await request("POST", `people/${person}/choose`, {
        inline_query_id: answer.inline_query_id,
        result_id: id,
        ...place(),
      });
      onWritten();
    };
    draw(
      ...answer.results.map(({ id, title, description, message }) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", on: { click: () => choose(id).catch((error) => draw(note(error.message))) } },
            el("strong", {}, title || message.text),
            el("span", { class: "sub" }, description || message.text),
          ),
        ),
      ),
    );
  } catch (error) {
    if (mine === asked) draw(note(error.message));
  }
}

/**
 * Asks the bot when the text is its name and a question; the answer says whether it is.
 * @param {string} text
 * @param {() => void} onWritten called when something was chosen
 */
export function offerInline(text, onWritten) {
  const name = `@${state.bot?.username} `;
  clearTimeout(timer);
  if (!text.toLowerCase().startsWith(name.toLowerCase())) {
    closeInline();
    return;
  }
  timer = setTimeout(() => ask(text.slice(name.length).trim(), onWritten), PAUSE_MS);
}
