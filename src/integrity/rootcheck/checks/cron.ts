import { compilePattern } from "../../../pattern/compile.ts";
import type { BytePath } from "../../entry.ts";
import { namesIn } from "../../glob.ts";
import { nameShown } from "../../name.ts";
import type { Check, Sign } from "../check.ts";
import { linesOf, textOf } from "../text-file.ts";

/** What cron runs, and what its folders hold: crontab(5), cron(8). */
const folders = [
  "/etc/cron.d",
  "/etc/cron.hourly",
  "/etc/cron.daily",
  "/etc/cron.weekly",
  "/etc/cron.monthly",
  "/etc/cron.yearly",
  "/var/spool/cron",
  "/var/spool/cron/crontabs",
];
const files = ["/etc/crontab", "/etc/anacrontab"];

const mostFiles = 2000;
const mostTold = 20;

const fetcher = "(?:curl|wget|fetch|lwp-download|lwp-request|GET|aria2c|ftpget|tftp)";
const runner = "(?:(?:ba|da|k|z|a)?sh|python[0-9.]*|perl|php|ruby|node|env\\s+\\S+)";
const temporary = "(?:/tmp|/var/tmp|/dev/shm|/run/shm|/dev/mqueue)";

/** What honest entries hardly ever do, the worst first. Linear time, whoever wrote the line. */
const habits = [
  [
    "opens a shell to somewhere else",
    `/dev/(?:tcp|udp)/|\\b(?:nc|ncat|netcat)\\b.*\\s(?:-[a-z]*[ec]\\b|--exec|--sh-exec)|\\bsocat\\b.*\\bexec:|\\bmkfifo\\b.*\\b(?:nc|ncat|netcat|telnet|openssl)\\b|\\bbash\\s+-i\\b|\\bsocket\\b.*\\b(?:dup2|subprocess|pty\\.spawn|exec)\\b|fsockopen\\(.*\\bexec`,
  ],
  [
    "decodes something and runs it",
    `\\b(?:base64|base32|xxd|openssl\\s+enc|uudecode|gunzip|zcat)\\b[^|]*\\|\\s*(?:\\S*/)?${runner}\\b|(?:eval|exec)\\b.*(?:base64|b64decode|fromhex)|(?:eval|${runner}\\s+-c)\\s*["'(]*(?:\\$\\(|\`).*\\bbase64\\b`,
  ],
  [
    "fetches something and runs it",
    `\\b${fetcher}\\b.*\\|\\s*(?:sudo\\s+)?(?:\\S*/)?${runner}\\b|(?:eval|source|\\.|${runner}(?:\\s+-\\S+)*)\\s*["'(<]*\\s*(?:\\$\\(|\`|<\\(|\\()\\s*(?:\\S*/)?${fetcher}\\b|\\b${fetcher}\\b.*(?:;|&&|&)\\s*(?:chmod\\b|(?:\\S*/)?${runner}\\s+\\S*${temporary}/)`,
  ],
  [
    "runs what lies in a folder that everybody may write",
    `^(?:[-*,/0-9A-Za-z]+\\s+){5}(?:[\\w.-]+\\s+)?${temporary}/|^@\\w+\\s+(?:[\\w.-]+\\s+)?${temporary}/|(?:^|[;&|(]|\\b(?:nohup|exec|sudo|nice|timeout\\s+\\S+|setsid|cd)\\s)\\s*${temporary}/|(?:^|[\\s;&|/])(?:${runner}|source|\\.)\\s+(?:-\\S+\\s+)*${temporary}/`,
  ],
] as const;

/** Entries of cron, and scripts that it runs, that do what backdoors and miners do. What a package recorded is left alone. */
export const suspiciousCron: Check = async ({ root, verify }) => {
  const patterns = habits.map(([does, source]) => ({
    does,
    pattern: compilePattern("pcre2", source),
  }));
  const inFolders = folders.flatMap((folder) =>
    namesIn(root, folder).map((name): BytePath => `${folder}/${name}`),
  );
  const found = new Map<BytePath, Suspect>();
  for (const path of [...files, ...inFolders].slice(0, mostFiles)) {
    const text = textOf(root, path, "refused");
    const suspect = text === undefined ? undefined : suspectIn(text, patterns);
    if (suspect) found.set(path, suspect);
  }
  const verified = await verify([...found.keys()]);
  return [...found]
    .filter(([path]) => verified.get(path)?.content !== "recorded")
    .slice(0, mostTold)
    .map(([path, suspect]) => cronSign(path, suspect));
};

interface Suspect {
  readonly line: string;
  readonly number: number;
  readonly does: string;
}

function suspectIn(
  text: string,
  patterns: readonly { does: string; pattern: { test(text: string): boolean } }[],
): Suspect | undefined {
  const lines = linesOf(text);
  for (const { does, pattern } of patterns) {
    const at = lines.findIndex((line) => !/^\s*#/.test(line) && pattern.test(line));
    if (at >= 0) return { line: lines[at] ?? "", number: at + 1, does };
  }
  return undefined;
}

function cronSign(path: BytePath, { line, number, does }: Suspect): Sign {
  const file = nameShown(path);
  const text = `Cron ${does}: '${file}', line ${number}: ${nameShown(line.trim(), 240)}`;
  return { key: `cron ${path} ${line}`, text, kind: "cron", file };
}
