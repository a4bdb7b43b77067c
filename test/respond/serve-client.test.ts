import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { maxRequestBytes, type Reply, type Request } from "../../src/core/block.ts";
import { connectResponder, type Responder } from "../../src/respond/client.ts";
import { serve } from "../../src/respond/serve.ts";
import { addressOf, blockOf, memoryLog, remove, scratch } from "./machine.ts";

let root: string;
let path: string;
let servers: Server[] = [];
let clients: Responder[] = [];

beforeEach(() => {
  root = scratch().root;
  path = join(root, "s");
  servers = [];
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.close();
  for (const server of servers) server.close();
  remove(root);
});

const agree = async ({ request }: Request): Promise<Reply> => ({ request, ok: true, blocks: [] });
const limits = {
  maxConnections: 4,
  lineMilliseconds: 200,
  drainMilliseconds: 300,
  maxUnanswered: 8,
};

/** Returns how to end it as SIGKILL would: all connections break. */
async function listening(handle = agree) {
  const log = memoryLog();
  const server = createServer();
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  serve(server, handle, log, limits);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const kill = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { log, kill };
}

function client(log = memoryLog()): Responder {
  const made = connectResponder(path, log);
  clients.push(made);
  return made;
}

/** Sends bytes as they are and returns all that comes back until the end. */
function converse(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(bytes));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

const list = '{"verb":"list","request":1}';
const block = (more: object) => JSON.stringify({ ...blockOf("192.0.2.1"), ...more });

const ban = (more: object) =>
  JSON.stringify({
    verb: "ban",
    request: 1,
    response: "firewall-drop",
    network: "192.0.2.0/24",
    seconds: 60,
    by: "root",
    why: "",
    ...more,
  });

test.each([
  ["no JSON", "hello"],
  ["an empty line", ""],
  ["half of it", '{"verb":"list"'],
  ["null", "null"],
  ["an array", `[${list}]`],
  ["an unknown verb", '{"verb":"flush","request":1}'],
  ["one key too many", '{"verb":"list","request":1,"x":1}'],
  ["a number below zero", '{"verb":"list","request":-1}'],
  ["a prototype", '{"verb":"list","request":1,"__proto__":{"ok":true}}'],
  ["deep nesting", "[".repeat(4000)],
  ["a network", block({ address: "192.0.2.0/24" })],
  ["a zone", block({ address: "fe80::1%eth0" })],
  ["an option", block({ address: "-F" })],
  ["a second command", block({ address: "192.0.2.1\nflush stockade4" })],
  ["no time", block({ seconds: 0 })],
  ["more than a year", block({ seconds: 31_536_001 })],
  ["half a second", block({ seconds: 0.5 })],
  ["an unknown response", block({ response: "restart-ossec" })],
  ["a ban for ever", ban({ seconds: 31_536_001 })],
  ["a ban of a name", ban({ network: "example.net" })],
  ["a lift of nothing", '{"verb":"lift","request":1,"what":{}}'],
  ["a lift of two things", '{"verb":"lift","request":1,"what":{"all":true,"rule":1}}'],
  ["an alert that would forge a log line", block({ alert: "1.1\nx" })],
  ["a line that is too long", `${list}${" ".repeat(maxRequestBytes)}`],
  ["a line without end", "x".repeat(maxRequestBytes + 1)],
])("refuses %s once and closes", async (_title, line) => {
  const { log } = await listening();
  const text = await converse(`${line}\n${list}\n`);
  const replies = text
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one));
  expect(replies).toEqual([{ request: -1, ok: false, reason: expect.any(String) }]);
  expect(log.lines).toHaveLength(1);
  expect(await client().ask({ verb: "list" })).toMatchObject({ ok: true });
});

test("lives through 2,000 random lines", async () => {
  await listening();
  const good = block({});
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let round = 0; round < 40; round++) {
    const lines = Array.from({ length: 50 }, () => {
      const bytes = Buffer.from(good);
      for (let n = random(4); n >= 0; n--) bytes[random(bytes.length)] = random(256);
      return Buffer.concat([bytes, Buffer.from("\n")]);
    });
    await converse(Buffer.concat([...lines, Buffer.from("end\n")]));
  }
  expect(await client().ask({ verb: "list" })).toMatchObject({ ok: true });
});

test("whoever is connected hears what was lifted, also while it waits for an answer", async () => {
  const server = createServer();
  servers.push(server);
  const tell = serve(server, agree, memoryLog(), limits);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const heard: unknown[] = [];
  const listener = connectResponder(path, memoryLog(), (notice) => void heard.push(notice));
  clients.push(listener);
  await Promise.all([listener.ask({ verb: "list" }), client().ask({ verb: "list" })]);
  tell({ lifted: ["192.0.2.7"] });
  tell({ lifted: "all" });
  expect(await listener.ask({ verb: "list" })).toMatchObject({ ok: true });
  expect(heard).toEqual([{ lifted: ["192.0.2.7"] }, { lifted: "all" }]);
});

test("a line that drips is cut off", async () => {
  await listening();
  const start = performance.now();
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(path);
    const drip = setInterval(() => socket.write("{"), 20);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(drip);
      resolve(text);
    });
  });
  expect(answer).toContain("took too long");
  expect(performance.now() - start).toBeLessThan(2000);
});

test("more connections than allowed are closed, the others work", async () => {
  const { log } = await listening();
  const first = client();
  await first.ask({ verb: "list" });
  const sockets = Array.from({ length: 8 }, () => connect(path).on("error", () => undefined));
  await expect.poll(() => log.lines.length).toBeGreaterThanOrEqual(5);
  expect(await first.ask({ verb: "list" })).toMatchObject({ ok: true });
  for (const socket of sockets) socket.destroy();
});

test("many requests at once are all answered, each with its own number", async () => {
  await listening();
  const responder = client();
  const asked = Array.from({ length: 500 }, (_, request) =>
    responder.ask({ verb: "list", request }),
  );
  const replies = await Promise.all(asked);
  expect(replies.map(({ request }) => request)).toEqual(replies.map((_, at) => at));
});

test("W9: a responder that was killed is found again within a second, and nothing asked meanwhile is lost", async () => {
  const first = await listening();
  const log = memoryLog();
  const responder = client(log);
  await responder.ask(blockOf("192.0.2.1"));
  await first.kill();
  const asked = [2, 3, 4].map((n) => responder.ask(blockOf(`192.0.2.${n}`)));
  await expect.poll(() => responder.health()).toMatchObject({ connected: false, waiting: 3 });

  const seen: Request[] = [];
  await listening((request) => {
    seen.push(request);
    return agree(request);
  });
  const start = performance.now();
  expect(await Promise.all(asked)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(seen).toHaveLength(3);
  expect(log.lines[0]).toMatch(/is away/);
  expect(log.lines.at(-1)).toMatch(/is back, 3 requests wait/);
});

/** Three thousand blocks, about half a megabyte. */
const many = Array.from({ length: 3000 }, (_, n) => ({
  response: "firewall-drop" as const,
  address: addressOf(`20.0.${n >> 8}.${n & 255}`),
  network: `20.0.${n >> 8}.${n & 255}`,
  since: 1_800_000_000_000,
  until: 1_800_000_600_000,
  rule: 5712,
  alert: "1800000000.1",
  count: 1,
}));

test("a long reply goes out in parts and arrives whole", async () => {
  const sizes: number[] = [];
  await listening(async ({ request }) => ({ request, ok: true, blocks: many, problems: ["x"] }));
  const socket = connect(path, () => socket.write(`${list}\n`));
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await expect.poll(() => text.includes("problems")).toBe(true);
  socket.destroy();
  for (const line of text.trim().split("\n")) sizes.push(line.length);
  expect(sizes).toHaveLength(6);
  expect(Math.max(...sizes)).toBeLessThan(120_000);
  const reply = await client().ask({ verb: "list" });
  expect(reply).toEqual({ request: expect.any(Number), ok: true, blocks: many, problems: ["x"] });
});

test("whoever does not read his replies costs no more than one part of one, and is cut off", async () => {
  let asked = 0;
  const { log } = await listening(async ({ request }) => {
    asked += 1;
    return { request, ok: true, blocks: many };
  });
  const begin = process.memoryUsage().rss;
  const socket = connect(path, () => socket.write(`${list}\n`.repeat(1500)));
  socket.on("error", () => undefined);
  socket.pause();
  await expect.poll(() => log.lines).toEqual([expect.stringMatching(/does not read/)]);
  expect(asked).toBeLessThan(4);
  expect(process.memoryUsage().rss - begin).toBeLessThan(60_000_000);
  expect(await client().ask({ verb: "list" })).toMatchObject({ ok: true });
});

test("a request that costs more than a block is answered before the next is looked at", async () => {
  let underWay = 0;
  let most = 0;
  await listening(async ({ request }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return { request, ok: true, blocks: [] };
  });
  const responder = client();
  await Promise.all(Array.from({ length: 50 }, () => responder.ask({ verb: "list" })));
  expect(most).toBe(1);
  await Promise.all(Array.from({ length: 50 }, () => responder.ask(blockOf("192.0.2.1"))));
  expect(most).toBe(8);
});

test("requests that were sent and not answered are sent again", async () => {
  const first = await listening(() => new Promise(() => undefined));
  const responder = client();
  await expect.poll(() => responder.health().connected).toBe(true);
  const asked = responder.ask(blockOf("192.0.2.1"));
  await first.kill();
  await listening();
  expect(await asked).toMatchObject({ ok: true });
});

test("a block that waits is shortened, and given up when it would be over", async () => {
  const responder = client();
  const short = responder.ask(blockOf("192.0.2.1", { seconds: 1 }));
  const long = responder.ask(blockOf("192.0.2.2", { seconds: 100 }));
  expect(await short).toMatchObject({ ok: false, reason: expect.stringMatching(/away too long/) });
  const seen: Request[] = [];
  await listening((request) => {
    seen.push(request);
    return agree(request);
  });
  await long;
  expect(seen).toMatchObject([{ address: "192.0.2.2", seconds: 99 }]);
});

test("questions fail in time, with a hint", async () => {
  const asked = client().ask({ verb: "unblock", address: addressOf("192.0.2.1") }, 100);
  await expect(asked).rejects.toMatchObject({
    message: expect.stringMatching(/cannot reach the responder on .*ENOENT/),
    exitCode: 69,
    hint: expect.stringContaining("stockade status"),
  });
});

test("beyond 25,000 the oldest are dropped and counted", async () => {
  const responder = client();
  const first = responder.ask(blockOf("192.0.2.1"));
  for (let n = 0; n < 25_000; n++) void responder.ask(blockOf("192.0.2.2"));
  expect(await first).toMatchObject({ ok: false, reason: expect.stringMatching(/too many/) });
  expect(responder.health()).toMatchObject({ waiting: 25_000, dropped: 1 });
});

test("a responder that speaks another language is refused, not asked for ever", async () => {
  await listening(() => Promise.resolve({ request: -1, ok: false, reason: "not a request" }));
  expect(await client().ask(blockOf("192.0.2.1"))).toMatchObject({ ok: false });
});
