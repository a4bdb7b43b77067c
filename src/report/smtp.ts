import * as z from "zod";
import type { Settings } from "../config/settings.ts";
import { parseAddress } from "../core/address.ts";
import { reasonOf } from "../core/failure.ts";

/** A letter and where it goes now: not everybody in its head, when some have it already. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly letter: string;
}

export interface Refusal {
  readonly recipient: string;
  /** SMTP's 5xx: asking again will not help. */
  readonly permanent: boolean;
  readonly reason: string;
}

/** What became of a letter: the server answered for each recipient, or there was no talking to it. */
export type Delivery =
  | {
      readonly reached: true;
      readonly taken: readonly string[];
      readonly refused: readonly Refusal[];
    }
  | { readonly reached: false; readonly reason: string };

/** Hands a letter to a mail server. Never throws. */
export type Deliver = (envelope: Envelope) => Promise<Delivery>;

/** Milliseconds for a connection, a greeting and each answer. A relay on this machine answers within one. */
const patience = 10_000;

/** Delivers to `smtpServer` ("host" or "host:port", port 25). TLS where the server offers it, except on this machine. */
export function smtp(
  { smtpServer }: Pick<Settings["global"], "smtpServer">,
  hostname: string,
  milliseconds = patience,
): Deliver {
  const { host, port } = serverAddress(smtpServer);
  return async ({ from, to, letter }) => {
    // Loaded when the first mail is due: it costs some 20 MB.
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      host,
      port,
      name: hostname,
      secure: false,
      ignoreTLS: host === "::1" || host.startsWith("127."),
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: milliseconds,
      greetingTimeout: milliseconds,
      socketTimeout: milliseconds,
      dnsTimeout: milliseconds,
    });
    try {
      const envelope = { from, to: [...to], use8BitMime: true };
      const { accepted, rejectedErrors } = await transport.sendMail({ envelope, raw: letter });
      return { reached: true, taken: accepted, refused: refusals(rejectedErrors) };
    } catch (thrown) {
      return afterError(thrown, to);
    } finally {
      transport.close();
    }
  };
}

/** Postfix may listen on 127.0.0.1 only, and no name server need be asked for "localhost". */
function serverAddress(server: string): { host: string; port: number } {
  const split = /^(?:\[(?<bracketed>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(server);
  const host = split?.groups?.["bracketed"] ?? split?.groups?.["name"] ?? server;
  const port = Number(split?.groups?.["port"] ?? 25);
  return { host: host === "localhost" ? "127.0.0.1" : (parseAddress(host) ?? host), port };
}

const SmtpError = z.object({
  code: z.string().optional(),
  recipient: z.string().optional(),
  responseCode: z.number().optional(),
  response: z.string().optional(),
  rejectedErrors: z.array(z.unknown()).optional(),
});

function afterError(thrown: unknown, to: readonly string[]): Delivery {
  const error = SmtpError.safeParse(thrown).data;
  const aboutTheLetter = error?.code === "EENVELOPE" || error?.code === "EMESSAGE";
  // 421 is the server closing for everybody (RFC 5321 §3.8), whatever it was asked.
  if (!error || !aboutTheLetter || error.responseCode === 421) {
    return { reached: false, reason: reasonOf(thrown) };
  }
  if (error.rejectedErrors) {
    return { reached: true, taken: [], refused: refusals(error.rejectedErrors) };
  }
  return { reached: true, taken: [], refused: to.map((recipient) => refusal(error, recipient)) };
}

function refusals(errors: readonly unknown[] = []): Refusal[] {
  return errors.flatMap((thrown) => {
    const error = SmtpError.safeParse(thrown).data;
    return error?.recipient === undefined ? [] : [refusal(error, error.recipient)];
  });
}

function refusal(error: z.infer<typeof SmtpError>, recipient: string): Refusal {
  return {
    recipient,
    permanent: (error.responseCode ?? 0) >= 500,
    reason: error.response ?? error.code ?? "refused",
  };
}
