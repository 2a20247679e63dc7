import { request } from "./api.js";
import { $ } from "./dom.js";
import { state } from "./state.js";

/** @param {(id: number) => Promise<void>} onAdded */
export function setUpPersonDialog(onAdded) {
  const dialog = $("person-dialog");
  const form = $("person-form");
  $("add-person").addEventListener("click", () => {
    $("add-menu").hidePopover();
    form.reset();
    $("person-error").hidden = true;
    dialog.showModal();
  });
  $("person-cancel").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
    try {
      const person = await request(
        "POST",
        "people",
        Object.fromEntries(given.filter(([, value]) => value !== "")),
      );
      state.people.set(person.id, person);
      dialog.close();
      await onAdded(person.id);
    } catch (error) {
      $("person-error").textContent = error.message;
      $("person-error").hidden = false;
    }
  });
}
