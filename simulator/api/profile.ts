import type { ProfileField } from "../profile.ts";
import { readLanguage } from "./commands.ts";
import { text } from "./arguments.ts";
import { ApiError } from "./error.ts";
import type { Method } from "./method.ts";

const limits: Readonly<Record<ProfileField, number>> = { name: 64, description: 512, short_description: 120 };

const set =
  (field: ProfileField): Method =>
  ({ world, args }) => {
    const value = text(args, field);
    if (value.length > limits[field]) throw new ApiError(400, `bot ${field.replace("_", " ")} is too long`);
    world.profile.set(field, readLanguage(args), value);
    world.events.publish("commands", {});
    return true;
  };

const get =
  (field: ProfileField): Method =>
  ({ world, args }) => ({ [field]: world.profile.get(field, readLanguage(args)) });

export const profileMethods = {
  setMyName: set("name"),
  getMyName: get("name"),
  setMyDescription: set("description"),
  getMyDescription: get("description"),
  setMyShortDescription: set("short_description"),
  getMyShortDescription: get("short_description"),
};
