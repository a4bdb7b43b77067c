import type { BytePath, JudgedChange } from "../entry.ts";
import { pathOf } from "../judging/facts.ts";
import { concernIn } from "../judging/places.ts";

/** Rules tell them below level 10, all of one of them at the same level. */
export const gathered = ["conffile", "matches", "unowned", "plain"] as const;
/** A change that may be told together with others. */
export type Gathered = JudgedChange & { readonly verdict: (typeof gathered)[number] };

const kinds: ReadonlySet<string> = new Set(["file", "directory", "link"]);

/** What is run, read or trusted by itself as soon as it lies there. */
const staying =
  /^\/etc\/(?:[^/]+\.d|apt|udev|systemd|dbus-1|polkit-1|NetworkManager|network|initramfs-tools|kernel|xdg\/autostart)\/|^\/boot\//;
const programs = /^\/(?:usr\/(?:local\/)?)?s?bin\//;

/**
 * Whether a change may be told together with others like it. Never one that our rules tell from level 10 on, nor one that an
 * attacker would hide among others: what gives rights or gets in, what is run by itself, programs where everybody runs them.
 */
export function mayBeGathered(judged: JudgedChange): judged is Gathered {
  const { before, after } = judged.change;
  const path = pathOf(judged.change);
  const isLoud = !gathered.some((one) => one === judged.verdict);
  if (isLoud || concernIn(judged.change) !== undefined || staying.test(path)) return false;
  const isHarmless = (one: typeof before) => one === undefined || isPlain(one, path);
  return isHarmless(before) && isHarmless(after);
}

function isPlain(
  { kind, mode, attributes }: NonNullable<JudgedChange["change"]["after"]>,
  path: BytePath,
): boolean {
  if (!kinds.has(kind) || attributes?.["security.capability"] !== undefined) return false;
  if (kind === "directory") return true;
  return (mode & 0o6000) === 0 && !((kind === "link" || mode & 0o111) && programs.test(path));
}

/** Whether it can be run, as far as its mode says. */
export function isProgram({ change: { after } }: JudgedChange): boolean {
  return after?.kind === "file" && (after.mode & 0o111) !== 0;
}
