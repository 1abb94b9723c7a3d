import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { followLog, type EndpointStatus } from "../../local/endpoint";
import { followLogs } from "../../local/followLogs";

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "follow-"));
  log = join(folder, "blue.log");
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("following a log", () => {
  it("gives whole lines once, and characters whole", () => {
    const follower = followLog(log);
    expect(follower.next()).toEqual([]);
    const sign = Buffer.from("é");
    writeFileSync(log, Buffer.concat([Buffer.from("one\ntw"), sign.subarray(0, 1)]));
    expect(follower.next()).toEqual(["one"]);
    appendFileSync(log, Buffer.concat([sign.subarray(1), Buffer.from("o\n\nfour\n")]));
    expect(follower.next()).toEqual(["twéo", "", "four"]);
    expect(follower.next()).toEqual([]);
  });

  it("goes on with the new file where the log was moved away or emptied", () => {
    const follower = followLog(log);
    writeFileSync(log, "old\nhalf");
    expect(follower.next()).toEqual(["old"]);
    renameSync(log, `${log}.1`);
    expect(follower.next()).toEqual([]);
    writeFileSync(log, "new\n");
    expect(follower.next()).toEqual(["new"]);
    writeFileSync(log, "");
    writeFileSync(log, "x\n");
    expect(follower.next()).toEqual(["x"]);
  });

  it("says where it leaves lines out of a busy log, and does not at the first look", () => {
    const follower = followLog(log);
    const many = `${"a line of some length\n".repeat(10_000)}last\n`;
    writeFileSync(log, many);
    expect(follower.next().at(-1)).toBe("last");
    appendFileSync(log, many);
    const lines = follower.next();
    expect([lines[0], lines.at(-1)]).toEqual(["… lines left out …", "last"]);
  });
});

describe("the command", () => {
  it("prints the end of each log, then new lines, those of new instances too, until the endpoint ends", async () => {
    const green = join(folder, "green.log");
    writeFileSync(log, Array.from({ length: 50 }, (_, number) => `${number}\n`).join(""));
    writeFileSync(green, "green\n");
    const printed: string[] = [];
    jest
      .spyOn(process.stdout, "write")
      .mockImplementation((text) => printed.push(String(text)) > 0);
    const ended = jest.spyOn(process.stderr, "write").mockImplementation(() => true);
    const statusOf = (...paths: string[]) =>
      ({
        deployments: [
          { name: "blue", instances: paths.map((logPath, id) => ({ id, logPath })) },
          { name: "other", instances: [{ id: 0, logPath: join(folder, "other.log") }] },
        ],
      }) as unknown as EndpointStatus;
    const looks = [
      () => statusOf(log),
      () => {
        appendFileSync(log, "more\n");
        return statusOf(log, green);
      },
    ];
    const status = () => {
      const look = looks.shift();
      return look === undefined ? Promise.reject(new Error("gone")) : Promise.resolve(look());
    };
    writeFileSync(join(folder, "other.log"), "not asked for\n");
    await followLogs({ status }, "blue");
    const expected = Array.from({ length: 40 }, (_, number) => `blue 0 | ${number + 10}\n`);
    expect(printed).toEqual([...expected, "blue 0 | more\n", "blue 1 | green\n"]);
    expect(ended.mock.calls.map(([text]) => text)).toEqual(["The endpoint has ended.\n"]);
  });
});
