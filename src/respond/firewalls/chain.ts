/** What iptables lacks of ours: in words for the admin, and as input for `iptables-restore --noflush`. */
export interface Gap {
  readonly missing: readonly string[];
  readonly commands: string;
}

/**
 * Compares what `iptables -S` printed with what has to be there: the chain STOCKADE with exactly the rules `chain`, and a jump
 * to it as the very first rule of INPUT and FORWARD, so that no rule of anybody else lets a blocked address through,
 * not even one for established connections. Docker's own hook is covered where it exists.
 */
export function gapIn(rules: string, chain: readonly string[]): Gap {
  const lines = linesOf(rules);
  const hooks = lines.includes("-N DOCKER-USER") ? [...builtIn, "DOCKER-USER"] : builtIn;
  const parts = [chainPart(lines, chain), ...hooks.map((hook) => jumpPart(lines, hook))];
  const needed = parts.filter((part) => part.commands.length > 0);
  return {
    missing: needed.map((part) => part.name),
    commands: transaction(needed.flatMap((part) => part.commands)),
  };
}

/** What takes all that is ours away again, by what `iptables -S` printed. Empty when there is nothing. */
export function removalFrom(rules: string): string {
  const lines = linesOf(rules);
  const jumps = lines.filter((line) => /^-A .*-j STOCKADE$/.test(line));
  const chain = lines.includes("-N STOCKADE") ? ["-F STOCKADE", "-X STOCKADE"] : [];
  return transaction([...jumps.map((line) => line.replace("-A", "-D")), ...chain]);
}

/** The rules of a chain, by what `iptables -S` printed. */
export function rulesOf(rules: string, chain: string): string[] {
  return inChain(linesOf(rules), chain);
}

interface Part {
  readonly name: string;
  readonly commands: readonly string[];
}

const builtIn = ["INPUT", "FORWARD"];

function chainPart(lines: readonly string[], wanted: readonly string[]): Part {
  const found = inChain(lines, "STOCKADE");
  const isThere = lines.includes("-N STOCKADE") || found.length > 0;
  const isSame = found.length === wanted.length && found.every((rule, n) => rule === wanted[n]);
  const isRight = isThere && isSame;
  // Naming the chain in restore creates or empties it, in the same transaction that fills it.
  return { name: "chain STOCKADE", commands: isRight ? [] : [":STOCKADE - [0:0]", ...wanted] };
}

function jumpPart(lines: readonly string[], hook: string): Part {
  const name = `first rule of ${hook}`;
  const rules = inChain(lines, hook);
  const jumps = rules.filter((rule) => rule === `-A ${hook} -j STOCKADE`);
  if (jumps.length === 1 && rules[0] === jumps[0]) return { name, commands: [] };
  const removals = jumps.map(() => `-D ${hook} -j STOCKADE`);
  return { name, commands: [...removals, `-I ${hook} 1 -j STOCKADE`] };
}

function linesOf(rules: string): string[] {
  return rules.split("\n").map((line) => line.trim());
}

function inChain(lines: readonly string[], chain: string): string[] {
  return lines.filter((line) => line.startsWith(`-A ${chain} `));
}

function transaction(commands: readonly string[]): string {
  return commands.length === 0 ? "" : ["*filter", ...commands, "COMMIT", ""].join("\n");
}
