import type { Event } from "../core/event.ts";
import type { AlertVerdict } from "../core/verdict.ts";
import type { SignatureFacts } from "./facts.ts";
import type { IsOurs } from "./home.ts";

type Told = Pick<Event, "srcip" | "dstip" | "fields">;

/**
 * Judges an alert of Suricata or Snort. Which end is ours say our networks and the signature's header; who called say
 * eve.json's `direction` and the signature; never the order of the columns alone. Only a connection of TCP that was
 * established proves that a remote address is whose it seems to be.
 */
export function networkVerdict(
  { srcip, dstip, fields }: Told,
  signature: SignatureFacts | undefined,
  isOurs: IsOurs,
): AlertVerdict {
  if (!srcip || !dstip) return noEnds("it does not name both ends");
  const fromUs = isOurs(srcip) || signature?.fromHome === true;
  const toUs = isOurs(dstip) || signature?.toHome === true;
  if (fromUs === toUs) {
    return noEnds(fromUs ? "both ends are ours" : "neither end is known to be ours");
  }
  const sender = senderIn(fields) ?? signature?.sender;
  if (fromUs) return { ...ofWhatWeSent(sender), remote: dstip, local: srcip };
  return { ...ofWhatCame(sender, doubtOf(fields, signature)), remote: srcip, local: dstip };
}

function noEnds(reason: string): AlertVerdict {
  return { ...unproven(reason), remote: undefined, local: undefined };
}

type Sender = SignatureFacts["sender"];

function senderIn(fields: Event["fields"]): Sender {
  const direction = fields["direction"];
  if (direction === "to_server") return "client";
  return direction === "to_client" ? "server" : undefined;
}

type Judged = Pick<AlertVerdict, "class" | "reason">;

const unproven = (reason: string): Judged => ({ class: "unproven", reason });

function ofWhatWeSent(sender: Sender): Judged {
  if (sender === "client") return { class: "called-out", reason: "our side called the other one" };
  return unproven(
    sender === "server"
      ? "our side answered, and what the other one had sent was not looked at"
      : "our side sent it, and it may be an answer",
  );
}

function ofWhatCame(sender: Sender, doubt: string | undefined): Judged {
  if (doubt !== undefined) return unproven(doubt);
  if (sender === undefined) {
    return unproven("who called is told neither by the alert nor by its signature");
  }
  return sender === "client"
    ? { class: "attacked-by", reason: "the other side called over an established connection" }
    : { class: "answered", reason: "the other side answered a call of ours" };
}

/** Why the source may be forged; undefined when a handshake proves it. */
function doubtOf(
  fields: Event["fields"],
  signature: SignatureFacts | undefined,
): string | undefined {
  const protocol = fields["protocol"] ?? fields["proto"];
  const isTcp = protocol === undefined ? signature?.isTcp === true : protocol === "TCP";
  if (!isTcp) return `the source of ${protocol ?? "such"} packets can be forged`;
  if (signature?.isEstablished || isInStream(fields["app_proto"])) return undefined;
  return signature
    ? "its signature does not ask for an established connection, so the source can be forged"
    : "its signature is not known, so the source can be forged";
}

/** eve.json names what the client and the server speak once Suricata has reassembled some of it. */
function isInStream(appProto: string | undefined): boolean {
  return appProto !== undefined && appProto !== "failed" && appProto !== "unknown";
}
