import type { Finding } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import { nameShown } from "../name.ts";
import type { Listener, ListenerChanges } from "./listeners.ts";

/** Which package owns a program, and which account a number is. */
export interface Named {
  readonly package: string | undefined;
  readonly account: string | undefined;
}

const mostNamed = 20;

/** What is told of listeners that came and went: one finding each, and one for the rest of many. */
export function listenerFindings(
  { opened, closed }: ListenerChanges,
  named: (listener: Listener) => Named,
  at: number,
): Finding[] {
  const each = [
    ...opened.map((one) => finding("opened", one, named(one), at)),
    ...closed.map((one) => finding("closed", one, named(one), at)),
  ];
  const rest = each.slice(mostNamed);
  if (rest.length === 0) return each;
  const text = [`${rest.length} more listeners opened or closed at once:`, ...rest.map(firstLine)];
  return [
    ...each.slice(0, mostNamed),
    { at, decoder, location, text: text.join("\n"), fields: { action: "opened" } },
  ];
}

const decoder = "listener";
const location = "listeners";

function finding(action: "opened" | "closed", one: Listener, named: Named, at: number): Finding {
  const { protocol, address, port, program, name, uid } = one;
  const where = `${protocol} ${address.includes(":") ? `[${address}]` : address}:${port}`;
  const shown = program === "" ? "a process that cannot be seen" : nameShown(program);
  const account = named.account ?? `uid ${uid}`;
  const owner = named.package ?? "no package";
  const called = printable(name) === "" ? "" : `, calls itself ${printable(name)}`;
  return {
    at,
    decoder,
    location,
    text: `${action}: ${where} by ${shown} (${owner}), as ${account}${called}`,
    fields: {
      action,
      protocol,
      dstip: address,
      dstport: `${port}`,
      filename: shown,
      status: statusOf(one, named),
      extra_data: owner,
      dstuser: account,
    },
  };
}

/** How strange it is: a program of no package, one that is there no more, and who only this machine can reach. */
function statusOf({ program, address }: Listener, named: Named): string {
  if (program.endsWith(" (deleted)")) return "deleted";
  const isLocal = address.startsWith("127.") || address === "::1";
  const kind = named.package === undefined ? "unowned" : "packaged";
  return isLocal ? `${kind}, local` : kind;
}

function firstLine({ text }: Finding): string {
  return `  ${text.split("\n")[0]}`;
}
