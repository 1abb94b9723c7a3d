/** Times as ARM has them: ISO 8601 durations. */

/**
 * 180000 ms is `PT3M`, 5000 ms `PT5S`, 1500 ms `PT1.5S`.
 * @param milliseconds a whole number, zero or more
 */
export function isoDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  const parts = [
    hours > 0 ? `${hours}H` : "",
    minutes > 0 ? `${minutes}M` : "",
    seconds > 0 ? `${seconds}S` : "",
  ].join("");
  return `PT${parts === "" ? "0S" : parts}`;
}

/** Milliseconds of a duration of hours, minutes and seconds. @param otherwise for any other text */
export function milliseconds(duration: string, otherwise: number): number {
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration);
  if (parts === null) return otherwise;
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part || 0));
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}
