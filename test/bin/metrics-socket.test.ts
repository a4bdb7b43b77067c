import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { serveMetrics } from "../../src/bin/metrics-socket.ts";
import { openScratch } from "../cli/scratch.ts";

const said: string[] = [];
const log = { info() {}, warn: (line: string) => void said.push(line), error() {} };
let server: Server | undefined;
afterEach(() => server?.close());

test("an HTTP client gets the figures as of now, in Prometheus' format", async () => {
  let lines = 1;
  const path = await open(async () => `stockade_lines_total ${lines}\n`);
  expect(await get(path)).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
    "stockade_lines_total 1\n",
  ]);
  lines = 2;
  expect((await get(path))[2]).toBe("stockade_lines_total 2\n");
  expect(statSync(path).mode & 0o777).toBe(0o666);
});

test("figures that cannot be had are an error of the server's", async () => {
  const path = await open(() => Promise.reject(new Error("no")));
  expect((await get(path))[0]).toBe(503);
});

test("who asks for something else, or goes away, does not matter", async () => {
  const path = await open(async () => "x 1\n");
  connect(path).destroy();
  const socket = connect(path);
  socket.end("\0\0 rubbish");
  expect(await text(socket)).toContain("x 1");
});

test("what a killed daemon left is replaced; a place that cannot be used is told", async () => {
  const path = place();
  writeFileSync(path, "");
  await open(async () => "x 1\n", path);
  expect((await get(path))[0]).toBe(200);
  serveMetrics(join(path, "below"), async () => "", log);
  await expect.poll(() => said.join()).toContain("cannot listen on");
});

test("the daemon answers there", async () => {
  const scratch = openScratch();
  scratch.start("stockaded");
  const path = join(scratch.root, "run/stockade/daemon/metrics.sock");
  const asked = () => get(path).catch(() => [0, "", ""] as const);
  await expect.poll(async () => (await asked())[0], { timeout: 30_000 }).toBe(200);
  expect((await asked())[2]).toMatch(/^stockade_lines_total \d+$/m);
  await scratch.remove();
});

function place(): string {
  return join(mkdtempSync(join(tmpdir(), "metrics-")), "sock");
}

async function open(metrics: () => Promise<string>, path = place()): Promise<string> {
  server = serveMetrics(path, metrics, log);
  await new Promise((resolve) => server?.once("listening", resolve));
  return path;
}

function get(socketPath: string): Promise<[number, string, string]> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: "/metrics" }, (response) => {
      const { statusCode = 0, headers } = response;
      text(response).then(
        (body) => resolve([statusCode, headers["content-type"] ?? "", body]),
        reject,
      );
    })
      .on("error", reject)
      .end();
  });
}
