/** What a package manager did to a package, by dpkg.log's words where it has them. */
export interface PackageAction {
  /** Without the architecture: "libc6". */
  readonly package: string;
  readonly architecture: string | undefined;
  readonly action:
    | "install"
    | "upgrade"
    | "downgrade"
    | "reinstall"
    | "remove"
    | "purge"
    | "trigger"
    | "configure";
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** One run of a package manager. */
export interface Transaction {
  /** "apt-20261122-150955": who, and when it began by the server's clock. */
  readonly id: string;
  /** In milliseconds since 1970; `to` is that of the last thing known of one that still runs. */
  readonly from: number;
  readonly to: number;
  readonly running: boolean;
  /** What asked for it: a command line, in short where it is a known one. Printable. */
  readonly askedBy: string;
  readonly packages: readonly PackageAction[];
}

/** Whether this action puts a package's files in place, or takes them away. */
export function movesFiles({ action }: PackageAction): boolean {
  return action !== "trigger" && action !== "configure";
}

/** Whether the action is about the package that its files call `name`: "libc6:amd64", "adduser". */
export function isAbout(action: PackageAction, name: string): boolean {
  const [bare, architecture] = name.split(":");
  if (action.package !== bare) return false;
  return (
    architecture === undefined ||
    action.architecture === undefined ||
    action.architecture === architecture
  );
}

/** `YYYY-MM-DD HH:MM:SS` by the server's own clock, as dpkg and apt write it; undefined where it is none. */
export function localTime(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d) +(\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number);
  const at = new Date(year, month - 1, day, hour, minute, second).getTime();
  return Number.isFinite(at) ? at : undefined;
}

/** The other way round, for an id: 20261122-150955. */
export function stampOf(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
