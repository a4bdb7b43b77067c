/** Debian has had these as links to folders of /usr since 12, and what is in them is seen there. */
const linked = /^(\^?)(?=\/(?:bin|sbin|lib|lib32|lib64|libx32)\/)/;

/** How a path begins, as it is written and as files are seen: "/bin/a" is "/usr/bin/a" too. */
export function prefixesSeen(written: string): string[] {
  return linked.test(written) ? [written, inUsr(written)] : [written];
}

/** The same for OS_Match: of its alternatives those that begin with "^" and such a folder. */
export function matchesSeen(written: string): string[] {
  const others = written.split("|").filter((one) => one.startsWith("^") && linked.test(one));
  return [written, ...others.map(inUsr)];
}

function inUsr(written: string): string {
  return written.replace(linked, "$1/usr");
}
