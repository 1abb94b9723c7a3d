import { describe, expect, it } from "@jest/globals";
import { linesSince, timeOf } from "../../local/logTimes";

describe("the time of a log's line", () => {
  it.each([
    ["2026-03-01T10:00:00.250Z endpoint: ready", Date.UTC(2026, 2, 1, 10, 0, 0, 250)],
    ["2026-03-01T12:00:00+02:00 text", Date.UTC(2026, 2, 1, 10)],
    ["2026-03-01 10:00:00,250 I [1] azmlinfsrv - x", new Date(2026, 2, 1, 10, 0, 0, 250).getTime()],
    ["2026-03-01 10:00:00.250123 text", new Date(2026, 2, 1, 10, 0, 0, 250).getTime()],
    ['127.0.0.1 - - [01/Mar/2026:12:00:00 +0200] "GET / HTTP/1.1" 200', Date.UTC(2026, 2, 1, 10)],
    ["[2026-03-01 10:00:00 +0000] [1] [INFO] Booting", new Date(2026, 2, 1, 10).getTime()],
  ])("is read of: %s", (line, time) => {
    expect(timeOf(line)).toBe(time);
  });

  it.each(["plain text", "at 2026-03-01 it was cold", "2026-13-41T10:00:00Z no date", "[a/b/c]"])(
    "is unknown of: %s",
    (line) => {
      expect(timeOf(line)).toBeUndefined();
    },
  );
});

describe("the lines since a time", () => {
  const lines = [
    "first",
    "2026-03-01T10:00:00Z one",
    "of one",
    "2026-03-01T11:00:00Z two",
    "of two",
  ];

  it("begin at its first line, and lines without a time belong to the one before", () => {
    expect(linesSince(lines, Date.UTC(2026, 2, 1, 10, 30))).toEqual(lines.slice(3));
    expect(linesSince(lines, Date.UTC(2026, 2, 1, 11))).toEqual(lines.slice(3));
    expect(linesSince(lines, Date.UTC(2026, 2, 1, 9))).toEqual(lines.slice(1));
    expect(linesSince(lines, Date.UTC(2026, 2, 1, 12))).toEqual([]);
  });
});
