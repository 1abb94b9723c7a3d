import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AzureStore } from "../emulator/azure/azureStore";
import { startArmServer } from "../emulator/arm/server";
import { storeBackend } from "../emulator/arm/storeBackend";
import { armClient } from "./armClient";
import { ENVIRONMENT, fixture, INSTANCE_TYPE } from "./fixture";
import { runSequence, type Taken, type Target } from "./run";
import type { Sequence } from "./sequence";

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
const WORKSPACE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/conformance/providers/Microsoft.MachineLearningServices/workspaces/conformance`;
/** Far above what a loopback answer takes, so that a token never ends under way. */
const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Runs the work against the emulator's control plane, over HTTPS on the loopback device, with an empty workspace. */
async function onEmulator<T>(work: (target: Target) => Promise<T>): Promise<T> {
  const store = new AzureStore({
    subscriptionId: SUBSCRIPTION,
    tenantId: SUBSCRIPTION,
    resourceGroups: ["conformance"],
    existing: [WORKSPACE],
  });
  const directory = mkdtempSync(join(tmpdir(), "conformance-"));
  const armServer = await startArmServer({
    backend: storeBackend(store),
    directory,
    subscriptionId: SUBSCRIPTION,
    retryAfterSeconds: 0,
    scoringToken: () => Promise.reject(new Error("no sequence asks for a token")),
  });
  const token = readFileSync(armServer.tokenPath, "utf8");
  try {
    return await work({
      client: armClient({
        url: armServer.url,
        subscriptionId: SUBSCRIPTION,
        credential: {
          getToken: () =>
            Promise.resolve({ token, expiresOnTimestamp: Date.now() + TOKEN_LIFETIME_MS }),
        },
        authority: readFileSync(armServer.authorityPath, "utf8"),
        pollDelayMs: 0,
      }),
      workspaceId: WORKSPACE,
      values: {
        run: "emulator",
        location: "canadacentral",
        endpoint: "conformance-a",
        spareEndpoint: "conformance-b",
        instanceType: INSTANCE_TYPE,
        environmentId: `${WORKSPACE}/environments/${ENVIRONMENT.name}/versions/${ENVIRONMENT.version}`,
      },
      attempts: 3,
      retryDelayMs: 0,
    });
  } finally {
    await armServer.close();
    rmSync(directory, { recursive: true });
  }
}

/** Runs sequences against the emulator, with the fixture where one needs it. */
export function runOnEmulator(
  sequences: readonly Sequence[],
): Promise<ReadonlyMap<Sequence, readonly Taken[]>> {
  return onEmulator(async (target) => {
    const taken = new Map<Sequence, readonly Taken[]>();
    for (const sequence of sequences) {
      if (sequence.needsFixture && !taken.has(fixture)) {
        taken.set(fixture, await runSequence(fixture, target));
      }
      taken.set(sequence, await runSequence(sequence, target));
    }
    return taken;
  });
}
