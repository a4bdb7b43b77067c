import type { BytePath, Entry } from "../entry.ts";

/** A file that scripts of packages make out of other files, so that no checksum of it exists. */
interface Generated {
  readonly path: RegExp;
  /** One of these packages takes part in the transaction, be it by a trigger. */
  readonly by: RegExp;
  /** What it is, for people. */
  readonly what: string;
  /** Nothing may be in it. */
  readonly isEmpty?: boolean;
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
  // clamav's script has root get its mail.
  {
    path: /^\/etc\/aliases\.db$/,
    by: /^(?:postfix|sendmail|exim4.*|clamav-base)$/,
    what: "an index",
  },
  {
    path: /^\/etc\/console-setup\/cached_[^/]+$/,
    by: /^(?:console-setup.*|keyboard-configuration)$/,
    what: "the keyboard's settings",
  },
  {
    path: /^\/etc\/apt\/apt\.conf\.d\/02autoremove-postgresql$/,
    by: /^postgresql-common$/,
    what: "which servers of PostgreSQL are kept",
  },
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
  // Other packages have these remade by triggers of the ones named here, which dpkg's log names too.
  {
    path: /^\/usr\/(?:lib(?:\/[^/]+)?\/gio\/modules\/giomodule\.cache|share\/glib-2\.0\/schemas\/gschemas\.compiled)$/,
    by: /^libglib2\.0-(?:0(?:t64)?|bin)$/,
    what: "an index of GLib's",
  },
  {
    path: /^\/usr\/lib(?:\/[^/]+)?\/gdk-pixbuf-2\.0\/[^/]+\/loaders\.cache$/,
    by: /^libgdk-pixbuf-?2\.0-0(?:t64)?$/,
    what: "an index of modules",
  },
  {
    path: /^\/usr\/lib(?:\/[^/]+)?\/gtk-[234]\.0\/[^/]+\/immodules\.cache$/,
    by: /^libgtk-?[234](?:\.0)?-[01](?:t64)?$/,
    what: "an index of modules",
  },
  {
    path: /^\/usr\/share\/applications\/mimeinfo\.cache$/,
    by: /^desktop-file-utils$/,
    what: "an index of programs",
  },
  { path: /^\/usr\/share\/mime\//, by: /^shared-mime-info$/, what: "an index of kinds of files" },
  { path: /^\/usr\/share\/info\/dir(?:\.old)?$/, by: /^install-info$/, what: "an index" },
  {
    path: /^\/usr\/lib\/locale\/locale-archive$/,
    by: /^locales(?:-all)?$/,
    what: "an index of languages",
  },
  { path: /^\/etc\/\.updated$/, by: /^systemd$/, what: "a mark" },
  // Whichever script adds an account.
  { path: /^\/etc\/\.pwd\.lock$/, by: /./, what: "a mark", isEmpty: true },
];

/** What scripts of these packages make, if a file of this size is it. */
export function generatedBy(
  { path, size }: Pick<Entry, "path" | "size">,
  packages: readonly string[],
): { readonly what: string; readonly by: string } | undefined {
  for (const one of all) {
    if (!one.path.test(path) || (one.isEmpty && size > 0)) continue;
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
    path: /^(\/usr\/share\/icons\/[^/]+)\/icon-theme\.cache$/,
    base: "$1",
    // A trigger of these, or a script of each package that has icons there.
    by: /^(?:hicolor-icon-theme|gtk-update-icon-cache|libgtk-3-bin)$/,
    what: "an index of icons beside",
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
