import { sendForm } from "./api.js";
import { $, el } from "./dom.js";
import { formatSize } from "./format.js";
import { icon } from "./icons.js";
import { actor, place } from "./state.js";
import { t } from "./texts.js";

/** @type {File[]} */
let files = [];

const arePictures = () =>
  files.length > 0 && files.every((file) => /^image\/(png|jpeg|webp)$/.test(file.type));

function draw() {
  $("upload-list").replaceChildren(
    ...files.map((file) =>
      el(
        "li",
        {},
        el("span", { class: "file-name" }, file.name),
        el("span", { class: "sub" }, formatSize(file.size)),
        el(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": `${t("remove")}: ${file.name}`,
            on: { click: () => remove(file) },
          },
          icon("close"),
        ),
      ),
    ),
  );
  $("upload-as").hidden = !arePictures();
}

/** @param {File} file */
function remove(file) {
  files = files.filter((one) => one !== file);
  if (files.length === 0) $("upload-dialog").close();
  else draw();
}

/** @param {Iterable<File>} given */
function offer(given) {
  const more = [...given];
  if (more.length === 0 || $("composer").hidden) return;
  const dialog = $("upload-dialog");
  files = dialog.open ? [...files, ...more] : more;
  draw();
  $("upload-pictures").checked = arePictures();
  $("upload-error").hidden = true;
  if (!dialog.open) {
    $("upload-caption").value = "";
    dialog.showModal();
  }
}

/** @param {() => Record<string, unknown>} takeReply what the files answer, if anything */
async function submit(event, takeReply) {
  event.preventDefault();
  const form = new FormData();
  for (const file of files) form.append("file", file);
  form.append("as", arePictures() && $("upload-pictures").checked ? "photo" : "document");
  form.append("caption", $("upload-caption").value);
  for (const [name, value] of Object.entries({ ...place(), ...takeReply() }))
    form.append(name, String(value));
  $("upload-send").disabled = true;
  try {
    await sendForm(`people/${actor().id}/files`, form);
    $("upload-dialog").close();
  } catch (error) {
    $("upload-error").textContent = error.message;
    $("upload-error").hidden = false;
  }
  $("upload-send").disabled = false;
}

/** Files come by the button, by dropping them on the chat, and by pasting them. */
export function setUpUpload(takeReply) {
  const input = $("file-input");
  $("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    offer(input.files);
    input.value = "";
  });
  $("upload-form").addEventListener("submit", (event) => submit(event, takeReply));
  $("upload-cancel").addEventListener("click", () => $("upload-dialog").close());

  const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && !$("composer").hidden;
  const chat = document.querySelector("main");
  chat.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    $("drop").hidden = false;
  });
  chat.addEventListener("dragleave", (event) => {
    if (!chat.contains(event.relatedTarget)) $("drop").hidden = true;
  });
  chat.addEventListener("drop", (event) => {
    $("drop").hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    offer(event.dataTransfer.files);
  });
  $("text").addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.files;
    if (pasted === undefined || pasted.length === 0) return;
    event.preventDefault();
    offer(pasted);
  });
}
