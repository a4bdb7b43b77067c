import type { BytePath, Change, Entry } from "../entry.ts";

/** Why a path matters more than others: what who can write it gets. */
export type Concern =
  | "accounts"
  | "ssh"
  | "libwrap"
  | "sudo"
  | "cron"
  | "loader"
  | "pam"
  | "startup";

const concerns: readonly (readonly [RegExp, Concern])[] = [
  [/^\/etc\/(?:passwd|shadow|group|gshadow|subuid|subgid)-?$/, "accounts"],
  [/^\/etc\/ssh\/|\/\.ssh(?:\/(?:rc|environment|config))?$|\/authorized_keys[^/]*$/, "ssh"],
  // A line there may start a program for whoever connects, see hosts_options(5).
  [/^\/etc\/hosts\.(?:allow|deny)$/, "libwrap"],
  [/^\/etc\/(?:sudoers|sudo\.conf|sudo_logsrvd\.conf|doas\.conf)$|^\/etc\/sudoers\.d\//, "sudo"],
  [/^\/etc\/(?:cron|anacrontab|at\.(?:allow|deny))|^\/var\/spool\/cron\//, "cron"],
  [/^\/etc\/ld\.so\.(?:preload|conf$|conf\.d\/)/, "loader"],
  [/^\/etc\/(?:pam\.conf$|pam\.d\/|security\/)|\/security\/pam_[^/]+\.so$/, "pam"],
  [
    /^\/etc\/(?:rc\.local|inittab|profile|bash\.bashrc|environment)$|^\/etc\/(?:profile|init|update-motd)\.d\/|^\/(?:etc|usr\/local\/lib|lib|usr\/lib)\/systemd\/(?:system|user|system-generators)\/|^\/root\/\.(?:bash|profile)/,
    "startup",
  ],
];

export function concernOf(path: BytePath): Concern | undefined {
  return concerns.find(([pattern]) => pattern.test(path))?.[1];
}

/** The same of a change that was seen where the settings, or sshd's, say what is there. */
export function concernIn(change: Change & { readonly isKeys?: boolean }): Concern | undefined {
  const { path } = change.after ?? change.before;
  return concernOf(path) ?? (change.isKeys ? "ssh" : undefined);
}

/** Whether packages put programs and settings there; /usr/local is the admin's own. */
export function isSystemPath(path: BytePath): boolean {
  return /^\/(?:etc|boot|bin|sbin|lib|lib32|lib64|libx32|usr(?!\/local\/))\//.test(path);
}

/** Whether programs and libraries are there, the admin's own too. */
export function holdsPrograms(path: BytePath): boolean {
  return /^\/(?:usr\/(?:local\/)?)?(?:s?bin|games|lib[^/]*)\//.test(path);
}

/** What a program gives whoever runs it, one word each: "setuid", "setgid", "capabilities". */
export type Privilege = "setuid" | "setgid" | "capabilities";

/** What a change gave a file that it did not have. */
export function gainedPrivileges({ before, after }: Change): readonly Privilege[] {
  if (after === undefined) return [];
  // Another owner makes it another privilege.
  const kept = before && isSameOwner(before, after) ? privilegesOf(before) : [];
  return privilegesOf(after).filter((one) => !kept.includes(one));
}

function isSameOwner(one: Entry, other: Entry): boolean {
  return one.uid === other.uid && one.gid === other.gid;
}

function privilegesOf({ kind, mode, attributes }: Entry): Privilege[] {
  if (kind !== "file") return [];
  const all: Privilege[] = [];
  if (mode & 0o4000) all.push("setuid");
  // Without the right to run it, setgid is another thing (mandatory locking, see fcntl(2)).
  if (mode & 0o2000 && mode & 0o010) all.push("setgid");
  if (attributes?.["security.capability"] !== undefined) all.push("capabilities");
  return all;
}

/** Whether everybody may write it now who may not have before; the sticky bit of a folder leaves others' files alone. */
export function becameWritableByAll({ before, after }: Change): boolean {
  return after !== undefined && isWritableByAll(after) && !(before && isWritableByAll(before));
}

function isWritableByAll({ kind, mode }: Entry): boolean {
  return kind !== "link" && (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
}

/** Where nobody but root, packages and the kernel can put anything. */
export function isRootsOwn(path: BytePath): boolean {
  return (
    isSystemPath(path) ||
    /^\/(?:proc|dev\/(?!shm\/)|run\/(?!user\/)|var\/(?:lib|log|cache))/.test(path)
  );
}
