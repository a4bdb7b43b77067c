import { expect, test } from "vitest";
import { metricsOf } from "../../src/bin/metrics.ts";
import { daemonStatus } from "./doctor/world.ts";

const source = {
  name: 'a"b\\c',
  state: "following",
  lines: 7,
  cut: 0,
  unparsed: 2,
  lastAt: 1_795_362_000_500,
} as const;
const server = { name: "web1", id: "6f1d6a0e-7d0c-4f3e-9a55-0d1f2b3c4d5e" };
const status = daemonStatus({ sources: [source], lines: 12 });

test("each metric has its help, its type and its samples, and what is not known is left out", () => {
  const text = metricsOf(status, { blocks: 3, networks: 2, byHand: 1 }, server);
  expect(text).toContain(
    "# HELP stockade_lines_total Lines judged.\n# TYPE stockade_lines_total counter\nstockade_lines_total 12\n",
  );
  expect(text).toContain(`stockade_server_info{id="${server.id}",name="web1"} 1\n`);
  expect(text).toContain("# TYPE stockade_blocks gauge\nstockade_blocks 3\n");
  expect(text).toContain('stockade_source_unparsed_total{source="a\\"b\\\\c"} 2\n');
  expect(text).toContain(
    'stockade_source_last_line_time_seconds{source="a\\"b\\\\c"} 1795362000.5\n',
  );
  expect(metricsOf(status, undefined, server)).not.toContain("stockade_blocks ");
});

// https://prometheus.io/docs/instrumenting/exposition_formats/
test("every line is one that Prometheus reads", () => {
  const sample =
    /^stockade_[a-z_]+(?:\{(?:,?[a-z_]+="(?:[^"\\\n]|\\["\\n])*")+\})? -?\d+(?:\.\d+)?$/;
  const comment = /^# (?:HELP stockade_[a-z_]+ \S.*|TYPE stockade_[a-z_]+ (?:counter|gauge))$/;
  const lines = metricsOf(status, undefined, server).trimEnd().split("\n");
  expect(lines.filter((line) => !sample.test(line) && !comment.test(line))).toEqual([]);
  expect(metricsOf(status, undefined, server).endsWith("\n")).toBe(true);
});
