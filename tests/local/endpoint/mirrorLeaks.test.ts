/** However the peers of a mirrored request end it, the router keeps nothing of it. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { EXACT } from "../../../answers/differences";
import { mirroredBytesHeld } from "../../../local/endpoint/heldBody";
import type { RoutingTarget } from "../../../local/endpoint/routingTarget";
import { cases } from "../../thorough";
import {
  CALLERS,
  ENDINGS,
  startCall,
  startMisbehaving,
  type Exchange,
  type MisbehavingServer,
} from "./support/misbehaving";
import { expectEveryPlaceFree } from "./support/freePlaces";
import { startRouter, until, type TestRouter } from "./support/router";
import { targetOf } from "./support/upstream";

const MAX_CONCURRENT = 3;
/** Both more than a socket buffers: a body that nobody reads stays on its way. The last is too large for a mirror. */
const [LARGE, TOO_LARGE] = [3_900_000, 5_000_000];

let endpoint: TestRouter;
let servers: readonly [live: MisbehavingServer, mirrored: MisbehavingServer];
let targets: readonly [live: RoutingTarget, mirrored: RoutingTarget];

beforeEach(async () => {
  servers = [await startMisbehaving("x-live"), await startMisbehaving("x-mirrored")];
  const target = (name: string, socketPath: string) =>
    // Only what never answers needs the limit; any other ending may come before or after it.
    targetOf(name, {
      sockets: [socketPath],
      maxConcurrent: MAX_CONCURRENT,
      requestTimeoutMs: 1000,
    });
  targets = [target("blue", servers[0].socketPath), target("green", servers[1].socketPath)];
  endpoint = await startRouter({ random: () => 0 });
  endpoint.route(targets, { blue: 100 }, { green: 50 });
  endpoint.router.setComparison(EXACT);
});
afterEach(async () => {
  await Promise.all([endpoint.close(), ...servers.map((server) => server.close())]);
});

const held = () => [mirroredBytesHeld(), ...targets.map(({ pool }) => pool.inFlight())];

/** Makes the exchanges at once and waits, with good callers still connected, until nothing is held. */
async function run(exchanges: readonly Exchange[]): Promise<string[]> {
  const calls = exchanges.map((exchange) => startCall(endpoint.port, exchange));
  const received = await Promise.all(calls.map((call) => call.received));
  await until(() => held().every((count) => count === 0), held);
  for (const call of calls) call.leave();
  return received;
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  live: fc.constantFrom(...ENDINGS),
  mirrored: fc.constantFrom(...ENDINGS),
  caller: fc.constantFrom(...CALLERS),
  bytes: fc.constantFrom(0, 10, 100_000, LARGE, TOO_LARGE),
});

/** Each way to end it once, at each place, with good peers at the other places. */
const GOOD: Exchange = {
  live: "answers",
  mirrored: "answers",
  caller: "sends a length",
  bytes: LARGE,
};
const ONE_BY_ONE: readonly Exchange[] = [
  ...ENDINGS.map((live) => ({ ...GOOD, live })),
  ...ENDINGS.map((mirrored) => ({ ...GOOD, mirrored })),
  ...CALLERS.map((caller) => ({ ...GOOD, caller })),
];

describe("a mirrored request", () => {
  it("leaves no place and no byte held, and every good caller an answer, however its peers end it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 6 }), async (exchanges) => {
        const received = await run(exchanges);
        for (const [index, { caller }] of exchanges.entries()) {
          if (caller.startsWith("sends")) expect(received[index]).toMatch(/^HTTP\/1\.1 \d/);
        }
        for (const target of targets) await expectEveryPlaceFree(target, MAX_CONCURRENT);
        for (const [announced, received] of servers[1].bodies) expect(received).toBe(announced);
        expect(endpoint.bugs).toEqual([]);
      }),
      {
        numRuns: ONE_BY_ONE.length + cases(2, 300),
        examples: ONE_BY_ONE.map((one) => [[one]]),
      },
    );
  });
});
