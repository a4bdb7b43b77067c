import type { BytePath } from "../entry.ts";

/** A file that scripts of packages make out of other files, so that no checksum of it exists. */
interface Generated {
  readonly path: RegExp;
  /** One of these packages takes part in the transaction, be it by a trigger. */
  readonly by: RegExp;
  /** What it is, for people. */
  readonly what: string;
}

/** Seen on Debian 12 and 13 while the packages of a usual server were installed, upgraded and removed. */
const all: readonly Generated[] = [
  { path: /^\/etc\/ld\.so\.cache$/, by: /^libc-bin$/, what: "the linker's cache" },
  {
    path: /^\/boot\/initrd\.img-[^/]+$/,
    by: /^(?:initramfs-tools|dracut|linux-image-.*)$/,
    what: "an initial file system",
  },
  {
    path: /^\/(?:usr\/)?lib\/modules\/[^/]+\/modules\.[a-z.]+$/,
    by: /^(?:linux-(?:image|modules)-.*|kmod|.*-dkms|dkms)$/,
    what: "an index of kernel modules",
  },
  {
    path: /^\/boot\/(?:grub\/(?:grub\.cfg|grubenv|[a-z0-9_-]+\/(?:core|boot)\.img|[a-z0-9_-]+\/(?:load\.cfg|kernel\.img))|efi\/EFI\/.*)$/,
    by: /^(?:grub.*|linux-image-.*|shim.*)$/,
    what: "the boot loader's",
  },
  {
    path: /^\/etc\/(?:ssl\/certs\/(?:ca-certificates\.crt|java\/cacerts)|ca-certificates\.conf)$/,
    by: /^ca-certificates(?:-java)?$/,
    what: "the list of certificate authorities",
  },
  {
    path: /^\/etc\/ssl\/certs\/ssl-cert-snakeoil\.pem$|^\/etc\/ssl\/private\/ssl-cert-snakeoil\.key$/,
    by: /^ssl-cert$/,
    what: "a certificate made for this server",
  },
  { path: /^\/etc\/aliases\.db$/, by: /^(?:postfix|sendmail|exim4.*)$/, what: "an index" },
  {
    path: /^\/etc\/postfix\/dynamicmaps\.cf$/,
    by: /^postfix.*$/,
    what: "a list of Postfix's modules",
  },
  {
    path: /^\/etc\/audit\/audit\.rules(?:\.prev)?$/,
    by: /^auditd$/,
    what: "audit's rules in one file",
  },
  { path: /^\/etc\/mailcap$/, by: /^(?:mailcap|mime-support)$/, what: "a list of viewers" },
  {
    path: /^\/etc\/shells$/,
    by: /^(?:debianutils|dash|bash|tmux|screen|zsh|fish|ksh.*)$/,
    what: "the list of shells",
  },
  {
    path: /^\/(?:etc|(?:usr\/)?lib)\/udev\/hwdb\.bin$/,
    by: /^(?:udev|systemd-hwe-hwdb|systemd)$/,
    what: "an index of hardware",
  },
  {
    path: /^\/usr\/(?:lib|share)\/.*\/(?:gschemas\.compiled|icon-theme\.cache|loaders\.cache|immodules\.cache|giomodule\.cache|gconv-modules\.cache|mimeinfo\.cache|mime\.cache)$|^\/usr\/share\/(?:mime\/.*|info\/dir(?:\.old)?)$|^\/usr\/lib\/locale\/locale-archive$/,
    by: /./,
    what: "an index",
  },
  { path: /^\/etc\/(?:\.pwd\.lock|\.updated)$/, by: /./, what: "a mark" },
];

/** What scripts of these packages make, if this is it. */
export function generatedBy(
  path: BytePath,
  packages: readonly string[],
): { readonly what: string; readonly by: string } | undefined {
  for (const one of all) {
    if (!one.path.test(path)) continue;
    const by = packages.find((name) => one.by.test(name));
    if (by !== undefined) return { what: one.what, by };
  }
  return undefined;
}

/** Whether some transaction may make it, so that it is worth waiting for the end of one that runs. */
export function mayBeGenerated(path: BytePath): boolean {
  return all.some((one) => one.path.test(path));
}

/** A file that is made beside another one, by the package that owns that. */
interface Beside {
  readonly path: RegExp;
  /** The other one, as `replace` makes it of the path. */
  readonly base: string;
  /** Packages that make it too, whose ever the other one is. */
  readonly by?: RegExp;
  /** Scripts never change one that is there. */
  readonly isKept?: boolean;
  /** What it is, for people: what follows are the words "a file of" and the package. */
  readonly what: string;
}

const besides: readonly Beside[] = [
  {
    path: /^(.*)\/__pycache__\/([^/]+?)\.cpython-\d+(?:\.opt-\d)?\.pyc$/,
    base: "$1/$2.py",
    // Another Python compiles what all packages have.
    by: /^(?:lib)?python3(?:\.\d+)?(?:-(?:minimal|stdlib))?$/,
    what: "compiled from",
  },
  {
    path: /^(\/etc\/apparmor\.d)\/local\/([^/]+)$/,
    base: "$1/$2",
    isKept: true,
    what: "the admin's own part of",
  },
  {
    path: /^(.*)\.(?:dpkg-(?:old|dist|new|tmp|bak)|ucf-(?:old|dist|new))$/,
    base: "$1",
    what: "another version of",
  },
];

/** What is made beside a file of a package, if this is it. */
export function besideOf(path: BytePath): Omit<Beside, "path"> | undefined {
  const beside = besides.find((one) => one.path.test(path));
  return beside && { ...beside, base: path.replace(beside.path, beside.base) };
}

/** A file that another one belongs to: who owns that is asked too. */
export function baseOf(path: BytePath): BytePath | undefined {
  return besideOf(path)?.base;
}
