import { statSync } from "node:fs";
import type { Address } from "../core/address.ts";
import type { Event, VerdictOf } from "../core/event.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { homeOf, type IsOurs } from "./home.ts";
import { logVerdict } from "./log-line.ts";
import { networkVerdict } from "./network-alert.ts";
import { readSignatures, type Signatures, signatureFiles } from "./signatures.ts";

/** What verdicts are founded on. */
export interface Ground {
  /** The networks of `<home_net>`. */
  readonly homeNets: readonly string[];
  /** Files of signatures, and folders of such files. */
  readonly signatures: readonly string[];
}

/** Who called whom in each event, see `AlertVerdict`. */
export interface Verdicts {
  readonly of: VerdictOf;
  /** Takes another ground, and looks anew for this machine's addresses. Signatures are read when an alert asks for them. */
  configure(ground: Ground): void;
  /** Reads the signatures now, when their files are others than before. */
  refresh(): void;
  /** How many signatures are known. */
  known(): number;
}

/** Until it is configured only loopback and this machine's addresses are ours. `ownAddresses` are this machine's. */
export function openVerdicts(ownAddresses: () => Address[], log: Log): Verdicts {
  let isOurs: IsOurs = homeOf(ownAddresses(), []);
  let places: readonly string[] = [];
  let stamp: string | undefined;
  let signatures: Signatures = none;
  let isUnknownTold = false;

  /** What was read before stays where the files cannot be read now. */
  const read = () => {
    try {
      const files = signatureFiles(places);
      const now = files.map(stampOf).join("\n");
      if (now === stamp) return;
      stamp = now;
      signatures = readSignatures(files);
      isUnknownTold = false;
      log.info(said(signatures));
    } catch (error) {
      // Tried again at the next refresh, not with every alert.
      stamp = "";
      log.warn(`signatures cannot be read: ${reasonOf(error)}`);
    }
  };

  const find = (gid: number, sid: number) => {
    if (stamp === undefined) read();
    const found = signatures.find(gid, sid);
    if (!found && !isUnknownTold) {
      isUnknownTold = true;
      log.warn(`signature ${gid}:${sid} is in none of the files of signatures: it blocks nobody`);
    }
    return found;
  };

  return {
    of(event) {
      const ids = idsOf(event);
      if (!ids) return logVerdict(event, isOurs);
      return event.srcip && networkVerdict(event, find(ids.gid, ids.sid), isOurs);
    },
    configure({ homeNets, signatures: given }) {
      isOurs = homeOf(ownAddresses(), homeNets);
      if (places.join("\n") !== given.join("\n")) stamp = undefined;
      places = given;
    },
    refresh: read,
    known: () => signatures.count,
  };
}

const none: Signatures = { count: 0, bad: 0, find: () => undefined };

/**
 * The signature of a network's alert; sid 0 where it names none. OSSEC's decoders for Snort have "gid:sid:rev" as `id`, and
 * eve.json may be read as plain JSON.
 */
function idsOf({ category, fields }: Event) {
  const inJson = fields["alert.signature_id"];
  if (category !== "ids" && inJson === undefined) return undefined;
  const [gid, sid] = fields["id"]?.split(":") ?? [];
  return {
    gid: Number(fields["gid"] ?? fields["alert.gid"] ?? gid ?? 1),
    sid: Number(fields["sid"] ?? inJson ?? sid ?? 0),
  };
}

function stampOf(file: string): string {
  const { ino, size, mtimeMs } = statSync(file);
  return `${file} ${ino} ${size} ${mtimeMs}`;
}

function said({ count, bad }: Signatures): string {
  const left = bad === 0 ? "" : `, ${bad} lines were not understood`;
  return `${count} signatures are known by direction and proof${left}`;
}
