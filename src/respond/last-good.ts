import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { RespondSettings } from "../config/settings.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { readKept, writeKept } from "./kept.ts";
import { readRespondSettings } from "./read-settings.ts";

/** The settings at a start and at a reload, with a copy of the last that were in order. */
export interface SettingsSource {
  /**
   * For a start: a mistake in the admin's file must not leave the server without its blocks and its white list, so the
   * last good settings do until it is mended. Throws a Failure when there are none.
   */
  first(): Promise<RespondSettings>;
  /** For a reload. Throws a Failure that says what is wrong. */
  again(): Promise<RespondSettings>;
}

const kept = {
  schema: z.strictObject({ version: z.literal(1), settings: RespondSettings }),
  loss: "there are no last good settings",
};

/** `path` is what root writes at every start and reload, `copy` our own. */
export function settingsSource(path: string, copy: string, log: Log): SettingsSource {
  let copied: RespondSettings | undefined;
  const again = async () => {
    const settings = await readRespondSettings(path);
    if (isDeepStrictEqual(settings, copied)) return settings;
    try {
      await writeKept(copy, { version: 1, settings });
      copied = settings;
    } catch (error) {
      log.error(`cannot keep a copy of the settings in "${copy}": ${reasonOf(error)}`);
    }
    return settings;
  };
  return {
    again,
    async first() {
      try {
        return await again();
      } catch (error) {
        const saved = await readKept(copy, kept, log);
        if (!saved) throw error;
        log.error(`${reasonOf(error)}; starting with the last good settings`);
        log.error("hint: stockade config check tells what is wrong; then: stockade reload");
        copied = saved.settings;
        return saved.settings;
      }
    },
  };
}
