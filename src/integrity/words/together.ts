import type { Finding } from "../../core/finding.ts";
import type { JudgedChange } from "../entry.ts";
import { pathOf } from "../judging/facts.ts";
import { nameShown } from "../name.ts";
import type { PackageAction, Transaction } from "../packages/transaction.ts";
import { tagLine, tagsOf } from "./tags.ts";

/** More lines of a list nobody reads; all of them are in the baseline's history. */
const mostListed = 40;

/** What one transaction explains. `at`: when it was found, in milliseconds since 1970. */
export function ofTransaction(
  transaction: Transaction,
  judged: readonly JudgedChange[],
  at: number,
): Finding {
  const effects = judged.filter(({ verdict }) => verdict === "side-effect");
  const explained = judged.length - effects.length;
  const text = [
    `${counted(judged.length, "file")} changed by ${transaction.askedBy} (${transaction.id})`,
    explained > 0 ? `${counted(explained, "file")} as the packages recorded` : "",
    effects.length > 0 ? `${counted(effects.length, "side effect")} of what ran with them` : "",
    `Packages: ${listed(transaction.packages.filter(isNews).map(packageShown))}`,
    ...tagLine(judged),
    ...lines(judged, `--transaction ${transaction.id}`),
  ];
  const isOnlyEffects = explained === 0;
  return {
    at,
    decoder: "integrity_transaction",
    location: "syscheck",
    text: text.filter((line) => line !== "").join("\n"),
    fields: {
      status: isOnlyEffects ? "side-effect" : "explained",
      extra_data: transaction.id,
      transaction: transaction.id,
      id: String(judged.length),
      ...tagsOf(judged),
    },
  };
}

/** What a program such as prelink rewrote: it goes through all programs in one night. `at` as above. */
export function ofRewritten(judged: readonly JudgedChange[], at: number): Finding {
  const text = [
    `${counted(judged.length, "file")} rewritten, as prelink does: undone, they are what their packages recorded`,
    ...tagLine(judged),
    ...lines(judged, "--since 1h"),
  ];
  return {
    at,
    decoder: "integrity_transaction",
    location: "syscheck",
    text: text.filter((line) => line !== "").join("\n"),
    fields: { status: "prefiltered", id: String(judged.length), ...tagsOf(judged) },
  };
}

/** `rest`: what `history` is told, to list all of them. */
function lines(judged: readonly JudgedChange[], rest: string): string[] {
  const more = judged.length - mostListed;
  return [
    ...judged.slice(0, mostListed).map(lineOf),
    ...(more > 0 ? [`… and ${more} more: stockade integrity history ${rest}`] : []),
  ];
}

function lineOf({ change, verdict, reason }: JudgedChange): string {
  const why = verdict !== "explained" ? `: ${reason}` : "";
  return ` ${change.action} ${nameShown(pathOf(change), 200)}${why}`;
}

function isNews({ action }: PackageAction): boolean {
  return action !== "trigger" && action !== "configure";
}

function packageShown({ package: name, action, from, to }: PackageAction): string {
  if (action === "remove" || action === "purge") return `${name} ${from ?? ""} ${action}d`;
  return `${name} ${[from, to].filter((one) => one !== undefined).join(" -> ")}`.trim();
}

/** As many of them as somebody reads, and how many more there are. */
export function listed(all: readonly string[], between = ", "): string {
  const shown = all.slice(0, mostListed).join(between);
  return all.length > mostListed ? `${shown} and ${all.length - mostListed} more` : shown || "none";
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
