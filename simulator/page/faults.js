import { request } from "./api.js";
import { $ } from "./dom.js";
import { t } from "./texts.js";

/** What the simulator does at the moment; settings that the dialog does not show stay as they are. */
let settings = {};

const inputs = () => [...$("faults-form").querySelectorAll("input[name]")];
/** Shares are shown as per cent, the others as they are. */
const scale = ({ name }) => (/latency|retry_after/.test(name) ? 1 : 100);

const read = (name) => name.split(".").reduce((value, key) => value?.[key], settings);

function write(target, name, value) {
  const keys = name.split(".");
  const last = keys.pop();
  const place = keys.reduce((object, key) => (object[key] ??= {}), target);
  place[last] = value;
}

/** @param {any} current */
export function noteFaults(current) {
  settings = current;
  const latencies = [current.bot_api.latency_ms, current.openai.latency_ms].map((one) => one.max ?? one);
  const shares = inputs()
    .filter((input) => scale(input) === 100)
    .map(({ name }) => read(name));
  const on = current.flood_limits || [...latencies, ...shares].some((value) => value > 0);
  const label = t(on ? "faults_on" : "faults");
  $("faults").classList.toggle("on", on);
  $("faults").setAttribute("aria-label", label);
  $("faults").title = label;
}

function open() {
  $("faults-error").hidden = true;
  for (const input of inputs()) {
    const value = read(input.name);
    // A latency may also be a range, which the dialog leaves alone.
    const isNumber = typeof value === "number";
    input.value = isNumber ? String(Math.round(value * scale(input) * 1000) / 1000) : "";
    input.placeholder = isNumber ? "" : `${value.min}–${value.max}`;
  }
  $("flood").checked = settings.flood_limits;
  $("faults-dialog").showModal();
}

async function put(next) {
  try {
    noteFaults(await request("PUT", "faults", next));
    $("faults-dialog").close();
  } catch (error) {
    $("faults-error").textContent = error.message;
    $("faults-error").hidden = false;
  }
}

export function setUpFaults() {
  for (const input of inputs()) {
    input.type = "number";
    input.min ||= "0";
    input.max ||= "100";
    input.step = scale(input) === 1 ? "1" : "any";
  }
  $("faults").addEventListener("click", open);
  $("faults-off").addEventListener("click", () => put({}));
  $("faults-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const next = window.structuredClone(settings);
    for (const input of inputs()) {
      if (input.value !== "") write(next, input.name, Number(input.value) / scale(input));
    }
    next.flood_limits = $("flood").checked;
    put(next);
  });
}
