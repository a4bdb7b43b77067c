import type { Account, Door } from "../../report/relay.ts";
import type { Machine } from "../doctor/machine.ts";
import { readRelay } from "./relay-search.ts";

/** How Postfix sends what leaves this server, as far as it concerns the relay. */
export interface RelaySetup extends Door {
  /** Undefined where Postfix logs in with nothing that can be read here. */
  readonly account: Account | undefined;
  /** smtp_tls_security_level. */
  readonly tls: string;
  /** Whether TLS is spoken from the first byte. */
  readonly wraps: boolean;
  /** The certificates that are believed; "" for none. */
  readonly authorities: string;
  readonly logsIn: boolean;
}

const names = [
  "relayhost",
  "smtp_sasl_auth_enable",
  "smtp_sasl_password_maps",
  "smtp_tls_security_level",
  "smtp_tls_wrappermode",
  "smtp_tls_CAfile",
] as const;

/** Undefined without a relay, "unknown" where Postfix does not say. */
export async function relaySetup(machine: Machine): Promise<RelaySetup | undefined | "unknown"> {
  const told = await machine.run("postconf", ...names);
  if (!told.ok) return "unknown";
  const value = (name: (typeof names)[number]) =>
    new RegExp(`^${name} = *(.*)$`, "m").exec(told.output)?.[1] ?? "";
  const relay = readRelay(value("relayhost"));
  if (!relay) return value("relayhost") === "" ? undefined : "unknown";
  const { host, port = 25 } = relay;
  const [, file] =
    /(?:texthash|hash|lmdb):(\/[^\s,]+)/.exec(value("smtp_sasl_password_maps")) ?? [];
  return {
    host,
    port,
    account: accountIn((file && machine.read(file)) ?? "", value("relayhost")),
    tls: value("smtp_tls_security_level"),
    wraps: value("smtp_tls_wrappermode") === "yes",
    authorities: value("smtp_tls_CAfile"),
    logsIn: value("smtp_sasl_auth_enable") === "yes",
  };
}

/** "[smtp.mailgun.org]:587 user:password", a line each. */
function accountIn(text: string, relayhost: string): Account | undefined {
  const words = text
    .split("\n")
    .flatMap((line) => (line.startsWith(`${relayhost} `) ? [line.slice(relayhost.length)] : []));
  return accountOf(words[0]?.trim() ?? "");
}

/** "user:password" */
export function accountOf(text: string): Account | undefined {
  const end = text.indexOf(":");
  return end < 1 ? undefined : { user: text.slice(0, end), password: text.slice(end + 1) };
}
