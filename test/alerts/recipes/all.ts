import type { Recipe } from "../recipe.ts";
import { botRecipes } from "./bot.ts";
import { edgeRecipes } from "./edge.ts";
import { monitoringRecipes } from "./monitoring.ts";
import { postgresRecipes } from "./postgres.ts";
import { redisRecipes } from "./redis.ts";
import { surroundingsRecipes } from "./surroundings.ts";
import { telegramRecipes } from "./telegram.ts";
import { workRecipes } from "./work.ts";

/** How each alert is fired, by its name. */
export const recipes: Readonly<Record<string, Recipe>> = {
  ...monitoringRecipes,
  ...postgresRecipes,
  ...redisRecipes,
  ...edgeRecipes,
  ...surroundingsRecipes,
  ...botRecipes,
  ...telegramRecipes,
  ...workRecipes,
};
