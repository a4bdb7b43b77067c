import type { Change, Entry } from "../entry.ts";
import { nameShown } from "../name.ts";
import { attributeWords, type Names } from "./attributes.ts";
import { modeShown, modeWords } from "./mode.ts";

/** What OSSEC says first of a change, see its syscheck. `isBack`: it was there before, and gone in between. */
export function headOf({ action, after, before }: Change, isBack: boolean): string {
  const name = nameShown((after ?? before).path);
  if (action === "modified") return `Integrity checksum changed for: '${name}'`;
  if (action === "deleted") return `File '${name}' was deleted. Unable to retrieve checksum.`;
  return isBack ? `File '${name}' was re-added.` : `New file '${name}' added to the file system.`;
}

/** How a file differs, in OSSEC's words where it has any, then in ours; a line each, printable. */
export function differencesOf({ before, after }: Change, names: Names): string[] {
  if (!after) return [];
  const owner = { user: names.user(after.uid), group: names.group(after.gid) };
  if (!before) {
    const link =
      after.kind === "link" ? [`It is a link to '${nameShown(after.target ?? "")}'`] : [];
    const sum = after.sha256 === undefined ? [] : [`New sha256sum is : '${after.sha256}'`];
    const what = after.kind === "file" || after.kind === "link" ? [] : [`It is a ${after.kind}`];
    const whose = `Owner ${owner.user}, group ${owner.group}, permissions '${modeShown(after.mode)}'`;
    return [
      ...sum,
      ...what,
      ...link,
      whose,
      ...modeWords(before, after, owner),
      ...attributeWords(undefined, after.attributes, names),
    ];
  }
  return [
    ...ofOssec(before, after),
    ...ofKind(before, after),
    ...ofOwner(before, after, names),
    ...modeWords(before, after, owner),
    ...attributeWords(before.attributes, after.attributes, names),
  ];
}

function ofOssec(before: Entry, after: Entry): string[] {
  const words: string[] = [];
  if (before.size !== after.size && after.kind === "file") {
    words.push(`Size changed from '${before.size}' to '${after.size}'`);
  }
  if (before.mode !== after.mode && after.kind !== "link") {
    words.push(
      `Permissions changed from '${modeShown(before.mode)}' to '${modeShown(after.mode)}'`,
    );
  }
  if (before.uid !== after.uid)
    words.push(`Ownership was '${before.uid}', now it is '${after.uid}'`);
  if (before.gid !== after.gid) {
    words.push(`Group ownership was '${before.gid}', now it is '${after.gid}'`);
  }
  if (before.sha256 !== after.sha256 && before.sha256 && after.sha256) {
    words.push(`Old sha256sum was: '${before.sha256}'`, `New sha256sum is : '${after.sha256}'`);
  }
  return words;
}

function ofKind(before: Entry, after: Entry): string[] {
  if (before.kind !== after.kind) {
    const to = after.kind === "link" ? ` to '${nameShown(after.target ?? "")}'` : "";
    return [`It was a ${before.kind}, now it is a ${after.kind}${to}`];
  }
  if (before.target === after.target) return [];
  const [was, is] = [before.target ?? "", after.target ?? ""].map((one) => nameShown(one));
  return [`Link changed from '${was}' to '${is}'`];
}

function ofOwner(before: Entry, after: Entry, names: Names): string[] {
  const words: string[] = [];
  if (before.uid !== after.uid) {
    words.push(`now owned by ${names.user(after.uid)} (was ${names.user(before.uid)})`);
  }
  if (before.gid !== after.gid) {
    words.push(`now of group ${names.group(after.gid)} (was ${names.group(before.gid)})`);
  }
  return words;
}
