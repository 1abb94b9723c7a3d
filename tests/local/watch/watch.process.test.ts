import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectSupervisor, type SupervisorClient } from "../../../local/endpoint";
import { openLoop } from "../../../local/load/openLoop";
import { collectResults } from "../../../local/load/results";
import { senderTo } from "../../../local/load/sender";
import { CommandLine } from "../../e2e/commandLine";
import { ENDPOINT_DIRECTORY } from "../../stacks";
import { callEndpoint, until } from "../endpoint/support/router";

/** `up --watch` with real scoring processes: edits in every way that editors save, under load. */

const PER_SECOND = 20;
/** Edits after which the supervisor's heap is measured. */
const [EARLY, LAST] = [5, 20];
const LIVE_HEAP = /^live heap: ([\d.]+) MiB$/m;

describe("npm run local -- up --watch", () => {
  const cli = new CommandLine(undefined, {
    NODE_OPTIONS: `--require ${join(__dirname, "liveHeap.cjs")}`,
  });
  const folder = mkdtempSync(join(tmpdir(), "watched-"));
  const script = join(folder, "code", "score.py");
  const good = readFileSync(join(ENDPOINT_DIRECTORY, "code", "score.py"), "utf8");
  let child: ReturnType<CommandLine["start"]>;
  let client: SupervisorClient;
  let [stdout, stderr] = ["", ""];

  /** The script whose answers are the data and a mark. */
  const marked = (mark: number) => good.replace(/return \[.*\]/, `return [${mark}, weight]`);
  const score = async () => {
    const [{ port }, { primaryKey }] = [await client.status(), await client.keys()];
    const { body } = await callEndpoint(port, primaryKey, {
      body: '{"data": [1]}',
      headers: { "content-type": "application/json" },
    });
    return body.trim();
  };
  /** Waits until every deployment answers with it. */
  const answers = (mark: number, weight = 2) =>
    until(async () => {
      const seen = await Promise.all(Array.from({ length: 20 }, score));
      return seen.every((one) => one === `[${mark}, ${weight}]`);
    });
  const says = (text: string | RegExp, from: number) =>
    until(() => new RegExp(text).test(stderr.slice(from)));
  const revisions = async () =>
    (await client.status()).deployments.map(({ name, revision }) => `${name} ${revision}`);
  const idle = () => until(async () => !(await client.status()).applying);
  /** Of the supervisor's process, without garbage (liveHeap.cjs). */
  const liveMiB = async () => {
    const from = stderr.length;
    child.kill("SIGUSR2");
    await says(LIVE_HEAP, from);
    return Number(LIVE_HEAP.exec(stderr.slice(from))?.[1]);
  };
  const replaceFile = (path: string, text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };

  beforeAll(async () => {
    cpSync(ENDPOINT_DIRECTORY, folder, { recursive: true });
    // One instance each, so that twenty swaps take no longer than they must.
    const blue = join(folder, "blue.yml");
    const text = readFileSync(blue, "utf8").replace("instance_count: 2", "instance_count: 1");
    writeFileSync(blue, text);
    const green = join(folder, "green.yml");
    const more = "request_settings:\n  max_concurrent_requests_per_instance: 50\n";
    writeFileSync(green, `${readFileSync(green, "utf8")}${more}`);
    writeFileSync(blue, text.replace("per_instance: 3", "per_instance: 50"));
    writeFileSync(script, marked(0));
    child = cli.start("--watch", "--endpoint", folder);
    child.stdout.on("data", (part) => (stdout += String(part)));
    child.stderr.on("data", (part) => (stderr += String(part)));
    await until(() => stderr.includes("Watching the endpoint's files"));
    client = (await connectSupervisor(join(cli.state, "sandbox", "endpoint")))!;
  });
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("takes together what is saved together, in whatever way, and restarts nothing that is the same", async () => {
    writeFileSync(join(folder, "code", "helper.py"), "MARK = 0\n");
    writeFileSync(join(folder, "code", "score.py~"), "");
    replaceFile(script, marked(1));
    writeFileSync(join(folder, "model", "weights.json"), '{ "weight": 3 }');
    await answers(1, 3);
    await idle();
    // Files that the system tells of too late for the first update are in one more.
    const updates = () => stdout.match(/^Done after /gm)?.length ?? 0;
    const first = updates();
    expect(first).toBeLessThanOrEqual(2);
    const before = await revisions();
    // The same again: nothing is restarted.
    replaceFile(script, marked(1));
    await until(() => updates() === first + 1);
    expect(await revisions()).toEqual(before);
  });

  it("shows what is wrong at the user's own line while the old revision answers, until the next good edit", async () => {
    const before = await revisions();
    const mistakes: [() => void, RegExp][] = [
      [
        () => {
          writeFileSync(script, "def init(:\n");
        },
        /code\/score\.py:1: SyntaxError/,
      ],
      [
        () => {
          writeFileSync(script, marked(2).replace("global weight", 'raise OSError("no disk")'));
        },
        /code\/score\.py:\d+: OSError: no disk \(in init\)/,
      ],
      [
        () => {
          replaceFile(join(folder, "endpoint.yml"), "traffic: [\n");
        },
        /endpoint\.yml:\d+: [\s\S]*Nothing was changed: blue, green keep serving/,
      ],
    ];
    const yaml = readFileSync(join(folder, "endpoint.yml"), "utf8");
    for (const [make, message] of mistakes) {
      const from = stderr.length;
      make();
      await says(message.source, from);
      await says("keep serving as before", from);
      expect(await score()).toBe("[1, 3]");
      expect(await revisions()).toEqual(before);
    }
    expect(stderr).not.toMatch(/^ +at .*\.ts/m);
    writeFileSync(join(folder, "endpoint.yml"), yaml);
    writeFileSync(script, marked(2));
    await answers(2, 3);
  });

  it("gives up a revision whose init() never returns when the next edit is saved", async () => {
    const from = stderr.length;
    writeFileSync(script, marked(3).replace("global weight", "while True: pass"));
    await says("starting 1 instance", from);
    writeFileSync(script, marked(4));
    await answers(4, 3);
  });

  it("loses no request and keeps nothing in twenty edits in a row, mistakes and models among them", async () => {
    await idle();
    const sender = await senderTo(client, 200);
    const results = collectResults();
    const enough = new AbortController();
    const rate = { perSecond: PER_SECOND, seconds: 3_600, maxInFlight: 200 };
    const body = Buffer.from('{"data": [1]}');
    // Each to its end, those too that are under way when the load ends.
    const outcomes: Promise<number | string>[] = [];
    const send = () => {
      const sent = sender.send(body);
      outcomes.push(sent.then(({ status }) => status, String));
      return sent;
    };
    const load = openLoop(rate, send, results, enough.signal);
    // One is ready for the next update, or on its way out before that one is started.
    await until(
      () => cli.processes().filter((line) => line.includes("watch/update.ts")).length === 1,
    );
    const processesBefore = cli.processes().length;
    let early = 0;
    let weight = 3;
    for (let edit = 1; edit <= LAST; edit += 1) {
      if (edit % 5 === 2) {
        const from = stderr.length;
        writeFileSync(script, "def run(:\n");
        await says("keep serving as before", from);
      } else {
        if (edit % 5 === 4) {
          weight = edit;
          writeFileSync(join(folder, "model", "weights.json"), `{ "weight": ${weight} }`);
        }
        // By turns in place and as a whole.
        (edit % 2 === 0 ? replaceFile : writeFileSync)(script, marked(100 + edit));
        await answers(100 + edit, weight);
      }
      if (edit === EARLY) early = await liveMiB();
    }
    await idle();
    const late = await liveMiB();
    enough.abort();
    await load;
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set([200]));
    expect(results.result().notSent).toBe(0);
    sender.close();
    process.stderr.write(
      `live heap after edit ${EARLY}: ${early} MiB, after ${LAST}: ${late} MiB\n`,
    );
    expect(late / early).toBeLessThan(1.25);
    await until(() => cli.processes().length <= processesBefore);
    // The copies of one revision: one of the code, and the model as a folder and as a file.
    const assets = join(cli.state, "sandbox", "assets");
    await until(() => readdirSync(assets).length === 3);
  });

  it("ends with the endpoint at Ctrl-C, and leaves no process", async () => {
    child.kill("SIGINT");
    const [status] = (await once(child, "close")) as [number | null];
    expect(status).toBe(0);
    await until(() => cli.processes().length === 0);
  });
});
