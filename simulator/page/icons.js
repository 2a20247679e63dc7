const paths = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  send: "M12 20V5M5.5 11.500L12 5l6.5 6.5",
  slash:
    "M4 5.500A1.5 1.5 0 015.5 4h13A1.5 1.5 0 0120 5.500v13a1.5 1.5 0 01-1.5 1.500h-13A1.5 1.5 0 014 18.500zM10 16l4-8",
  keyboard:
    "M3 7.500A1.5 1.5 0 014.5 6h15A1.5 1.5 0 0121 7.500v9a1.5 1.5 0 01-1.5 1.500h-15A1.5 1.5 0 013 16.500zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  bot: "M12 4v3M6.5 7h11A1.5 1.5 0 0119 8.500v8a1.5 1.5 0 01-1.5 1.500h-11A1.5 1.5 0 015 16.500v-8A1.5 1.5 0 016.5 7zM9.3 11v1.500M14.7 11v1.500M3 11.500v3M21 11.500v3M9.5 15.300h5",
  block: "M12 3.500a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM6 6l12 12",
  unblock: "M12 3.500a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM8.3 12.300l2.6 2.6 4.9-5.3",
  log: "M4 18v-5M9.3 18V9M14.7 18v-7M20 18V5",
  clock: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.300l2.7 1.7",
  check: "M5 12.500l4.5 4.500L19 7.5",
  warn: "M12 4.500l8.5 15h-17zM12 10.500v4M12 17h.01",
  link: "M8 16l8-8M9.5 8H16v6.5",
  loading: "M12 4a8 8 0 11-8 8",
};

/**
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", paths[name] ?? "");
  svg.append(path);
  return svg;
}

/** Puts an icon into each element that asks for one with data-icon. */
export function placeIcons() {
  for (const element of document.querySelectorAll("[data-icon]")) {
    element.replaceChildren(icon(element.dataset.icon));
  }
}
