import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const role = "installer/ansible/roles/stockade";
const defaults = readFileSync(join(role, "defaults/main.yml"), "utf8");
const variables = [...defaults.matchAll(/^(stockade_\w+):/gm)].map(([, name]) => name);

describe("the role", () => {
  test("reads the logs that the shipped settings read", () => {
    const shipped = readFileSync("config/stockade.conf", "utf8").matchAll(
      /^ {4}<log_format>(.+)<\/log_format>\n {4}<location>(.+)<\/location>$/gm,
    );
    const ours = defaults.matchAll(/^ {2}- \{ format: (\S+), location: "?([^"}]+?)"? \}$/gm);
    const pairs = (found: Iterable<RegExpExecArray>) => [...found].map(([, a, b]) => [a, b]);
    const logs = pairs(ours);
    expect(logs.length).toBeGreaterThan(10);
    expect(logs).toEqual(pairs(shipped));
  });

  test("each variable is checked, and each that is used has a default", () => {
    const checked = [
      ...readFileSync(join(role, "meta/argument_specs.yml"), "utf8").matchAll(
        /^ {6}(stockade_\w+):/gm,
      ),
    ].map(([, name]) => name);
    expect(checked).toEqual(variables);
    const used = readFileSync(join(role, "templates/stockade.conf.j2"), "utf8").matchAll(
      /stockade_\w+/g,
    );
    for (const [name] of used) if (name !== "stockade_config") expect(variables).toContain(name);
  });
});

describe("the program that writes into the chat", () => {
  const root = mkdtempSync(join(tmpdir(), "stockade-chat-"));
  const urlFile = join(root, "etc/stockade/chat-url");
  const state = join(root, "var/lib/stockade/execute");
  // Where no package.json is above it, as on a server.
  const program = join(root, "chat");
  const messages: string[] = [];
  let status = 200;
  const chat = createServer((request, response) => {
    void text(request).then((body) => {
      messages.push(JSON.parse(body).text);
      response.writeHead(status).end();
    });
  });
  let url: string;

  beforeAll(async () => {
    for (const folder of ["etc/stockade", "var/log/stockade/alerts", "var/lib/stockade/execute"]) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    copyFileSync(join(role, "files/chat"), program);
    await new Promise<void>((resolve) => chat.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(chat.address() as AddressInfo).port}/secret`;
  });
  afterAll(() => chat.close());
  beforeEach(() => {
    messages.length = 0;
    status = 200;
    writeFileSync(urlFile, `${url}\n`);
    chmodSync(urlFile, 0o600);
    rmSync(join(root, "var/log/stockade/alerts/alerts.json"), { force: true });
  });

  async function run(...args: string[]) {
    const child = spawn(process.execPath, [program, ...args], {
      env: { STOCKADE_CHAT_ROOT: root },
    });
    const [said, code] = await Promise.all([
      text(child.stderr),
      new Promise<number | null>((resolve) => child.on("close", resolve)),
    ]);
    return { said, code };
  }
  const about = (alert: string) => ["add", "-", "-", alert, "5710", "/var/log/auth.log", "-"];

  test("tells what the alert log has of it, and nobody is called by what an attacker wrote", async () => {
    const log = "Invalid user `<!channel>`@all\u001b[31m from 192.0.2.1 & more";
    const alert = {
      rule: { level: 5, comment: "a login" },
      id: "17.2",
      srcip: "192.0.2.1",
      hostname: "web1",
      full_log: log,
    };
    writeFileSync(
      join(root, "var/log/stockade/alerts/alerts.json"),
      `half a line"id":"17.2"}\n${JSON.stringify({ ...alert, id: "17.1" })}\n${JSON.stringify(alert)}\n{"id":"17.2`,
    );
    expect(await run(...about("17.2"))).toEqual({ said: "", code: 0 });
    expect(messages).toEqual([
      "*web1* rule 5710 (level 5): a login\nfrom /var/log/auth.log, source 192.0.2.1, alert 17.2\n" +
        "```Invalid user '&lt;!channel&gt;'@\u200ball [31m from 192.0.2.1 &amp; more```",
    ]);
  });

  test("without the alert log it tells what it was given; of an end it tells nothing", async () => {
    expect((await run("add", "root", "192.0.2.9", "9.9", "5402", "journald", "-")).code).toBe(0);
    expect(messages[0]).toMatch(
      /rule 5402\nfrom journald, source 192\.0\.2\.9, user root, alert 9\.9$/,
    );
    expect((await run("delete", "-", "-", "9.9", "5402", "journald", "-")).code).toBe(0);
    expect(messages).toHaveLength(1);
  });

  test("what fails is told without the address, and no more than that", async () => {
    status = 404;
    expect(await run(...about("1.1"))).toEqual({
      said: "the chat was not told: it answered 404\n",
      code: 1,
    });
    writeFileSync(urlFile, "http://127.0.0.1:1/secret");
    expect(await run(...about("1.1"))).toEqual({
      said: "the chat was not told: ECONNREFUSED\n",
      code: 1,
    });
    writeFileSync(urlFile, "secret");
    expect(await run(...about("1.1"))).toEqual({
      said: expect.not.stringContaining("secret\n"),
      code: 1,
    });
    chmodSync(urlFile, 0o644);
    expect((await run(...about("1.1"))).said).toContain("chmod 600");
  });

  test("thirty messages an hour, the last of which says so", async () => {
    const name = readdirSync(state).find((one) => one.startsWith("chat-")) ?? "";
    writeFileSync(join(state, "chat-2020-01-01T00"), ".");
    writeFileSync(join(state, name), ".".repeat(29));
    for (const alert of ["3.1", "3.2"]) expect((await run(...about(alert))).code).toBe(0);
    expect(messages).toEqual([expect.stringMatching(/No more in this hour/)]);
  });
});
