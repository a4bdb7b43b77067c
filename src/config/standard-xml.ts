import { Failure } from "../core/failure.ts";

/**
 * Rewrites OSSEC's dialect as standard XML, line by line: what begins with `<!` is a comment and ends at the first `-->`
 * or `!>`, `\<` is a literal "<" and keeps its backslash, "&" stands for itself. Throws a `Failure` at a comment without
 * an end (os_xml.c reads it so).
 */
export function standardXml(text: string, file: string): string {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/^\s*<\?xml[^?]*\?>/, blank)
    .replace(special, (found, at: number) => {
      if (found === "&") return "&amp;";
      if (found === "\\<") return "\\&lt;";
      if (/(-->|!>)$/.test(found)) return `<!--${blank(found)}-->`;
      const line = text.slice(0, at).split("\n").length;
      throw new Failure(`${file}:${line}: a comment without an end`, {
        hint: "comments end with -->",
      });
    });
}

// Behind a comment without an end there is no other end either: not looked for again, or many would take for ever.
const special = /\\<|<![\s\S]*?(?:-->|!>)|<![\s\S]*|&/g;

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
