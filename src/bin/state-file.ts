import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";

/** A small file of the daemon's that outlasts it. */
export interface StateFile<State> {
  /** Undefined where there is none. One that cannot be understood is set aside, and a warning says what is lost. */
  load(): State | undefined;
  /** Replaces it, whole or not at all. Never throws: trouble is told once. */
  save(state: State): void;
}

interface Contents<State> {
  readonly schema: z.ZodType<State>;
  /** What it means that the file is lost. */
  readonly loss: string;
}

export function stateFile<State>(
  path: string,
  { schema, loss }: Contents<State>,
  log: Log,
): StateFile<State> {
  let isTold = false;
  return {
    load() {
      try {
        return schema.parse(JSON.parse(readFileSync(path, "utf8")));
      } catch (thrown) {
        const code = codeOf(thrown);
        if (code === undefined) setAside(path, thrown, loss, log);
        else if (code !== "ENOENT") log.warn(`cannot read "${path}": ${reasonOf(thrown)}; ${loss}`);
        return undefined;
      }
    },
    save(state) {
      try {
        write(path, `${JSON.stringify(state)}\n`);
        isTold = false;
      } catch (thrown) {
        if (!isTold) log.warn(`cannot write "${path}": ${reasonOf(thrown)}`);
        isTold = true;
      }
    },
  };
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

function setAside(path: string, thrown: unknown, loss: string, log: Log): void {
  const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : reasonOf(thrown);
  log.warn(`"${path}" is damaged (${reason.split("\n")[0]}), kept as "${path}.corrupt": ${loss}`);
  try {
    renameSync(path, `${path}.corrupt`);
  } catch (trouble) {
    log.warn(reasonOf(trouble));
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
