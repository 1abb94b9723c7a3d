/** A stack whose endpoint really runs, on the test's own scripts, with the state that `npm run local -- up` writes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EndpointSpec } from "../../../local/endpoint";
import { endpointDirectory, writeState } from "../../../local/state";
import { sandboxRun, SUBSCRIPTION } from "../../stacks";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  startEndpoint,
  type TestEndpoint,
} from "../endpoint/support/endpoint";

export const STACK = "sandbox";
export const NAME = "gauge-endpoint";

export interface LiveStack {
  readonly running: TestEndpoint;
  /** Of the workspace, as the program names it. */
  readonly workspaceId: string;
  readonly endpointId: string;
  /** Where the supervisor keeps its things. */
  readonly directory: string;
  readonly workspaceName: string;
  close(): Promise<void>;
}

/** The endpoint of tests/fixtures/endpoint with `blue` (90 %) and `green` (10 %), which answer with their names. */
export function liveSpec(changes: Partial<EndpointSpec> = {}): EndpointSpec {
  const both = [deployment("blue"), deployment("green")];
  const tags = { domain: "hydrology" };
  return endpoint(both, { blue: 90, green: 10 }, { name: NAME, tags, ...changes });
}

/** Evaluates the program, which a process can do once. */
export async function startLiveStack(): Promise<LiveStack> {
  const state = mkdtempSync(join(tmpdir(), "live-stack-"));
  process.env["MLSCORE_STATE"] = state;
  const { stored } = await sandboxRun();
  await writeState(STACK, { version: 1, resources: stored });
  const running = await startEndpoint({ folder: endpointDirectory(STACK) });
  await running.apply(liveSpec());
  const found = stored.find(({ type }) => type.endsWith(":OnlineEndpoint"));
  if (found === undefined) throw new Error("the stack declares no endpoint");
  const [workspaceId = ""] = found.id.split("/onlineEndpoints/");
  return {
    running,
    workspaceId,
    endpointId: found.id,
    directory: endpointDirectory(STACK),
    workspaceName: workspaceId.slice(workspaceId.lastIndexOf("/") + 1),
    async close() {
      await closeAndExpectNothingLeft();
      delete process.env["MLSCORE_STATE"];
      rmSync(state, { recursive: true, force: true });
    },
  };
}

export { SUBSCRIPTION };
