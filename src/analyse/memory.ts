import { join } from "node:path";
import type { Log } from "../core/log.ts";
import { type Keys, openKeys } from "./conditions/keys.ts";
import { type LastTexts, openLastTexts } from "./conditions/last-texts.ts";

/** What rules remember besides what they count: for good, so that neither a reload nor a restart forgets it. */
export interface Memory {
  /** For `<if_fts>`: the kinds of events that were seen. */
  readonly seen: Keys;
  /** For `<ignore>` and `<check_if_ignored>`: what is ignored from now on. */
  readonly ignored: Keys;
  /** For `<check_diff>`: what came last. */
  readonly texts: LastTexts;
  /** What nmap found of each host. */
  readonly hosts: LastTexts;
  /** Writes to disk what is new. Never throws. */
  flush(): void;
  close(): void;
}

const mostKeys = 100_000;
const mostHosts = 10_000;

/**
 * Opens the memory, in the files of a state folder when it is to last. Throws a `Failure` when the folder cannot be
 * written.
 */
export function openMemory(lasting?: { readonly folder: string; readonly log: Log }): Memory {
  const keeping = (name: string) =>
    lasting && { file: join(lasting.folder, name), log: lasting.log };
  const seen = openKeys(mostKeys, keeping("seen"));
  const ignored = openKeys(mostKeys, keeping("ignored"));
  const texts = openLastTexts(1000, keeping("last-texts"));
  const hosts = openLastTexts(mostHosts, keeping("hosts"));
  const parts = [seen, ignored, texts, hosts];
  return {
    seen,
    ignored,
    texts,
    hosts,
    flush: () => {
      for (const part of parts) part.flush();
    },
    close: () => {
      for (const part of parts) part.close();
    },
  };
}
