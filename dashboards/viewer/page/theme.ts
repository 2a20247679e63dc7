import { byId } from "./dom.ts";

/** The switch between light and dark; what the reader chose is kept in a cookie, so that the server draws it at once. */
const button = byId("theme");
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = (): boolean => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";

function show(): void {
  button.textContent = isDark() ? "☀" : "☾";
  button.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
}

const announce = (): void => {
  show();
  document.dispatchEvent(new Event("theme"));
};

button.addEventListener("click", () => {
  root.dataset["theme"] = isDark() ? "light" : "dark";
  document.cookie = `launchlab-theme=${root.dataset["theme"]}; path=/; max-age=31536000; samesite=strict`;
  announce();
});
system.addEventListener("change", announce);
show();
