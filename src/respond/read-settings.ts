import { readFile } from "node:fs/promises";
import * as z from "zod";
import { RespondSettings } from "../config/settings.ts";
import { Failure, reasonOf } from "../core/failure.ts";

/** Reads what root has written for the responder. Throws a Failure that says what is wrong with it. */
export async function readRespondSettings(path: string): Promise<RespondSettings> {
  const hint = "it is written from the settings by: stockade start, stockade reload";
  try {
    return RespondSettings.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
    throw new Failure(`cannot use "${path}": ${reason}`, { hint, cause: error });
  }
}
