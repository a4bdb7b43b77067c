import { printable } from "../../core/printable.ts";

/** Names of accounts and groups by their numbers. */
export interface Names {
  readonly user: (uid: number) => string;
  readonly group: (gid: number) => string;
}

/** See capabilities(7) and linux/capability.h: the name of each bit. */
const capabilities =
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore".split(
    " ",
  );

/** `security.capability` (struct vfs_cap_data), as getcap(8) writes it; its hexadecimal where it is none. */
export function capabilitiesShown(hex: string): string {
  const data = Buffer.from(hex, "hex");
  if (data.length < 12) return `0x${hex.slice(0, 64)}`;
  const magic = data.readUInt32LE(0);
  const isWide = data.length >= 20;
  const set = (at: number) =>
    BigInt(data.readUInt32LE(at)) | (isWide ? BigInt(data.readUInt32LE(at + 8)) << 32n : 0n);
  const [permitted, inheritable] = [set(4), set(8)];
  const flags = `${magic & 1 ? "e" : ""}${permitted ? "p" : ""}${inheritable ? "i" : ""}`;
  const names = capabilities.filter((_, bit) => ((permitted | inheritable) >> BigInt(bit)) & 1n);
  const rest = (permitted | inheritable) >> BigInt(capabilities.length);
  return `${names.map((name) => `cap_${name}`).join(",")}${rest ? ",…" : ""}=${flags}`;
}

const everyAclEntry: Readonly<Record<number, string>> = {
  1: "user::",
  4: "group::",
  16: "mask::",
  32: "other::",
};

/** `system.posix_acl_access` (struct posix_acl_xattr_header), as getfacl(1) writes it; its hexadecimal where it is none. */
export function aclShown(hex: string, names: Names): string {
  const data = Buffer.from(hex, "hex");
  if (data.length < 4 || data.readUInt32LE(0) !== 2 || data.length > 4096)
    return `0x${hex.slice(0, 64)}`;
  const entries: string[] = [];
  for (let at = 4; at + 8 <= data.length; at += 8) {
    const [tag, bits, id] = [
      data.readUInt16LE(at),
      data.readUInt16LE(at + 2),
      data.readUInt32LE(at + 4),
    ];
    entries.push(
      `${whoIn(tag, id, names)}${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`,
    );
  }
  return entries.join(" ");
}

function whoIn(tag: number, id: number, names: Names): string {
  if (tag === 2) return `user:${names.user(id)}:`;
  if (tag === 8) return `group:${names.group(id)}:`;
  return everyAclEntry[tag] ?? `${tag}:`;
}

type Attributes = Readonly<Record<string, string>> | undefined;

/** How the extended attributes differ, a line each. */
export function attributeWords(before: Attributes, after: Attributes, names: Names): string[] {
  const all = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return all.flatMap((name) => {
    const [was, is] = [before?.[name], after?.[name]];
    return was === is ? [] : [attributeLine(name, was, is, names)];
  });
}

function attributeLine(
  name: string,
  was: string | undefined,
  is: string | undefined,
  names: Names,
): string {
  const shown = (value: string | undefined) => {
    if (value === undefined) return "none";
    if (name === "security.capability") return capabilitiesShown(value);
    return name.startsWith("system.posix_acl_")
      ? aclShown(value, names)
      : `${value.length / 2} bytes`;
  };
  const called =
    calledBy[name] ??
    `attribute '${printable(Buffer.from(name, "latin1").toString("utf8")).slice(0, 100)}'`;
  return `${called} changed from '${shown(was)}' to '${shown(is)}'`;
}

const calledBy: Readonly<Record<string, string>> = {
  "security.capability": "Capabilities",
  "system.posix_acl_access": "Access list",
  "system.posix_acl_default": "Access list for new files",
};
