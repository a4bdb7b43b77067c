import type { Finding } from "../core/finding.ts";
import type { AccountChanges } from "./account-changes.ts";
import type { BytePath, Change, JudgedChange } from "./entry.ts";
import type { Judgement } from "./judge.ts";
import { pathOf } from "./judging/facts.ts";
import { concernIn, concernOf, gainedPrivileges } from "./judging/places.ts";
import { nameShown } from "./name.ts";
import type { Transaction } from "./packages/transaction.ts";
import type { Names } from "./words/attributes.ts";
import { differencesOf, headOf } from "./words/differences.ts";
import { tagLine, tagsOf } from "./words/tags.ts";
import { listed, ofRewritten, ofTransaction } from "./words/together.ts";
import { verdictWords } from "./words/verdicts.ts";

/** What is known of a change besides the change. */
export interface Telling {
  /** When it was found, in milliseconds since 1970. */
  readonly at: number;
  readonly names: Names;
  /** How often this file has changed with this one: from 1. */
  readonly times: (path: BytePath) => number;
  /** Whether it was there before, and gone in between. */
  readonly isBack: (path: BytePath) => boolean;
  /** Who came, went or was changed in a file of accounts. */
  readonly accounts: (path: BytePath) => AccountChanges;
  /** What changed inside the file, where that is shown; see `whatChanged`. */
  readonly diff: (change: Change) => string | undefined;
}

/**
 * What is to be told of a judgement: one finding for each change, and one for all that a transaction explains. What gives rights
 * is told by itself, explained or not.
 */
export function toFindings({ judged, transactions }: Judgement, telling: Telling): Finding[] {
  const groups = new Map<Transaction, JudgedChange[]>();
  const alone: JudgedChange[] = [];
  for (const one of judged) {
    const transaction = explaining(one, transactions);
    const group = transaction ? (groups.get(transaction) ?? []) : alone;
    group.push(one);
    if (transaction) groups.set(transaction, group);
  }
  const rewritten = alone.filter(isRewritten);
  const [accounts, others] = accountsIn(alone.filter((one) => !isRewritten(one)));
  return [
    ...(rewritten.length > 0 ? [ofRewritten(rewritten, telling.at)] : []),
    ...(accounts.length > 0 ? [ofAccounts(accounts, transactions, telling)] : []),
    ...others.map((one) => toFinding(one, transactions, telling)),
    ...[...groups].map(([transaction, ones]) => ofTransaction(transaction, ones, telling.at)),
  ];
}

function isRewritten({ verdict, change }: JudgedChange): boolean {
  return verdict === "prefiltered" && gainedPrivileges(change).length === 0;
}

/** What happened to accounts is in up to eight files at once: they are told together. */
function accountsIn(alone: readonly JudgedChange[]): [JudgedChange[], JudgedChange[]] {
  const isOne = ({ change, verdict }: JudgedChange) =>
    concernOf(pathOf(change)) === "accounts" && (verdict === "unowned" || verdict === "plain");
  return [alone.filter(isOne), alone.filter((one) => !isOne(one))];
}

/** The finding of the first of them, with the words for all above it. */
function ofAccounts(
  judged: readonly JudgedChange[],
  transactions: ReadonlyMap<string, Transaction>,
  telling: Telling,
): Finding {
  const changes = judged.map(({ change }) => telling.accounts(pathOf(change)));
  const said = changes.flatMap((one) => one.said);
  const likeRoot = changes.flatMap((one) => one.likeRoot);
  const plain = judged.filter(isPlainBackup).map(({ change }) => nameShown(pathOf(change)));
  const whole = plain.length < judged.length ? judged.filter((one) => !isPlainBackup(one)) : judged;
  const findings = whole.map((one) => toFinding(one, transactions, telling));
  const [first, ...rest] = findings.toSorted((one, other) => rankOf(one) - rankOf(other));
  if (!first) throw new Error("no change of accounts to tell of");
  const [head = "", ...details] = first.text.split("\n");
  const text = [
    head,
    ...(said.length === 0 ? [] : [`Accounts: ${listed(said, "; ")}`]),
    ...details,
    ...rest.map((one) => one.text),
    ...(whole === judged || plain.length === 0 ? [] : [`Backups that were made: ${listed(plain)}`]),
  ];
  const like = likeRoot.length > 0 ? { likeroot: listed(likeRoot) } : {};
  const tags = tagsOf(judged);
  return { ...first, text: text.join("\n"), fields: { ...first.fields, ...like, ...tags } };
}

/** "passwd-" is an earlier "passwd"; who may read it is as before. */
function isPlainBackup({ change: { before, after } }: JudgedChange): boolean {
  if (!after?.path.endsWith("-") || !before) return false;
  return before.mode === after.mode && before.uid === after.uid && before.gid === after.gid;
}

/** /etc/passwd says most. */
function rankOf({ fields }: Finding): number {
  const place = ["/etc/passwd", "/etc/group", "/etc/shadow"].indexOf(fields["filename"] ?? "");
  return place < 0 ? 3 : place;
}

/** The transaction that the change is told with. */
function explaining(
  { verdict, change, transaction }: JudgedChange,
  transactions: ReadonlyMap<string, Transaction>,
): Transaction | undefined {
  const isQuiet = verdict === "explained" || verdict === "side-effect";
  if (!isQuiet || gainedPrivileges(change).length > 0) return undefined;
  return transactions.get(transaction ?? "");
}

/** One change as a finding, in OSSEC's words, then the verdict, then what changed inside. */
function toFinding(
  judged: JudgedChange,
  transactions: ReadonlyMap<string, Transaction>,
  telling: Telling,
): Finding {
  const { change, verdict, reason } = judged;
  const path = pathOf(change);
  const transaction = transactions.get(judged.transaction ?? "");
  const diff = telling.diff(change);
  const lines = [
    headOf(change, telling.isBack(path)),
    ...differencesOf(change, telling.names),
    `Verdict: ${verdictWords[verdict]}: ${reason}`,
    ...(transaction
      ? [`Transaction: ${transaction.id}, asked for by: ${transaction.askedBy}`]
      : []),
    ...tagLine([judged]),
    ...(diff === undefined ? [] : ["What changed:", diff]),
  ];
  return {
    at: telling.at,
    decoder: decoderOf(change, telling.times(path)),
    location: "syscheck",
    text: lines.join("\n"),
    fields: { ...fieldsOf(judged), ...tagsOf([judged]) },
  };
}

/** Which of OSSEC's decoders a change has; `times`: how often the file has changed with this one, from 1. */
export function decoderOf({ action }: Change, times: number): string {
  if (action === "added") return "syscheck_new_entry";
  if (action === "deleted") return "syscheck_deleted";
  if (times >= 3) return "syscheck_integrity_changed_3rd";
  return times === 2 ? "syscheck_integrity_changed_2nd" : "syscheck_integrity_changed";
}

/** Only what has a value is a field. */
function fieldsOf({ change, verdict, otherwise, package: name, transaction }: JudgedChange) {
  const path = pathOf(change);
  const all: [string, string | undefined][] = [
    ["filename", nameShown(path)],
    ["status", verdict],
    ["action", change.action],
    ["extra_data", [name, transaction].filter((one) => one !== undefined).join(" ") || undefined],
    ["package", name],
    ["transaction", transaction],
    ["otherwise", otherwise],
    ["privileges", gainedPrivileges(change).join(" ") || undefined],
    ["concern", concernIn(change)],
  ];
  return Object.fromEntries(
    all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
