/** A moment on this machine's wall. */
export interface LocalMoment {
  /** Minutes since midnight. */
  readonly minute: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** Milliseconds since 1970 as local time; remembers the last minute, which most events share. */
export function localClock(): (at: number) => LocalMoment {
  let known = Number.NaN;
  let moment: LocalMoment = { minute: 0, weekday: 0 };
  return (at) => {
    const asked = Math.floor(at / 60_000);
    if (asked !== known) {
      known = asked;
      const date = new Date(at);
      moment = { minute: date.getHours() * 60 + date.getMinutes(), weekday: date.getDay() };
    }
    return moment;
  };
}
