import { faultSettings } from "../faults/settings.ts";
import type { World } from "../world.ts";
import { route, type Route } from "./route.ts";

/** What goes wrong on purpose. */
export const faultRoutes = ({ faults }: World): Route[] => [
  route({
    method: "GET",
    path: "faults",
    summary: "What goes wrong on purpose",
    answer: faultSettings,
    handle: () => faults.settings(),
  }),
  route({
    method: "PUT",
    path: "faults",
    summary: "Chooses what goes wrong on purpose: what is left out is off, so {} turns everything off",
    body: faultSettings,
    answer: faultSettings,
    handle({ body }) {
      faults.set(body);
      return body;
    },
  }),
];
