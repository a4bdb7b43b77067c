import { type Check, type Finding, ok, wrong } from "../finding.ts";

/** What to do stands behind the last colon, where it is a command. */
const withCommand = /^(?<text>.+): (?<fix>(?:stockade|systemctl|apt-get|in a container).*)$/;

/** All that `stockade status` knows: the processes, what they say of themselves, logs that cannot be read, mail. */
export const status: Check = ({ status: { problems, daemon, blocks } }) => {
  if (problems.length > 0) return problems.map(findingOf);
  const many = `${daemon?.rules ?? 0} rules, ${blocks?.blocks ?? 0} blocks in force`;
  return [ok(`everything runs: ${many}`)];
};

/** What has no single command. */
const inWords: readonly (readonly [RegExp, string])[] = [
  [
    /^ipset does not work/,
    "apt-get install ipset; in a container: have the host load ip_set_hash_net and xt_set",
  ],
  [
    /^firewall-drop cannot work for IPv6/,
    "a server without IPv6 loses nothing by it; else: apt-get install --reinstall iptables",
  ],
  [/^the disk of (\S+) is full/, "du -xh $1 | sort -h | tail shows what takes it"],
];

function findingOf(problem: string): Finding {
  for (const [pattern, fix] of inWords) {
    const [whole] = pattern.exec(problem) ?? [];
    if (whole) return wrong(problem, whole.replace(pattern, fix));
  }
  const { text = problem, fix = "stockade status" } = withCommand.exec(problem)?.groups ?? {};
  return wrong(text, fix);
}
