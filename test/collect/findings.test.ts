import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { followFindings } from "../../src/collect/findings.ts";
import type { Line } from "../../src/core/event.ts";
import { type Outbox, serveFindings, type Wake } from "../../src/integrity/serve/findings.ts";

const log = { info() {}, warn() {}, error() {} };
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

test("findings come in order, and are kept until they are dealt with", async () => {
  const site = await open();
  site.add(3);
  const reading = site.read();
  await expect.poll(() => reading.texts).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  await expect.poll(() => site.kept()).toBe(0);
  site.add(1);
  await expect.poll(() => reading.texts.at(-1)).toBe('{"n":4}');
});

test("what was not dealt with comes again on the next connection", async () => {
  const site = await open();
  site.add(2);
  const first = site.read({ deal: false });
  await expect.poll(() => first.texts.length).toBe(2);
  await first.stop();
  expect(site.kept()).toBe(2);
  const second = site.read();
  await expect.poll(() => second.texts).toEqual(['{"n":1}', '{"n":2}']);
});

test("the integrity process may come later, end and come back", async () => {
  const site = await open({ listen: false });
  const reading = site.read();
  site.add(1);
  await site.listen();
  await expect.poll(() => reading.texts.length).toBe(1);
  site.cut();
  site.add(1);
  await expect.poll(() => reading.texts).toEqual(['{"n":1}', '{"n":2}']);
  expect(reading.health().state).toBe("following");
});

test("one that stays away is missed, but where it is not installed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "findings-"));
  const signal = AbortSignal.timeout(5000);
  const quick = { clock: Date.now, retryMilliseconds: 5, patienceMilliseconds: 100 };
  const [missed, never] = [folder, join(folder, "none")].map((place) => {
    const source = followFindings({ ...quick, path: join(place, "sock") });
    void source.batches(signal)[Symbol.asyncIterator]().next();
    return source;
  });
  expect(missed?.health()).toMatchObject({ state: "waiting", problem: undefined });
  await expect.poll(() => missed?.health().state).toBe("failed");
  expect(missed?.health().problem).toMatch(/does not answer: .*ENOENT.*; systemctl status/);
  expect(never?.health().state).toBe("waiting");
});

test("10,000 findings at once: all, once, in order", async () => {
  const site = await open();
  site.add(10_000);
  const reading = site.read();
  await expect.poll(() => reading.texts.length, { timeout: 20_000 }).toBe(10_000);
  expect(reading.texts).toEqual(Array.from({ length: 10_000 }, (_, n) => `{"n":${n + 1}}`));
  await expect.poll(() => site.kept()).toBe(0);
});

async function open({ listen = true } = {}) {
  const path = join(mkdtempSync(join(tmpdir(), "findings-")), "sock");
  const kept: { id: number; json: string }[] = [];
  let last = 0;
  const outbox: Outbox = {
    waiting: (behind, limit) => kept.filter(({ id }) => id > behind).slice(0, limit),
    dealtWith: (upTo) => void kept.splice(0, kept.findLastIndex(({ id }) => id <= upTo) + 1),
  };
  let server: Server = createServer();
  let wake: Wake = () => {};
  const sockets = new Set<{ destroy(): unknown }>();
  const begin = async () => {
    server = createServer();
    wake = serveFindings(server, outbox, log);
    server.on("connection", (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  ended.push(() => {
    cut();
    server.close();
  });
  if (listen) await begin();
  return {
    listen: begin,
    cut,
    kept: () => kept.length,
    add(count: number) {
      for (let n = 0; n < count; n++) kept.push({ id: ++last, json: `{"n":${last}}` });
      wake();
    },
    read: ({ deal = true } = {}) => reading(path, deal),
  };
}

function reading(path: string, deal: boolean) {
  const source = followFindings({ path, clock: Date.now, retryMilliseconds: 20 });
  const stopping = new AbortController();
  const lines: Line[] = [];
  const run = async () => {
    for await (const batch of source.batches(stopping.signal)) {
      lines.push(...batch.lines);
      if (deal) batch.done();
    }
  };
  const over = run();
  const stop = () => {
    stopping.abort();
    return over;
  };
  ended.unshift(stop);
  return {
    get texts() {
      return lines.map(({ text }) => text);
    },
    health: source.health,
    stop,
  };
}
