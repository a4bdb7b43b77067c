import {
  addresses,
  copyCheckout,
  down,
  type Kind,
  on,
  type Suite,
  start,
  tryOn,
  up,
  write,
} from "./hosts.ts";
import { bringPackage } from "./package.ts";
import { account, bundledRules, startRelay, startRulesMirror } from "./stand-ins.ts";
import { stage, until } from "./until.ts";

/** A server with Stockade on it, put there by the README's first command, and the stand-ins that it talks to. */
export interface Site {
  /** Where the relay puts the mails. */
  readonly mailFolder: string;
  /** What the installer printed. */
  readonly installed: string;
}

export const adminEmail = "admin@example.net";
/** Where the server has it. */
export const checkout = "/root/stockade";

interface Wish {
  readonly suite: Suite;
  readonly kind: Kind;
  /** Whether the admin has an account at the relay. */
  readonly credentials: boolean;
  /** What the admin did on the server before. */
  readonly before?: () => Promise<void>;
  /** Whether Suricata gets a few rules only, for what is not about them. */
  readonly fewRules?: boolean;
  /** What is tried on the server when all is there for the installation. */
  readonly ready?: () => Promise<void>;
  /** Whether the server makes the package itself, as from a fresh clone, or finds one that was made here. */
  readonly builds?: boolean;
  /** Other rules for Suricata: a tar.gz, as Emerging Threats packs them. */
  readonly rules?: string;
}

export async function buildSite(wish: Wish): Promise<Site> {
  await stage(`${wish.suite}: boot`, () => up(wish.suite, wish.kind));
  const mailFolder = await startRelay();
  await write("/root/answers", await answers(wish));
  await wish.before?.();
  await copyCheckout(checkout);
  if (!wish.builds) await stage("package", () => bringPackage(`${checkout}/packages`));
  await wish.ready?.();
  const installed = await stage(`${wish.suite}: install`, () => install("./installer/install.sh"));
  await serveWeb(wish.kind);
  return { mailFolder, installed };
}

/** Types the README's first command, with the answers in a file. */
async function install(command: string): Promise<string> {
  return await on("server", "env", "-C", checkout, command, "--answers", "/root/answers");
}

/** Ends the hosts; to be called in any case. */
export async function endSite(): Promise<void> {
  await stage("down", down);
}

async function answers({ credentials, fewRules, rules: others }: Wish): Promise<string> {
  const rules = await startRulesMirror(fewRules ? bundledRules : others);
  return [
    ...(credentials ? [`ADMIN_EMAIL=${adminEmail}`, `MAILGUN_USER=${account.user}`] : []),
    ...(credentials ? [`MAILGUN_PASSWORD=${account.password}`] : []),
    "ADMIN_ADDRESS=203.0.113.12",
    ...(rules ? [`RULES_URL=${rules}`] : []),
    "",
  ].join("\n");
}

/** A web server and sshd, so that the scanners have somebody to talk to. */
async function serveWeb(kind: Kind): Promise<void> {
  await on("server", "mkdir", "-p", "/srv/www");
  const web = ["python3", "-m", "http.server", "--directory", "/srv/www", "80"];
  if (kind === "systemd") await on("server", "systemd-run", "--quiet", "--unit=web", ...web);
  else start("server", ...web).catch(() => "it ends with the server");
  await until(
    "the web server answers",
    20,
    async () => (await reach(addresses.client, 80)) === "open",
  );
}

/** What comes of a TCP connection to a port of the server. "silent": no answer at all within two seconds. */
export async function reach(
  from: string,
  port: number,
  to: string = addresses.server,
): Promise<"open" | "refused" | "silent"> {
  const host = from === addresses.client ? "client" : "attacker";
  // The attacker has one IPv6 address only.
  const [name, source] = to.includes(":") ? [`[${to}]`, []] : [to, ["--interface", from]];
  const options = ["--silent", "--max-time", "2", ...source];
  const { exitCode } = await tryOn(host, "curl", ...options, `http://${name}:${port}/`);
  if (exitCode === 28) return "silent";
  // Whatever else curl complains of, it has a connection: sshd does not speak HTTP.
  return exitCode === 7 ? "refused" : "open";
}
