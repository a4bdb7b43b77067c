import { expect, test } from "vitest";
import { blocksOf, commandsIn, fits, pages, type Shown } from "../docs/blocks.ts";
import { on, tryOn, write } from "./hosts.ts";
import { stage } from "./until.ts";

/** What is run by another test, for it takes long or ends all others: the command, and the file with that test. */
export const elsewhere: Readonly<Record<string, string>> = {
  "sudo ./installer/install.sh": "site.ts",
  "sudo ./test/run": "../run",
  "sudo stockade selftest --quick": "selftest.ts",
  "sudo apt-get install ./stockade_0.1.0_amd64.deb": "upgrade.ts",
  "sudo ./installer/install.sh --answers answers --dry-run": "upgrade.ts",
  "sudo stockade bake --yes": "image.test.ts",
  "sudo stockade uninstall --purge --verify": "removal.ts",
};

const work = "/root/manual";

/** Every command of the documentation, page by page, as a reader types it. */
export function manualClaims(): void {
  test("each command in the documentation does what the page shows", async () => {
    await on("server", "bash", "-ec", ground);
    await stage("the manual", () => Promise.all([asides, [...pages].reverse()].map(followAll)));
    await on("server", "bash", "-ec", asBefore);
  });
}

/** What the pages speak of and a fresh server has not. */
const ground = `
mkdir -p ${work} /var/ossec/etc /etc/fail2ban /var/lib/prometheus/node-exporter
cp -a /etc/stockade ${work}/etc-stockade
sed -i 's#<email_maxperhour>60<#<email_maxperhour>6<#' /etc/stockade/stockade.conf
echo '<ossec_config><global><white_list>203.0.113.80</white_list></global></ossec_config>' > /var/ossec/etc/ossec.conf
printf '[DEFAULT]\\nignoreip = 203.0.113.81\\n[sshd]\\nenabled = true\\n' > /etc/fail2ban/jail.conf
`;

const asBefore = `
rm -rf /etc/stockade/* /var/ossec /etc/fail2ban /var/lib/prometheus
cp -a ${work}/etc-stockade/. /etc/stockade
rm -rf ${work}
stockade reload
`;

/** Two readers at a time, who do not wait for each other; the first one leaves the settings alone. */
const asides = ["README.md", "docs/mail.md", "docs/operations.md", "docs/responses.md"];

async function followAll(some: readonly string[]): Promise<void> {
  for (const page of some) if (some === asides || !asides.includes(page)) await follow(page);
}

async function follow(page: string): Promise<void> {
  const shown = blocksOf(page)
    .flatMap(commandsIn)
    .filter(({ command }) => !Object.hasOwn(elsewhere, command));
  if (shown.length === 0) return;
  const folder = `${work}/${page.replaceAll("/", "-")}`;
  await on("server", "mkdir", folder);
  await write(`${folder}.sh`, scriptOf(shown));
  const run = ["timeout", "300", "bash", `${folder}.sh`];
  const { all = "" } = await tryOn("server", "env", "-C", folder, ...run);
  const ran = all.split(`\n${begins}\n`).slice(1);
  for (const [index, one] of shown.entries())
    expect(wrongWith(one, ran[index] ?? ""), page).toBe("");
}

/** Nothing where it was as the page shows it, else what there was. */
function wrongWith({ command, output }: Shown, ran: string): string {
  const [printed = "", code] = ran.split(`\n${ends} `);
  const isRight = output === undefined ? code === "0" : code !== undefined && fits(output, printed);
  if (isRight) return "";
  return `${command}\nended with ${code} and printed\n${printed}\nbut the page shows\n${output ?? "that it ends well"}`;
}

const begins = "=== begins";
const ends = "=== ends";

/** Root needs no sudo. In one shell, as a reader has one; each command with a mark before and behind what it prints. */
function scriptOf(shown: readonly Shown[]): string {
  const each = shown.map(({ command, output }) => {
    // Whatever fails ends the shell, unless the page shows what is said then.
    const run = `{ ${command}\n} < /dev/null${output === undefined ? "" : " || code=$?"}`;
    return `printf '\\n${begins}\\n'\ncode=0\n${run}\nprintf '\\n${ends} %d' $code\n`;
  });
  return `exec 2>&1\nset -e\nsudo() { "$@"; }\n${each.join("")}`;
}
