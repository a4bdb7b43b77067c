import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { movesFiles, type PackageAction, type Transaction } from "./transaction.ts";
import type { Transactions } from "./transactions.ts";

interface Place {
  readonly root: string;
  readonly folder?: string;
}

/** Clocks of logs count whole seconds. */
const slack = 2_000;
/** What apt runs after dpkg may take that long until apt says that it ended. */
const untilHooksEnd = 10 * 60_000;

/**
 * The transactions that dpkg's own files show too: whoever can write into a log has not thereby run dpkg. It writes `status` at the
 * end of each run and the list of a package's files whenever it unpacks or removes that, and the kernel's times of these cannot be
 * set. What is not shown is left out, package by package. What still runs is believed: somebody holds dpkg's lock.
 */
export function onRecord(
  transactions: Transactions,
  { root, folder = "/var/lib/dpkg" }: Place,
): Transactions {
  const dpkg = join(root, folder);
  return {
    async since(at) {
      const all = await transactions.since(at);
      if (all.every(({ running }) => running)) return all;
      const statusAt = changedAt(join(dpkg, "status")) ?? 0;
      const listedAt = openLists(join(dpkg, "info"));
      return all.flatMap((one, index) => {
        if (one.running) return [one];
        const isEnded = statusAt >= one.to - untilHooksEnd && statusAt >= one.from - slack;
        return isEnded ? shownOf(one, all.slice(index + 1), listedAt) : [];
      });
    },
  };
}

type ListedAt = (name: string) => number | undefined;

/** The transaction with the packages that are shown; none where it was about others alone. */
function shownOf(
  one: Transaction,
  later: readonly Transaction[],
  listedAt: ListedAt,
): Transaction[] {
  const packages = one.packages.filter(
    (action) => !movesFiles(action) || isShown(action, one.from, later, listedAt),
  );
  return packages.length === 0 && one.packages.length > 0 ? [] : [{ ...one, packages }];
}

function isShown(
  { package: name, action }: PackageAction,
  from: number,
  later: readonly Transaction[],
  listedAt: ListedAt,
): boolean {
  const at = listedAt(name);
  if (at !== undefined) return at >= from - slack;
  const isRemoval = (one: PackageAction["action"]) => one === "remove" || one === "purge";
  if (isRemoval(action)) return true;
  return later.some(({ packages }) =>
    packages.some((one) => one.package === name && isRemoval(one.action)),
  );
}

/** When dpkg last wrote the list of a package's files, of whichever architecture; undefined where there is none. */
function openLists(info: string): ListedAt {
  const files = new Map<string, string[]>();
  for (const file of listsIn(info)) {
    const [name = ""] = file.slice(0, -".list".length).split(":");
    files.set(name, [...(files.get(name) ?? []), file]);
  }
  return (name) => {
    const times = files.get(name)?.map((file) => changedAt(join(info, file)) ?? 0);
    return times && Math.max(...times);
  };
}

function listsIn(info: string): string[] {
  try {
    return readdirSync(info).filter((file) => file.endsWith(".list"));
  } catch {
    return []; // Without the folder nothing is verified anyway.
  }
}

function changedAt(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ctimeMs;
}
