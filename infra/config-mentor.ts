import { z } from "zod";

const isApi = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
};

/** Keys that say where the mentor's answers come from, each with its rule and the sentence that says how to mend it. */
export const mentorKeys = {
  mentorUrl: z
    .string()
    .refine(isApi, "must be the http or https address of an OpenAI-compatible API, such as https://HOST/v1")
    .optional(),
  mentorModel: z.string().min(1, "must be the name of a model of launchlab:mentorUrl").optional(),
};

/** What is missing, or has no effect. `raw`: the values as they were given. `hasKey`: bot:mentorKey is set. */
export function mentorProblems(raw: Readonly<Record<string, string | undefined>>, hasKey: boolean): string[] {
  const { mentorUrl, mentorModel } = raw;
  if (mentorUrl === undefined) {
    const given = [
      ...(mentorModel === undefined ? [] : ["launchlab:mentorModel"]),
      ...(hasKey ? ["bot:mentorKey"] : []),
    ];
    return given.map((key) => `${key} has no effect: set launchlab:mentorUrl, or remove it`);
  }
  return [
    ...(mentorModel === undefined
      ? ["launchlab:mentorModel is missing: the name of a model of launchlab:mentorUrl"]
      : []),
    ...(hasKey
      ? []
      : [
          "bot:mentorKey is missing: set it with `npm run pulumi -- config set --secret bot:mentorKey VALUE`, " +
            "any text where the API asks for none",
        ]),
  ];
}
