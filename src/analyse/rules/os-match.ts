/**
 * Compiles an OS_Match pattern: alternatives between "|", "^" and "$" for the ends, everything else literal, letters in
 * either case. The compiled test wants its text in lower case, and takes time linear in its length.
 */
export function compileOsMatch(pattern: string): (lowerText: string) => boolean {
  const tests = pattern.replaceAll("\\<", "<").split("|").map(alternative);
  const [only] = tests;
  return tests.length === 1 && only ? only : (text) => tests.some((test) => test(text));
}

function alternative(pattern: string): (lowerText: string) => boolean {
  const start = pattern.startsWith("^");
  const end = pattern.length > (start ? 1 : 0) && pattern.endsWith("$");
  const literal = pattern.slice(start ? 1 : 0, end ? -1 : undefined).toLowerCase();
  if (start && end) return (text) => text === literal;
  if (start) return (text) => text.startsWith(literal);
  if (end) return (text) => text.endsWith(literal);
  return (text) => text.includes(literal);
}
