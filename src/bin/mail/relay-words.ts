import { printable } from "../../core/printable.ts";
import type { Tried } from "./relay-search.ts";
import type { RelaySetup } from "./relay-setup.ts";

/** "smtp.mailgun.org:587 works: encrypted, certificate verified, login accepted" */
export function answerText({ host, port, answer }: Tried, logsIn: boolean): string {
  const place = `${host}:${port}`;
  if (answer.kind === "silent") return `${place} does not answer: ${printable(answer.reason)}`;
  if (answer.kind === "refuses") {
    return `${place} refuses the user name or the password: ${printable(answer.reason)}`;
  }
  const certificate = answer.verified ? "certificate verified" : "certificate NOT verified";
  return `${place} works: encrypted, ${certificate}${logsIn ? ", login accepted" : ""}`;
}

/** What to do when the relay that is set does not work, and the last of `tried` says how things are. Undefined when it works. */
export function adviceAfter(
  setup: Pick<RelaySetup, "host" | "port">,
  tried: readonly Tried[],
): { readonly means: string; readonly fix: string } | undefined {
  const last = tried.at(-1);
  if (!last) return undefined;
  const { host, port, answer } = last;
  if (answer.kind === "works") {
    if (host === setup.host && port === setup.port) return undefined;
    const what =
      host === setup.host
        ? `port ${setup.port} is closed on the way to ${host}, port ${port} works`
        : `the account is one of ${host}, not of ${setup.host}`;
    return { means: what, fix: `sudo stockade mail relay --use ${host}:${port}` };
  }
  if (answer.kind === "refuses") {
    return {
      means: "the relay refuses the user name or the password",
      fix: "sudo stockade mail relay --password-file FILE, with --user USER@DOMAIN where that is wrong, too",
    };
  }
  const ports = tried.map((one) => one.port).join(", ");
  return {
    means: `${setup.host} answers on none of the ports ${ports}; mail is kept and tried again`,
    fix: `getent hosts ${setup.host}; if that is right: the cloud or a firewall closes these ports to the outside, ask for one of them`,
  };
}
