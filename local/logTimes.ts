/** Lines of a log by their time. */

/**
 * The times that lines of a scoring process begin with: this project's and any other ISO 8601, Python's `logging` (a comma before the
 * milliseconds, the machine's own time zone), and gunicorn's access log, where the time is in brackets.
 */
const ISO = /^\s*\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?(Z|[+-]\d\d:?\d\d)?/;
const ACCESS = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\]/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The lines from the first one of that time (milliseconds since 1970) on. One without a time is of the time of the one before it. */
export function linesSince(lines: readonly string[], since: number): readonly string[] {
  const first = lines.findIndex((line) => (timeOf(line) ?? Number.NEGATIVE_INFINITY) >= since);
  return first === -1 ? [] : lines.slice(first);
}

/** Milliseconds since 1970; undefined where the line has no time. */
export function timeOf(line: string): number | undefined {
  const [, day, time, fraction = "0", zone = ""] = ISO.exec(line) ?? [];
  if (day !== undefined && time !== undefined) {
    const at = Date.parse(`${day}T${time}.${fraction.slice(0, 3)}${zone}`);
    return Number.isNaN(at) ? undefined : at;
  }
  const [, date = "", month = "", year = "", clock = "", hours = "", minutes = ""] =
    ACCESS.exec(line) ?? [];
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return undefined;
  return Date.parse(
    `${year}-${String(number).padStart(2, "0")}-${date}T${clock}${hours}:${minutes}`,
  );
}
