import { describe, expect, test } from "vitest";
import { cutLines, maxLineLength } from "../../../src/collect/logs/lines.ts";

const read = (...chunks: (string | Buffer)[]) => {
  const cutter = cutLines();
  return chunks.flatMap((chunk) => cutter.push(Buffer.from(chunk as string)));
};

describe("cutLines", () => {
  test.each([
    ["lines", ["one\ntwo\n"], ["one", "two"]],
    ["W16: a line in two writes is one line", ["Failed pass", "word\n"], ["Failed password"]],
    ["a line without its end is waited for", ["one\ntw"], ["one"]],
    ["a line end alone", ["one", "\n"], ["one"]],
    ["CRLF", ["one\r\ntwo\r", "\n"], ["one", "two"]],
    ["empty lines", ["\n\none\n\n"], ["one"]],
    ["NUL within a line", ["o\0ne\n"], ["o\0ne"]],
    ["the hole before a truncated file's next line", ["\0\0\0", "\0\0one\ntwo\n"], ["one", "two"]],
    ["UTF-8", ["größe €\n"], ["größe €"]],
    ["invalid UTF-8", [Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x0a])], ["a\ufffdb\ufffd"]],
  ])("reads %s", (_, chunks, lines) => {
    expect(read(...chunks)).toEqual(lines);
  });

  test("says how many bytes each line has, wherever the reads fall, and leaves none out then", () => {
    const text = Buffer.from("\0\0größe €\r\n\n𝄞 zwei\nthree\nfo");
    for (let at = 0; at <= text.length; at += 1) {
      const cutter = cutLines();
      const lengths: number[] = [];
      const lines = [text.subarray(0, at), text.subarray(at)].flatMap((part) =>
        cutter.push(part, lengths),
      );
      expect(lines).toEqual(["größe €", "", "𝄞 zwei", "three"]);
      expect(lengths).toEqual([15, 1, 10, 6]);
    }
  });

  test("gives the same lines wherever the reads fall", () => {
    const text = Buffer.from("größe €\r\n\n𝄞 zwei\nthree\n");
    for (let at = 0; at <= text.length; at += 1) {
      expect(read(text.subarray(0, at), text.subarray(at))).toEqual(["größe €", "𝄞 zwei", "three"]);
    }
  });

  test.each(["x", "€"])(
    "keeps the head of a line of %s that is too long, and only that",
    (letter) => {
      for (const chunkBytes of [1000, 65_536, 1_000_000]) {
        const cutter = cutLines();
        const bytes = Buffer.from(
          `${letter.repeat(maxLineLength + 1)}sshd: forged\nnext\n${letter.repeat(maxLineLength)}\n`,
        );
        const lines: string[] = [];
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          lines.push(...cutter.push(bytes.subarray(at, at + chunkBytes)));
        }
        const most = letter.repeat(maxLineLength);
        expect(lines.map((line) => line === most || line)).toEqual([true, "next", true]);
        expect(cutter.cut).toBe(1);
        expect(cutter.pending).toBe(0);
      }
    },
  );

  test("takes linear time and little memory for a line of 100 MB", () => {
    const cutter = cutLines();
    const chunk = Buffer.alloc(65_536, "x");
    const before = process.memoryUsage().rss;
    const start = process.cpuUsage();
    for (let bytes = 0; bytes < 100_000_000; bytes += chunk.length) cutter.push(chunk);
    const { user, system } = process.cpuUsage(start);
    expect(cutter.push(Buffer.from("\nnext\n"))).toEqual(["x".repeat(maxLineLength), "next"]);
    expect(cutter.cut).toBe(1);
    expect((user + system) / 1e6).toBeLessThan(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000);
  });
});
