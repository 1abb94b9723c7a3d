import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { resultText } from "../../conformance/azure/report";
import { runOnAzure, type SessionOptions } from "../../conformance/azure/session";
import { sequences } from "../../conformance/sequences";
import { readTranscripts } from "../../conformance/transcript";
import { fakeAzure, LOCATION, PLACE, refusedBy, type FakeAzure } from "./fakeAzure";

/**
 * A run in Azure against a fake of its resource manager: what is made, asked, written and removed, in which order and whatever
 * fails. That Azure itself makes and removes a workspace so is not proved here.
 */

const REMOVAL = [
  "DELETE onlineEndpoints/mlscf-1a2b3c4d-b",
  "DELETE onlineEndpoints/mlscf-1a2b3c4d-a",
  "DELETE workspaces/mlscf-1a2b3c4d purged",
  "DELETE vaults/mlscf-1a2b3c4d-kv",
  "POST mlscf-1a2b3c4d-kv/purge",
  "DELETE storageAccounts/mlscf1a2b3c4d",
];
const PREPARATION = [
  "PUT storageAccounts/mlscf1a2b3c4d",
  "PUT vaults/mlscf-1a2b3c4d-kv",
  "PUT workspaces/mlscf-1a2b3c4d",
  "PUT versions/1",
];

let azure: FakeAzure;
let out: string;
let said: string[];
beforeEach(() => {
  azure = fakeAzure();
  out = mkdtempSync(join(tmpdir(), "transcripts-"));
  said = [];
});
afterEach(() => {
  rmSync(out, { recursive: true });
});

const run = (changes: Partial<SessionOptions> = {}) =>
  runOnAzure({
    client: azure.client,
    place: PLACE,
    sequences,
    out,
    day: "2026-12-01",
    price: () => Promise.resolve(0.25),
    confirm: () => Promise.resolve(true),
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    attempts: { step: 2, removal: 2 },
    retryDelayMs: 0,
    ...changes,
  });

describe("a run in Azure", () => {
  it("makes a workspace, runs all sequences, writes their transcripts and removes everything", async () => {
    const result = await run();
    expect(result).toMatchObject({
      outcome: "finished",
      different: [],
      skipped: [],
      leftovers: [],
    });
    expect(azure.writes.slice(0, 4)).toEqual(PREPARATION);
    expect(azure.writes.slice(-6)).toEqual(REMOVAL);
    expect([...azure.existing].filter((id) => !id.includes("/versions/"))).toEqual([]);
    const ids = ["fixture", ...sequences.map(({ id }) => id)];
    expect(readdirSync(out).sort()).toEqual(ids.map((id) => `${id}.json`).sort());
    expect(readTranscripts(out).map(({ observedOn }) => observedOn)).toEqual(
      ids.map(() => "2026-12-01"),
    );
  });

  it("tags what it makes with the run, and keeps the vault no longer than it must", async () => {
    await run({ sequences: [] });
    for (const call of PREPARATION.slice(0, 3)) {
      expect(azure.bodies.get(call)).toMatchObject({
        location: LOCATION,
        tags: { "mlscore-conformance": "1a2b3c4d" },
      });
    }
    expect(azure.bodies.get(PREPARATION[1] ?? "")).toMatchObject({
      properties: {
        tenantId: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        softDeleteRetentionInDays: 7,
      },
    });
  });

  it("says what is made and what it costs before it asks, and makes nothing without a yes", async () => {
    const asked: string[] = [];
    const result = await run({
      confirm: (plan, word) => {
        asked.push(plan, word);
        return Promise.resolve(false);
      },
    });
    expect(result).toEqual({
      outcome: "refused",
      transcripts: [],
      different: [],
      skipped: [],
      leftovers: [],
    });
    expect(azure.writes).toEqual([]);
    expect(asked[1]).toBe("mlscf-1a2b3c4d");
    expect(asked[0]).toContain("In the resource group rg-trial (canadacentral)");
    expect(asked[0]).toContain("up to 3 instances of Standard_DS3_v2 (quota for 20 cores)");
    expect(asked[0]).toContain(
      "Cost: at most 2.25 USD for 3 instances for 3 hours at 0.25 USD an hour",
    );
    expect(resultText(result, "1a2b3c4d")).toBe("Not confirmed; nothing was created.");
  });

  it("says so when there is no price", async () => {
    let plan = "";
    await run({
      price: () => Promise.resolve(undefined),
      confirm: (given) => {
        plan = given;
        return Promise.resolve(false);
      },
    });
    expect(plan).toContain("Cost: the price list does not answer; look up Standard_DS3_v2");
  });

  it("makes nothing when the resource group is not there", async () => {
    azure.intercept = (call) =>
      call === "GET resourceGroups/rg-trial"
        ? refusedBy(404, "ResourceGroupNotFound", "Resource group 'rg-trial' could not be found.")
        : undefined;
    await expect(run()).rejects.toThrow(
      "the resource group rg-trial cannot be read (ResourceGroupNotFound: Resource group 'rg-trial' could not be found.)",
    );
    expect(azure.writes).toEqual([]);
  });
});

describe("everything is removed", () => {
  it.each([
    ["storage account", "PUT storageAccounts/mlscf1a2b3c4d", 1],
    ["key vault", "PUT vaults/mlscf-1a2b3c4d-kv", 2],
    ["workspace", "PUT workspaces/mlscf-1a2b3c4d", 3],
  ])("when Azure refuses the %s", async (what, refusedCall, created) => {
    azure.intercept = (call) =>
      call === refusedCall ? refusedBy(403, "RequestDisallowedByPolicy") : undefined;
    expect(await run()).toMatchObject({
      outcome: "failed",
      reason: `Azure refuses the ${what} (RequestDisallowedByPolicy): no`,
      transcripts: [],
      leftovers: [],
    });
    expect(azure.writes).toEqual([...PREPARATION.slice(0, created), ...REMOVAL]);
  });

  it("when a connection is lost in the middle of a sequence", async () => {
    let puts = 0;
    azure.intercept = (call) => {
      if (call !== "PUT onlineEndpoints/mlscf-1a2b3c4d-b") return undefined;
      puts += 1;
      if (puts === 3) throw new Error("the network is gone");
      return undefined;
    };
    const result = await run();
    expect(result).toMatchObject({ outcome: "failed", transcripts: [], leftovers: [] });
    expect(result.reason).toContain("the network is gone");
    expect(azure.writes.slice(-6)).toEqual(REMOVAL);
  });

  it("when it is interrupted in the middle of a sequence, and no step is taken any more", async () => {
    const controller = new AbortController();
    azure.intercept = (call) => {
      if (call === "PUT deployments/green") controller.abort(new Error("interrupted"));
      return undefined;
    };
    const result = await run({ signal: controller.signal });
    expect(result).toMatchObject({ outcome: "interrupted", leftovers: [] });
    const last = azure.writes.lastIndexOf("PUT deployments/green");
    // The endpoint is busy with the deployment that was being made, so its deletion takes a second try.
    expect(azure.writes.slice(last + 1)).toEqual([REMOVAL[0], REMOVAL[1], ...REMOVAL.slice(1)]);
    // The sequence before it was complete.
    expect(readdirSync(out)).toEqual(["endpoint-creation.json"]);
  });

  it("also what follows something that cannot be removed, which is told with its id", async () => {
    azure.intercept = (call) =>
      call === "DELETE workspaces/mlscf-1a2b3c4d purged"
        ? refusedBy(409, "Conflict", "busy")
        : undefined;
    const result = await run({ sequences: [] });
    expect(azure.writes.slice(-7)).toEqual([
      ...REMOVAL.slice(0, 3),
      "DELETE workspaces/mlscf-1a2b3c4d purged",
      ...REMOVAL.slice(3),
    ]);
    const [leftover] = result.leftovers;
    expect(leftover).toMatchObject({ what: "workspace", reason: "Conflict: busy" });
    const text = resultText(result, "1a2b3c4d");
    expect(text).toContain("STILL THERE, and it may cost money:");
    expect(text).toContain(`az resource delete --ids ${leftover?.id ?? ""}`);
    expect(text).toContain("--remove 1a2b3c4d");
  });
});

describe("what Azure answers otherwise", () => {
  it("is told, is in the transcript, and keeps no other step from being taken", async () => {
    azure.intercept = (call) =>
      call === "DELETE deployments/green" ? new Response(null, { status: 200 }) : undefined;
    const result = await run();
    expect(result.outcome).toBe("finished");
    expect(result.different).toEqual([
      "endpoint-deletion: a deletion of a deployment with live traffic",
      "endpoint-deletion: a deletion of a deployment with mirrored traffic",
      "endpoint-deletion: a deletion of a deployment without traffic",
      "endpoint-deletion: a read of the deleted deployment",
      "endpoint-deletion: a second deletion of the deployment",
    ]);
    expect(said).toContain(
      '  OTHERWISE: a deletion of a deployment with live traffic: status is 200 and not 400; code is absent and not "BadRequest"',
    );
    expect(resultText(result, "1a2b3c4d")).toContain(
      "Azure answered differently from the emulator",
    );
  });

  it("keeps the sequences with traffic from being run when a deployment does not come up", async () => {
    azure.intercept = (call) =>
      call === "PUT deployments/green" ? refusedBy(400, "OutOfQuota") : undefined;
    const result = await run();
    expect(result.skipped).toEqual(sequences.slice(1).map(({ id }) => id));
    expect(readdirSync(out).sort()).toEqual(["endpoint-creation.json", "fixture.json"]);
    expect(azure.writes.slice(-6)).toEqual(REMOVAL);
  });
});

describe("a transcript", () => {
  it("names no subscription, group, run or identity", async () => {
    await run();
    const text = readdirSync(out)
      .map((name) => readFileSync(join(out, name), "utf8"))
      .join("\n");
    expect(text).not.toContain(PLACE.subscriptionId);
    expect(text).not.toContain("rg-trial");
    expect(text).not.toContain("1a2b3c4d");
    expect(text).not.toContain("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/);
    expect(text).toContain("{{workspace}}/onlineEndpoints/{{endpoint}}");
  });
});
