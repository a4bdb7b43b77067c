const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number) => String(value).padStart(2, "0");

/** Milliseconds since 1970 as OSSEC writes them, in local time: "2026 Nov 22 10:06:40". */
export function localTime(milliseconds: number): string {
  const at = new Date(milliseconds);
  const day = `${at.getFullYear()} ${months[at.getMonth()]} ${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `localTime` that remembers the last second: thousands of alerts may share it. */
export function rememberedLocalTime(): (milliseconds: number) => string {
  let second = Number.NaN;
  let text = "";
  return (milliseconds) => {
    const asked = Math.floor(milliseconds / 1000);
    if (asked !== second) {
      second = asked;
      text = localTime(milliseconds);
    }
    return text;
  };
}

/** The beginning of the clock hour, as a clock on this machine's wall shows it, in milliseconds since 1970. */
export function hourOf(milliseconds: number): number {
  return new Date(milliseconds).setMinutes(0, 0, 0);
}
