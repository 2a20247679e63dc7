const paths = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  send: "M12 20V5M5.5 11.5L12 5l6.5 6.5",
  slash:
    "M4 5.5A1.5 1.5 0 015.5 4h13A1.5 1.5 0 0120 5.5v13a1.5 1.5 0 01-1.5 1.5h-13A1.5 1.5 0 014 18.5zM10 16l4-8",
  keyboard:
    "M3 7.5A1.5 1.5 0 014.5 6h15A1.5 1.5 0 0121 7.5v9a1.5 1.5 0 01-1.5 1.5h-15A1.5 1.5 0 013 16.5zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  bot: "M12 4v3M6.5 7h11A1.5 1.5 0 0119 8.5v8a1.5 1.5 0 01-1.5 1.5h-11A1.5 1.5 0 015 16.5v-8A1.5 1.5 0 016.5 7zM9.3 11v1.5M14.7 11v1.5M3 11.5v3M21 11.5v3M9.5 15.3h5",
  block: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM6 6l12 12",
  unblock: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM8.3 12.3l2.6 2.6 4.9-5.3",
  log: "M4 18v-5M9.3 18V9M14.7 18v-7M20 18V5",
  clock: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.3l2.7 1.7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warn: "M12 4.5l8.5 15h-17zM12 10.5v4M12 17h.01",
  link: "M8 16l8-8M9.5 8H16v6.5",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  reply: "M10 6l-6 6 6 6M4 12h9a7 7 0 017 7",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18zM14.5 6.5l3 3",
  close: "M6 6l12 12M18 6L6 18",
  attach: "M19 11.5l-7.5 7.5a4.5 4.5 0 01-6.4-6.4l8-8a3 3 0 014.3 4.3l-8 8a1.5 1.5 0 01-2.1-2.1L14 8",
  file: "M7 3.5h7l4.5 4.5v11a1.5 1.5 0 01-1.5 1.5H7A1.5 1.5 0 015.5 19V5A1.5 1.5 0 017 3.5zM13.5 3.5V8.5h5",
  group:
    "M9 11a3 3 0 100-6 3 3 0 000 6zM3.5 19a5.5 5.5 0 0111 0M15.5 5.3a3 3 0 010 5.4M17 13.8a5.5 5.5 0 013.5 5.2",
  person: "M12 11.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM5 20a7 7 0 0114 0",
  star: "M12 4l2.5 5.2 5.5.7-4 3.9 1 5.6-5-2.7-5 2.7 1-5.6-4-3.9 5.5-.7z",
  info: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM12 11v5M12 8h.01",
  fault: "M13 3L5 13.500h6L10.500 21 19 10h-6z",
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
