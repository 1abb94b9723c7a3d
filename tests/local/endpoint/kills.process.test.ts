/** Random kills of a supervisor and of its instances, under load and while a spec is applied. */
import { afterEach, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { endEverything, spawnSupervisor, type SupervisorClient } from "../../../local/endpoint";
import type { EndpointSpec } from "../../../local/endpoint/spec";
import { cases } from "../../thorough";
import { callEndpoint, until } from "./support/router";
import {
  CACHE_DIRECTORY,
  deployment,
  endpoint,
  expectNothingLeft,
  groupMembers,
  isAlive,
  labelOf,
} from "./support/endpoint";
import { steadyLoad } from "./support/load";
import { seededRandom } from "./support/random";

/** MLSCORE_KILLS sets another number. */
const KILLS = Number(process.env["MLSCORE_KILLS"] ?? cases(3, 10));
const random = seededRandom(Number(process.env["MLSCORE_SEED"] ?? 1));
const pick = <T>(...all: readonly T[]): T => {
  const chosen = all[Math.floor(random() * all.length)];
  if (chosen === undefined) throw new Error("nothing to choose from");
  return chosen;
};
/** Long for one call; an endpoint without a supervisor refuses at once. */
const HANGS_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), "endpoint-test-"));
let client: SupervisorClient;
afterEach(async () => {
  if (isAlive(client.pid)) await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Blue with so many instances, and so much of the traffic for green. */
const specOf = (instanceCount: number, green: number): EndpointSpec =>
  endpoint([deployment("blue", { instanceCount }), deployment("green")], {
    blue: 100 - green,
    green,
  });

async function start(spec: EndpointSpec): Promise<void> {
  client = await spawnSupervisor({ stateDirectory: folder, cacheDirectory: CACHE_DIRECTORY });
  await client.apply(spec, () => undefined);
}

/** Who is killed: all of an instance's processes, one of them, or the supervisor. */
async function victim(): Promise<number> {
  const { deployments } = await client.status();
  const leaders = deployments.flatMap(({ instances }) => instances.flatMap(({ pid }) => pid ?? []));
  if (leaders.length === 0 || random() < 0.3) return client.pid;
  const leader = pick(...leaders);
  return random() < 0.5 ? -leader : pick(leader, ...groupMembers(leader));
}

/** What is left of the endpoint; undefined when nothing is. */
function left(port: number): string | undefined {
  try {
    expectNothingLeft(folder, port);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function isAsDeclared({ traffic, deployments }: EndpointSpec): Promise<boolean> {
  const status = await client.status();
  expect(status.traffic).toEqual(traffic);
  return deployments.every(({ name, instanceCount }) => {
    const found = status.deployments.find((one) => one.name === name);
    const ready = found?.instances.filter(({ state }) => state === "ready").length;
    return found?.state === "ready" && ready === instanceCount;
  });
}

it(
  "cost what they held and nothing else, and leave nothing",
  async () => {
    let spec = specOf(1, 10);
    await start(spec);
    const { port } = await client.status();
    const { primaryKey } = await client.keys();
    const wrong: string[] = [];
    const load = steadyLoad(async () => {
      const signal = AbortSignal.timeout(HANGS_MS);
      const answer = await callEndpoint(port, primaryKey, { body: "{}", signal });
      const isGood = answer.status === 200 && ["blue", "green"].includes(labelOf(answer) ?? "");
      // 404: a supervisor that has just been started again has no deployment yet.
      if (!isGood && ![404, 424, 429].includes(answer.status))
        wrong.push(`${answer.status} ${answer.body}`);
      return answer;
    }, 2);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const pid = await victim();
      const next = random() < 0.4 ? specOf(pick(1, 2), pick(0, 10, 50)) : spec;
      const phases = Math.floor(random() * 4);
      let seen = 0;
      const end = () => {
        if (seen++ !== phases) return;
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // Ended by the apply itself.
        }
      };
      const applied = next === spec ? undefined : client.apply(next, end).catch(() => undefined);
      if (applied === undefined) seen = phases;
      await applied;
      // A change with fewer events than that, or none.
      if (seen <= phases) {
        seen = phases;
        end();
      }
      spec = next;
      if (pid === client.pid) {
        await until(() => !isAlive(pid));
        // Its instances end by themselves; what is left of its files is cleared up, as `down` does it.
        await until(
          async () => {
            await endEverything(folder);
            return left(port) === undefined;
          },
          () => ({ kill, left: left(port) }),
        );
        await start(spec);
        expect((await client.status()).port).toBe(port);
      } else {
        await client.apply(spec, () => undefined);
      }
      const declared = spec;
      await until(
        () => isAsDeclared(declared),
        () => client.status(),
      );
      const answered = load.answered();
      await until(() => load.answered() > answered + 4);
    }
    const outcomes = await load.stop();
    await client.stop();
    expect(wrong).toEqual([]);
    expect(outcomes.filter((one) => String(one).includes("Abort"))).toEqual([]);
    expectNothingLeft(folder, port);
    if (KILLS > 10) console.log(Object.fromEntries(tally(outcomes)));
  },
  300_000 + KILLS * 60_000,
);

function tally(outcomes: readonly (number | string)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of outcomes) {
    const name = String(one).replace(/\d+\.\d+\.\d+\.\d+:\d+/, "");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
