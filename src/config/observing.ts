import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Settings } from "./settings.ts";

/** What `stockade observe` has switched over to only being told, besides what the settings say. */
const Observing = z.strictObject({
  version: z.literal(1),
  switched: z.array(
    z.strictObject({
      /** A rule's id, or everything. */
      what: z.union([z.literal("all"), z.number().int()]),
      /** In milliseconds since 1970. */
      since: z.number().int(),
      /** Absent: until somebody switches it back. */
      until: z.number().int().or(z.undefined()).optional(),
    }),
  ),
});
export type Switched = z.infer<typeof Observing>["switched"][number];

/** What is switched over at `now` by the file of `stockade observe`; nothing where there is no such file. */
export function switchedIn(path: string, now: number): Switched[] {
  try {
    const { switched } = Observing.parse(JSON.parse(readFileSync(path, "utf8")));
    return switched.filter(({ until }) => until === undefined || until > now);
  } catch {
    // None, or no such file: root alone writes it, and whole.
    return [];
  }
}

/** The settings with what is switched over. */
export function withSwitched(settings: Settings, switched: readonly Switched[]): Settings {
  const { blocking } = settings;
  const rules = switched.flatMap(({ what }) => (what === "all" ? [] : [what]));
  const observe = blocking.observe || switched.some(({ what }) => what === "all");
  const observeRules = [...new Set([...blocking.observeRules, ...rules])];
  return { ...settings, blocking: { ...blocking, observe, observeRules } };
}
