/** Hands on each line of a stream. Not by node:readline, which also ends lines at characters that JSON may contain. */
export function replyReader(take: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString("utf8");
      parts = [];
      from = end + 1;
      take(line);
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  };
}
