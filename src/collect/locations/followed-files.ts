import { existsSync } from "node:fs";
import * as z from "zod";
import type { Log } from "../../core/log.ts";
import type { Source, SourceHealth } from "../../core/source.ts";
import type { Positions } from "../logs/positions.ts";
import { expand, obstacleTo } from "./expand.ts";

export interface FollowedFilesOptions {
  /** An absolute path with `*`, `?`, `[…]` or strftime(3)'s `%` in it. */
  readonly location: string;
  /** Opens the source of one of its files. */
  readonly follow: (path: string, from: "end" | "start") => Source;
  /** The files that others read, and those that this one reads: each is read once. */
  readonly taken: Set<string>;
  readonly onlyFuture?: boolean | undefined;
  readonly positions: Positions;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long a file is followed that the pattern means no longer. */
  readonly graceMs?: number;
  /** How many files are followed at once. */
  readonly most?: number;
}

/** The files of a pattern that are followed. */
export class FollowedFiles {
  readonly #options: FollowedFilesOptions;
  readonly #add: (source: Source, signal: AbortSignal) => void;
  readonly #followed = new Map<
    string,
    { readonly source: Source; readonly stop: AbortController; goneSince: number | undefined }
  >();
  /** What was followed at the end of the last run. */
  #saved: readonly string[] | undefined;
  #isFirst = true;
  #isFull = false;
  #obstacle: string | undefined;

  /** `add` has a source read until its signal aborts. */
  constructor(options: FollowedFilesOptions, add: (source: Source, signal: AbortSignal) => void) {
    const { location, positions, onlyFuture } = options;
    this.#options = options;
    this.#add = add;
    this.#saved = onlyFuture ? undefined : savedPaths(positions.load(keyOf(location)));
  }

  /** Finds out which files are meant now, begins with new ones and ends with old ones. */
  survey(now: number): void {
    const { location, graceMs = 600_000, most = mostFiles } = this.#options;
    const known = [...this.#followed.keys()];
    const meant = new Set(expand(location, new Date(now), known, most));
    // A file that is meant no longer may have lines that the last run did not read.
    const old = this.#isFirst ? (this.#saved ?? []) : [];
    for (const path of [...old, ...meant]) this.#begin(path);
    for (const [path, one] of this.#followed) {
      one.goneSince = meant.has(path) ? undefined : (one.goneSince ?? now);
      if (now - (one.goneSince ?? now) > graceMs) this.#end(path);
    }
    this.#isFirst = false;
    this.#save();
    this.#lookForObstacle();
  }

  /** Why no file can be found, where the folder is there and may not be read. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  health(): SourceHealth[] {
    return [...this.#followed.values()].map(({ source }) => source.health());
  }

  close(): void {
    for (const [path, { stop }] of this.#followed) {
      stop.abort();
      this.#options.taken.delete(path);
    }
  }

  #begin(path: string): void {
    const { follow, taken, most = mostFiles } = this.#options;
    if (taken.has(path)) return;
    if (this.#followed.size >= most) {
      this.#refuse(path, most);
      return;
    }
    taken.add(path);
    const isOld = this.#isFirst && this.#saved === undefined;
    const source = follow(path, isOld ? "end" : "start");
    const stop = new AbortController();
    this.#followed.set(path, { source, stop, goneSince: undefined });
    this.#add(source, stop.signal);
  }

  #refuse(path: string, most: number): void {
    const { log, location } = this.#options;
    if (!this.#isFull) log.warn(`"${location}" means over ${most} files: "${path}" is not read`);
    this.#isFull = true;
  }

  #lookForObstacle(): void {
    const obstacle = this.#followed.size > 0 ? undefined : obstacleTo(this.#options.location);
    if (obstacle !== undefined && obstacle !== this.#obstacle) this.#options.log.warn(obstacle);
    this.#obstacle = obstacle;
  }

  #end(path: string): void {
    this.#followed.get(path)?.stop.abort();
    this.#followed.delete(path);
    this.#options.taken.delete(path);
    if (!existsSync(path)) this.#options.positions.forget(`file:${path}`);
  }

  #save(): void {
    const paths = [...this.#followed.keys()];
    if (this.#saved?.join("\n") === paths.join("\n")) return;
    this.#saved = paths;
    this.#options.positions.save(keyOf(this.#options.location), JSON.stringify(paths));
  }
}

const mostFiles = 512;

const keyOf = (location: string) => `files:${location}`;

function savedPaths(saved: string | undefined): string[] | undefined {
  try {
    return saved === undefined ? undefined : z.array(z.string()).parse(JSON.parse(saved));
  } catch {
    // Not ours: as at the very first start.
    return undefined;
  }
}
