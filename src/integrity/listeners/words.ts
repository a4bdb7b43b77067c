import type { Finding } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import { nameShown } from "../name.ts";
import type { Listener } from "./listener.ts";
import type { ListenerChanges } from "./listeners.ts";

/** Which package owns a program, who has just had it installed, and which account a number is. */
export interface Named {
  readonly package: string | undefined;
  readonly installedBy: string | undefined;
  readonly account: string | undefined;
}

/** Of the rest. */
const mostListed = 100;

/** What is told of listeners that came and went: one finding each as long as there is room, and one for the rest. */
export function listenerFindings(
  { opened, reopened, closed }: ListenerChanges,
  named: (listener: Listener) => Named,
  { at, room }: { readonly at: number; readonly room: number },
): Finding[] {
  const each = [
    ...opened.map((one) => finding("opened", one, named(one), at)),
    ...reopened.map((one) => finding("reopened", one, named(one), at)),
    ...closed.map((one) => finding("closed", one, named(one), at)),
  ];
  const rest = each.slice(room);
  if (rest.length === 0) return each;
  const text = [
    `${rest.length} more listeners opened or closed at once:`,
    ...rest.slice(0, mostListed).map(firstLine),
    ...(rest.length > mostListed ? [`  … and ${rest.length - mostListed} more`] : []),
  ];
  return [
    ...each.slice(0, room),
    { at, decoder, location, text: text.join("\n"), fields: { action: "opened" } },
  ];
}

const decoder = "listener";
const location = "listeners";

type Action = "opened" | "reopened" | "closed";

function finding(action: Action, one: Listener, named: Named, at: number): Finding {
  const { protocol, address, port, program, name, uid } = one;
  const where = `${protocol} ${address.includes(":") ? `[${address}]` : address}:${port}`;
  const shown = program === "" ? "a process that cannot be seen" : nameShown(program);
  const account = named.account ?? `uid ${uid}`;
  const owner = named.package ?? "no package";
  const called = printable(name) === "" ? "" : `, calls itself ${printable(name)}`;
  const status = statusOf(one, named);
  return {
    at,
    decoder,
    location,
    text: `${wordOf(action, status)}: ${where} by ${shown} (${ofPackage(named)}), as ${account}${called}`,
    fields: {
      action,
      protocol,
      dstip: address,
      dstport: `${port}`,
      filename: shown,
      status,
      extra_data: owner,
      dstuser: account,
    },
  };
}

function wordOf(action: Action, status: string): string {
  if (action === "reopened") return "opened again";
  if (action === "opened" && status === "packaged, installed")
    return "opened after an installation";
  return action === "opened" && status.endsWith("local") ? "opened for this server alone" : action;
}

function ofPackage({ package: name = "no package", installedBy }: Named): string {
  return installedBy === undefined ? name : `${name}, just installed by: ${installedBy}`;
}

/**
 * How strange it is: a program of no package, a service that was just installed, one that is there no more, and who only this machine can reach. A package's program
 * that runs on after an upgrade is "(deleted)", too.
 */
function statusOf({ program, address }: Listener, named: Named): string {
  if (program.endsWith(" (deleted)") && named.package === undefined) return "deleted";
  const isLocal = address.startsWith("127.") || address === "::1";
  const owned = named.installedBy === undefined ? "packaged" : "packaged, installed";
  const kind = named.package === undefined ? "unowned" : owned;
  return isLocal ? `${kind}, local` : kind;
}

function firstLine({ text }: Finding): string {
  return `  ${text.split("\n")[0]}`;
}
