import { beforeEach, describe, expect, it } from "@jest/globals";
import { Hono } from "hono";
import type { SandboxConfig } from "../../config/types";
import { inProcess } from "../../emulator/arm/httpClient";
import { purge } from "../../sandbox/purge";
import { connect } from "../../traffic/arm";
import { TOKEN } from "../armHarness";
import { SUBSCRIPTION } from "../stacks";

/** Purge before an ARM that answers as the REST references say; what Azure does with a purge is not proved. */

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const DELETED = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/canadacentral/deletedVaults/kv-ours`;
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-ours`;
const CONFIG = {
  subscription: { id: SUBSCRIPTION },
  resourceGroup: { name: "rg", create: true },
  location: "canadacentral",
  names: { keyVault: "kv-ours" },
  workspace: { name: "mlw-ours", resourceGroupName: "rg", isOwn: true },
} as unknown as SandboxConfig;

/** What there is by path; what is purged goes. */
let there: Map<string, object>;
let writes: string[];
const arm = () => {
  const app = new Hono();
  app.get("*", (c) => {
    const found = there.get(c.req.path);
    return found === undefined
      ? c.json({ error: { code: "NotFound", message: "none" } }, 404)
      : c.json(found);
  });
  app.all("*", (c) => {
    writes.push(
      `${c.req.method} ${c.req.path}${c.req.method === "DELETE" ? ` ${c.req.query("forceToPurge") ?? ""}` : ""}`,
    );
    there.delete(c.req.path.replace(/\/purge$/, ""));
    return c.body(null, 204);
  });
  const httpClient = inProcess({
    fetch: (request: Request) => Promise.resolve(app.fetch(request)),
  });
  return connect({
    url: "https://api.test",
    credential: TOKEN,
    httpClient,
    retryDelayMs: 1,
    pollDelayMs: 1,
  });
};
const vault = (changes: object = {}) => ({
  properties: {
    vaultId: `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-ours`,
    scheduledPurgeDate: "2026-12-08T10:00:00Z",
    ...changes,
  },
});

beforeEach(() => {
  there = new Map();
  writes = [];
});

describe("purge", () => {
  it("frees the stack's own names, and nothing when it is run again", async () => {
    there.set(DELETED, vault());
    expect(await purge(arm(), CONFIG)).toEqual([
      { name: "kv-ours", text: "kv-ours is purged", isTaken: false },
      { name: "mlw-ours", text: "mlw-ours is purged, if it was there", isTaken: false },
    ]);
    expect(writes).toEqual([`POST ${DELETED}/purge`, `DELETE ${WORKSPACE} true`]);
    expect((await purge(arm(), CONFIG)).map(({ text }) => text)).toEqual([
      "no deleted vault kv-ours",
      "mlw-ours is purged, if it was there",
    ]);
  });

  it("says plainly that a protected vault stays, and until when", async () => {
    there.set(DELETED, vault({ purgeProtectionEnabled: true }));
    const [found] = await purge(arm(), CONFIG);
    expect(found).toEqual({
      name: "kv-ours",
      text: "kv-ours is protected from being purged, by anybody: Azure deletes it by itself on 2026-12-08. To make the stack again before, raise mlscore:generation",
      isTaken: true,
    });
    expect(writes).toEqual([`DELETE ${WORKSPACE} true`]);
  });

  it.each([
    ["another group", `${GROUP}-2/providers/Microsoft.KeyVault/vaults/kv-ours`],
    [
      "another subscription",
      `/subscriptions/other/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-ours`,
    ],
    ["nowhere", ""],
  ])("leaves a vault of %s alone", async (_where, vaultId) => {
    there.set(DELETED, vault({ vaultId }));
    expect((await purge(arm(), CONFIG))[0]).toMatchObject({ isTaken: true });
    expect(writes.filter((one) => one.includes("/purge"))).toEqual([]);
  });

  it("leaves a workspace alone that is not deleted", async () => {
    there.set(WORKSPACE, { id: WORKSPACE });
    expect((await purge(arm(), CONFIG))[1]).toEqual({
      name: "mlw-ours",
      text: "the workspace mlw-ours is not deleted: left alone",
      isTaken: true,
    });
    expect(writes).toEqual([]);
  });

  it("asks nothing of a workspace that others own", async () => {
    const workspace = { name: "mlw-team", resourceGroupName: "rg-ml", isOwn: false };
    await expect(purge(arm(), { ...CONFIG, workspace })).rejects.toThrow(
      "the stack uses the workspace mlw-team, which others own",
    );
    expect(writes).toEqual([]);
  });
});
