import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Dialect } from "../../src/pattern/pattern.ts";
import { shared } from "../shared.ts";

export interface StockPattern {
  readonly file: string;
  readonly dialect: Dialect;
  readonly source: string;
}

/** Every distinct pattern of OSSEC's decoder.xml and rules; parts of one pattern in several elements are joined. */
export function stockPatterns(): readonly StockPattern[] {
  const folder = shared("conformance/ossec/rules");
  const rules = readdirSync(folder).map((name) => `${folder}/${name}`);
  const patterns = [shared("conformance/ossec/decoder.xml"), ...rules].flatMap(patternsOf);
  return [...new Map(patterns.map((one) => [`${one.dialect} ${one.source}`, one])).values()];
}

/** Lines of real programs, as OSSEC's own tests and its makers' have them. */
export function stockLines(): readonly string[] {
  const lines = readFileSync(shared("conformance/ossec/oracle.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line).line);
}

function patternsOf(file: string): readonly StockPattern[] {
  const text = readFileSync(file, "latin1").replace(/<!--[\s\S]*?-->/g, "");
  const blocks = text.match(/<(rule|decoder)[ >][\s\S]*?<\/\1>/g) ?? [];
  return blocks.flatMap((block) => {
    const bySort = new Map<string, StockPattern>();
    for (const [, name = "", body = ""] of block.matchAll(element)) {
      const source = (bySort.get(name)?.source ?? "") + body;
      bySort.set(name, { file: basename(file), dialect: dialectOf(name), source });
    }
    return [...bySort.values()];
  });
}

const element = /<(match|regex|prematch|\w*pcre2)(?: [^>]*)?>([\s\S]*?)<\/\1>/g;

function dialectOf(element: string): Dialect {
  if (element.endsWith("pcre2")) return "pcre2";
  return element === "match" ? "match" : "regex";
}
