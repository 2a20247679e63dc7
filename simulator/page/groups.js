import { request } from "./api.js";
import { $, el } from "./dom.js";
import { fullName } from "./format.js";
import { currentGroup, nameOf, state } from "./state.js";
import { t } from "./texts.js";

const botStatuses = ["administrator", "member", "left", "kicked"];
const statuses = ["administrator", "member", "left"];

/** @param {HTMLSelectElement} select @param {string[]} values @param {(value: string) => string} name */
function setOptions(select, values, name, current) {
  select.replaceChildren(
    ...values.map((value) => el("option", { value, selected: value === current }, name(value))),
  );
}

function openNew() {
  $("group-form").reset();
  $("group-error").hidden = true;
  setOptions($("group-bot"), botStatuses.slice(0, 3), (value) => t(`bot_${value}`), "member");
  $("group-members").replaceChildren(
    ...[...state.people.values()].map((person) =>
      el(
        "label",
        { class: "check" },
        el("input", { type: "checkbox", name: "member", value: String(person.id), checked: true }),
        el("span", {}, fullName(person)),
      ),
    ),
  );
  $("group-dialog").showModal();
}

/** @param {(id: number) => void} onCreated */
async function create(event, onCreated) {
  event.preventDefault();
  const form = new FormData($("group-form"));
  const members = form.getAll("member").map(Number);
  try {
    if (members.length === 0) throw new Error(t("choose_members"));
    const group = await request("POST", "groups", {
      title: String(form.get("title")).trim(),
      members,
      bot: form.get("bot"),
    });
    state.groups.set(group.id, group);
    $("group-dialog").close();
    onCreated(group.id);
  } catch (error) {
    $("group-error").textContent = error.message;
    $("group-error").hidden = false;
  }
}

/** Shows who is in the selected group; every change happens at once. */
export function drawGroupInfo() {
  const group = currentGroup();
  if (group === undefined) return;
  $("info-title").textContent = group.title;
  setOptions($("info-bot"), botStatuses, (value) => t(`bot_${value}`), group.bot);
  const status = new Map(group.members.map((one) => [one.id, one.status]));
  $("info-members").replaceChildren(
    ...[...state.people.values()].map(({ id }) => {
      const select = el("select", { "aria-label": nameOf(id), "data-member": id });
      const current = status.get(id) ?? "left";
      setOptions(select, current === "creator" ? ["creator"] : statuses, (value) => t(value), current);
      select.disabled = current === "creator";
      select.addEventListener("change", () => change(`groups/${group.id}/members/${id}`, select.value));
      return el("li", {}, el("span", {}, nameOf(id)), select);
    }),
  );
}

async function change(path, status) {
  try {
    await request("PUT", path, { status });
    $("info-error").hidden = true;
  } catch (error) {
    $("info-error").textContent = error.message;
    $("info-error").hidden = false;
    drawGroupInfo();
  }
}

/** @param {(id: number) => void} onCreated */
export function setUpGroups(onCreated) {
  $("add-group").addEventListener("click", openNew);
  $("group-cancel").addEventListener("click", () => $("group-dialog").close());
  $("group-form").addEventListener("submit", (event) => create(event, onCreated));
  $("group-info").addEventListener("click", () => {
    $("info-error").hidden = true;
    drawGroupInfo();
    $("info-dialog").showModal();
  });
  $("info-bot").addEventListener("change", ({ target }) =>
    change(`groups/${state.selected}/bot`, target.value),
  );
}
