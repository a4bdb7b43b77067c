import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { longestText } from "../content.ts";
import type { Identity } from "./identity.ts";
import { isSameMark, markOf } from "./seal.ts";

/** The present content of a file, or that of the state that was last accepted. */
type Role = "now" | "accepted";

/** Contents that differences are made from, without what looks like a secret. Each is marked, with the sum of the whole content. */
export interface KeptTexts {
  /** Keeps what may be kept of the content with this sum, as long as there is room. */
  keep(key: string, text: Uint8Array, sha256: string): void;
  /** The present content becomes the accepted one. */
  setAside(key: string): void;
  drop(key: string, role: Role): void;
  /** Undefined where none is kept of the content with this sum. */
  read(key: string, role: Role, sha256: string | undefined): Uint8Array | undefined;
}

/** All together, packed. */
const mostBytes = 64 * 1024 * 1024;

export function openTexts(db: DatabaseSync, identity: Identity, most = mostBytes): KeptTexts {
  const find = db.prepare("SELECT body, mark FROM texts WHERE key = ? AND role = ?");
  const put = db.prepare("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM texts WHERE key = ? AND role = ?");
  const size = db.prepare("SELECT total(length(body)) AS size FROM texts");
  // A transaction that was undone leaves it a little off until the next start.
  let used = Number(size.get()?.["size"]);
  const rowOf = (key: string, role: Role) => {
    const { body, mark } = find.get(key, role) ?? {};
    return body instanceof Uint8Array && mark instanceof Uint8Array ? { body, mark } : undefined;
  };
  const marked = (key: string, text: Uint8Array, sha256: string) =>
    markOf(identity, "texts", [key, sha256, hash("sha256", text, "hex")]);
  const drop = (key: string, role: Role) => {
    used -= rowOf(key, role)?.body.length ?? 0;
    remove.run(key, role);
  };
  return {
    drop,
    keep(key, text, sha256) {
      drop(key, "now");
      if (text.length > longestText) return;
      const body = deflateRawSync(text, { level: 6 });
      if (used + body.length > most) return;
      put.run(key, "now", body, marked(key, text, sha256));
      used += body.length;
    },
    setAside(key) {
      const row = rowOf(key, "now");
      drop(key, "accepted");
      if (!row) return;
      put.run(key, "accepted", row.body, row.mark);
      remove.run(key, "now");
    },
    read(key, role, sha256) {
      const row = rowOf(key, role);
      const text = row && inflated(row.body);
      if (!text || sha256 === undefined) return undefined;
      return isSameMark(marked(key, text, sha256), row.mark) ? text : undefined;
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
