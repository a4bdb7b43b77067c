import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A mail as its reader sees it. `headers` by their names in lower case. */
export interface Mail {
  readonly headers: ReadonlyMap<string, string>;
  readonly subject: string;
  readonly body: string;
}

/** All mails that the relay has taken so far, oldest first. */
export async function mailsIn(folder: string): Promise<Mail[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".eml")).sort();
  return await Promise.all(
    names.map(async (name) => parseMail(await readFile(join(folder, name), "utf8"))),
  );
}

/** The mails of a local mailbox file (mbox), oldest first. */
export function mailsOfMbox(text: string): Mail[] {
  return text
    .split(/^From .*\n/m)
    .slice(1)
    .map(parseMail);
}

function parseMail(raw: string): Mail {
  const text = raw.replaceAll("\r\n", "\n");
  const end = text.indexOf("\n\n");
  const lines = text
    .slice(0, end)
    .replaceAll(/\n[ \t]+/g, " ")
    .split("\n");
  const headers = new Map(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      return [name.toLowerCase(), value] as const;
    }),
  );
  const body = text.slice(end + 2);
  const quoted = headers.get("content-transfer-encoding") === "quoted-printable";
  return { headers, subject: headers.get("subject") ?? "", body: quoted ? unquote(body) : body };
}

/** RFC 2045 section 6.7, for text in ASCII. */
function unquote(body: string): string {
  return body
    .replaceAll("=\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
}
