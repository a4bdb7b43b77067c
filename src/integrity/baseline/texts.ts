import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { longestText } from "../content.ts";

/** The present content of a file, or that of the state that was last accepted. */
type Role = "now" | "accepted";

/** Contents that differences are made from. They carry no mark of their own: the entry's sum says whether one is genuine. */
export interface KeptTexts {
  /** Keeps it, as long as there is room. */
  keep(key: string, text: Uint8Array): void;
  /** The present content becomes the accepted one. */
  setAside(key: string): void;
  drop(key: string, role: Role): void;
  /** Undefined where none is kept with this sum. */
  read(key: string, role: Role, sha256: string | undefined): Uint8Array | undefined;
}

/** All together, packed. */
const mostBytes = 64 * 1024 * 1024;

export function openTexts(db: DatabaseSync, most = mostBytes): KeptTexts {
  const find = db.prepare("SELECT body FROM texts WHERE key = ? AND role = ?");
  const put = db.prepare("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)");
  const remove = db.prepare("DELETE FROM texts WHERE key = ? AND role = ?");
  const size = db.prepare("SELECT total(length(body)) AS size FROM texts");
  // A transaction that was undone leaves it a little off until the next start.
  let used = Number(size.get()?.["size"]);
  const bodyOf = (key: string, role: Role) => {
    const body = find.get(key, role)?.["body"];
    return body instanceof Uint8Array ? body : undefined;
  };
  const drop = (key: string, role: Role) => {
    used -= bodyOf(key, role)?.length ?? 0;
    remove.run(key, role);
  };
  return {
    drop,
    keep(key, text) {
      drop(key, "now");
      if (text.length > longestText) return;
      const body = deflateRawSync(text, { level: 6 });
      if (used + body.length > most) return;
      put.run(key, "now", body);
      used += body.length;
    },
    setAside(key) {
      const body = bodyOf(key, "now");
      drop(key, "accepted");
      if (!body) return;
      put.run(key, "accepted", body);
      remove.run(key, "now");
    },
    read(key, role, sha256) {
      const body = bodyOf(key, role);
      const text = body && inflated(body);
      return text && hash("sha256", text, "hex") === sha256 ? text : undefined;
    },
  };
}

function inflated(body: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(body, { maxOutputLength: longestText });
  } catch {
    // Somebody has written into it: as good as none.
    return undefined;
  }
}
