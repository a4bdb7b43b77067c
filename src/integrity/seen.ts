import type { HidingOption } from "./cover.ts";
import type { BytePath, Change } from "./entry.ts";

/** A change as a scan finds it. */
export type SeenChange = Change & {
  /** What the file holds now, where a difference may be shown of it. */
  readonly text?: Uint8Array | undefined;
  /** What the settings call the folder or file: `tags` of `<directories>`. */
  readonly tags?: readonly string[];
  /** It says who may log in, whatever it is called. */
  readonly isKeys?: boolean;
  /** The setting that wants nothing shown of it, whatever was kept of it before. */
  readonly hiddenBy?: HidingOption | undefined;
};

/** Why a file could not be looked at as it should have been. */
export interface Trouble {
  readonly path: BytePath;
  readonly kind: "unreadable" | "changing" | "vanished" | "attributes";
  /** For people, in one line. */
  readonly reason: string;
}
