/**
 * ARM as a conformance run in Azure calls it: the emulator's ARM API, and the group, accounts, vaults and workspaces that the
 * emulator has in its store only, where a run creates and deletes them through ARM.
 */
import { AzureStore } from "../../emulator/azure/azureStore";
import { emulatedArm } from "../../emulator/arm/app";
import { inProcess } from "../../emulator/arm/httpClient";
import { storeBackend } from "../../emulator/arm/storeBackend";
import { armClient, type ArmClient } from "../../conformance/armClient";
import { workspaceIdOf } from "../../conformance/azure/resources";
import { TOKEN } from "../armHarness";

export const PLACE = {
  subscriptionId: "12345678-1234-1234-1234-123456789abc",
  resourceGroup: "rg-trial",
  run: "1a2b3c4d",
};
export const LOCATION = "canadacentral";
const GROUP = `/subscriptions/${PLACE.subscriptionId}/resourceGroups/${PLACE.resourceGroup}`;
const WORKSPACE = workspaceIdOf({ ...PLACE, location: LOCATION });
const TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

export interface FakeAzure {
  readonly client: ArmClient;
  /** `METHOD type/name` of each write, in their order; endpoints and deployments by their last name. */
  readonly writes: string[];
  /** Ids that exist, as far as they are not below the workspace. */
  readonly existing: Set<string>;
  /** Answers a call in place of the fake. */
  intercept: (call: string) => Response | undefined;
  /** Bodies of the writes, by call. */
  readonly bodies: Map<string, unknown>;
}

export function fakeAzure(): FakeAzure {
  const store = new AzureStore({
    subscriptionId: PLACE.subscriptionId,
    tenantId: TENANT,
    resourceGroups: [PLACE.resourceGroup],
    existing: [WORKSPACE],
  });
  const endpoints = emulatedArm(storeBackend(store), { retryAfterSeconds: 0 });
  const fake: Omit<FakeAzure, "client"> = {
    writes: [],
    existing: new Set<string>(),
    bodies: new Map<string, unknown>(),
    intercept: () => undefined,
  };

  async function answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const { method } = request;
    const call = `${method} ${pathname.split("/").slice(-2).join("/")}${search.includes("forceToPurge=true") ? " purged" : ""}`;
    if (method !== "GET") {
      fake.writes.push(call);
      const text = await request.clone().text();
      if (text !== "") fake.bodies.set(call, JSON.parse(text));
    }
    const other = fake.intercept(call);
    if (other !== undefined) return other;
    if (
      /onlineEndpoints|mfeOperation/.test(pathname) ||
      (pathname === WORKSPACE && method === "GET")
    ) {
      return endpoints.fetch(request);
    }
    if (method === "POST") return new Response(null, { status: 202 });
    if (method === "PUT") {
      fake.existing.add(pathname);
      return Response.json({ id: pathname }, { status: 201 });
    }
    if (method === "DELETE") {
      return new Response(null, { status: fake.existing.delete(pathname) ? 200 : 204 });
    }
    if (pathname === GROUP) return Response.json({ id: GROUP, location: LOCATION });
    if (pathname === `/subscriptions/${PLACE.subscriptionId}`)
      return Response.json({ tenantId: TENANT });
    return Response.json(
      { error: { code: "ResourceNotFound", message: pathname } },
      { status: 404 },
    );
  }

  const client = armClient({
    url: "https://arm.test",
    subscriptionId: PLACE.subscriptionId,
    credential: TOKEN,
    httpClient: inProcess({ fetch: answer }),
    pollDelayMs: 0,
  });
  return Object.assign(fake, { client });
}

export function refusedBy(status: number, code: string, message = "no"): Response {
  return Response.json({ error: { code, message } }, { status });
}
