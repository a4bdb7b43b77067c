import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import * as z from "zod";
import { reasonOf } from "../core/failure.ts";

/** Where a relay takes mail. Port 465 speaks TLS from the first byte (RFC 8314), the others after STARTTLS. */
export interface Door {
  readonly host: string;
  readonly port: number;
}

export interface Account {
  readonly user: string;
  readonly password: string;
}

/**
 * What a relay says to somebody who logs in and sends nothing. `works`: encrypted, and the login was accepted where there is an
 * account; `verified`: by a certificate of its name. `refuses`: the login. `silent`: nobody is there, or there is no TLS.
 */
export type Answer =
  | { readonly kind: "works"; readonly verified: boolean }
  | { readonly kind: "refuses"; readonly reason: string }
  | { readonly kind: "silent"; readonly reason: string };

/** Milliseconds for a connection, and for each answer. */
const patience = { connection: 5000, answer: 15_000 };

/** Those that Postfix believes, too. */
const authorities = "/etc/ssl/certs/ca-certificates.crt";

/** Connects, asks for TLS, logs in and leaves. Never throws; what it says never holds the password. */
export async function tryRelay(door: Door, account: Account | undefined): Promise<Answer> {
  try {
    // As every other program here understands the name, /etc/hosts included.
    const { address } = await lookup(door.host, { order: "ipv4first" });
    const strict = await knock(door, address, account, true);
    return strict ?? (await knock(door, address, account, false)) ?? noCertificate;
  } catch (thrown) {
    return { kind: "silent", reason: reasonOf(thrown) };
  }
}

const noCertificate: Answer = { kind: "silent", reason: "its certificate cannot be read" };

/** Undefined when nothing but the certificate is wrong. */
async function knock(
  { host, port }: Door,
  address: string,
  account: Account | undefined,
  strict: boolean,
): Promise<Answer | undefined> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: address,
    port,
    secure: port === 465,
    requireTLS: true,
    tls: {
      // RFC 6066 has no addresses there.
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: strict,
      ...trusted(),
    },
    ...(account && { auth: { user: account.user, pass: account.password } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: patience.connection,
    greetingTimeout: patience.answer,
    socketTimeout: patience.answer,
  });
  try {
    await transport.verify();
    return { kind: "works", verified: strict };
  } catch (thrown) {
    return strict && isAboutCertificate(thrown) ? undefined : answerOf(thrown);
  } finally {
    transport.close();
  }
}

/** Without the bundle nobody is believed, by Postfix neither. */
function trusted(): { ca: string } {
  try {
    return { ca: readFileSync(authorities, "utf8") };
  } catch {
    return { ca: "" };
  }
}

const SmtpError = z.object({ code: z.string().optional(), response: z.string().optional() });

function answerOf(thrown: unknown): Answer {
  const { code, response } = SmtpError.safeParse(thrown).data ?? {};
  const reason = (response ?? reasonOf(thrown)).replace(/\s+/g, " ");
  return { kind: code === "EAUTH" ? "refuses" : "silent", reason };
}

function isAboutCertificate(thrown: unknown): boolean {
  return /certificate|altname|issuer/i.test(reasonOf(thrown));
}
