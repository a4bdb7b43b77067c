import { resolve } from "node:path";
import * as z from "zod";
import type { Paths } from "../../config/paths.ts";
import { Failure } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { connectResponder, type Responder } from "../../respond/client.ts";
import { placesBelow } from "../place.ts";
import { hasSystemd } from "./services.ts";

const Options = z.object({ root: z.string().default("/"), json: z.boolean().default(false) });

/** What every command gets: where things are, and how to answer. */
export interface Context {
  readonly root: string;
  readonly paths: Paths;
  readonly json: boolean;
  /** One line to standard output; the caller makes text from outside printable. */
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** `options` are commander's, global and local ones together. */
export function contextOf(options: unknown): Context {
  const { root: given, json } = Options.parse(options);
  const root = resolve(given);
  return {
    root,
    paths: placesBelow(root),
    json,
    say: (line) => process.stdout.write(`${line}\n`),
    warn: (line) => process.stderr.write(`stockade: ${line}\n`),
  };
}

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Runs `use` with a connection to the responder and closes it again. */
export function withResponder<T>(
  { paths }: Context,
  use: (responder: Responder) => Promise<T>,
): Promise<T> {
  return connected(paths.respondSocket, use);
}

/** The same for what only root may ask. */
export function withRootResponder<T>(
  { paths }: Context,
  use: (responder: Responder) => Promise<T>,
): Promise<T> {
  return connected(paths.respondRootSocket, use);
}

async function connected<T>(path: string, use: (responder: Responder) => Promise<T>): Promise<T> {
  const responder = connectResponder(path, silent);
  try {
    return await use(responder);
  } finally {
    responder.close();
  }
}

/** Whether systemd runs Stockade: a scratch root is never its. */
export function isSystem({ root }: Context): boolean {
  return root === "/" && hasSystemd();
}

/** Whether root asks; below a scratch root everybody is. */
export function isRootsOwn({ root }: Pick<Context, "root">): boolean {
  return process.getuid?.() === 0 || root !== "/";
}

/** Refuses where only root may go on. */
export function needRoot({ root }: Context, what: string): void {
  if (isRootsOwn({ root })) return;
  throw new Failure(`only root may ${what}`, { hint: "put sudo before it", exitCode: 77 });
}
