/** Text for standard output. A write for each line would cost more than to judge it. */
export interface Output {
  /** Takes a line, without its end. */
  line(text: string): void;
  /** Takes text as it is. */
  text(text: string): void;
  /** Writes what was taken: at the end, and when more may be long in coming. */
  flush(): void;
}

const most = 1 << 16;

export function openOutput(write: (text: string) => void): Output {
  let waiting = "";
  const flush = () => {
    if (waiting !== "") write(waiting);
    waiting = "";
  };
  const text = (more: string) => {
    waiting += more;
    if (waiting.length >= most) flush();
  };
  return { line: (one) => text(`${one}\n`), text, flush };
}
