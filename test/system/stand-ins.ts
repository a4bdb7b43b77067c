import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { addresses, start, stateFolder } from "./hosts.ts";
import { until } from "./until.ts";

/** The account at the relay that the server is given. */
export const account = {
  user: "postmaster@mail.example.com",
  password: "a-long-Pa$$word:with #signs",
};

/** Starts the stand-in for smtp.mailgun.org. Returns the folder where the mails arrive. */
export async function startRelay(): Promise<string> {
  const folder = join(stateFolder, "mails");
  await mkdir(folder);
  const { key, certificate } = await selfSigned("smtp.mailgun.org");
  const program = fileURLToPath(import.meta.resolve("./relay.ts"));
  await serve(program, folder, account.user, account.password, key, certificate);
  return folder;
}

/** Emerging Threats Open: in ../shared beside the checkout, or where STOCKADE_SHARED says. */
export const openRules = join(
  process.env["STOCKADE_SHARED"] ?? join(import.meta.dirname, "../../../shared"),
  "data/et-open/emerging.rules.tar.gz",
);
/** The few that come with Stockade. */
export const bundledRules = join(import.meta.dirname, "../../rules/suricata/bundled.rules");

/** Serves rules to the server. Returns their URL; undefined, loudly, where this machine does not have them. */
export async function startRulesMirror(rules = openRules): Promise<string | undefined> {
  if (!existsSync(rules)) {
    process.stderr.write(
      `\n*** no ${rules}: the server gets the rules bundled with Stockade only ***\n\n`,
    );
    return undefined;
  }
  await serve(fileURLToPath(import.meta.resolve("./rules-mirror.ts")), rules);
  return `http://${addresses.relay}/${basename(rules)}`;
}

async function serve(program: string, ...args: string[]): Promise<void> {
  const serving = start("relay", process.execPath, program, ...args);
  let said = "";
  let ended: unknown;
  serving.stdout.on("data", (chunk) => {
    said += String(chunk);
  });
  serving.catch((reason: unknown) => {
    ended = reason;
  });
  await until(`${basename(program)} listens`, 20, async () => {
    if (ended) throw ended;
    return said.includes("listening");
  });
}

async function selfSigned(name: string): Promise<{ key: string; certificate: string }> {
  const { stdout } = await execa("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`],
    ...["-keyout", "-", "-out", "-"],
  ]);
  const [key = "", certificate = ""] = stdout.split(/(?=-----BEGIN CERTIFICATE-----)/);
  return { key, certificate };
}
