/** What the API knows of ARM: paths, methods and what each of them does. */
import { Hono, type Context } from "hono";
import { sameText } from "../../graph/sameText";
import { Refusal } from "../azure/refusal";
import { errorAnswer, etagOf, refused } from "./answers";
import { assertApiVersion } from "./apiVersions";
import { assetVersionRoutes } from "./assetVersions";
import type { ArmDocument } from "./backend";
import {
  assertDeploymentHasNoTraffic,
  deploymentPatch,
  desiredDeployment,
  desiredEndpoint,
  desiredPatch,
} from "./endpointRules";
import { canonicalPath, endpointOf, nameOf, workspaceId } from "./paths";
import { deployment, operationResult, operationStatus, write, type Writer } from "./writes";

const WORKSPACE =
  "/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.MachineLearningServices/workspaces/:workspace";
const WORKSPACES =
  "/subscriptions/:subscription/providers/Microsoft.MachineLearningServices/workspaces";
const ENDPOINT = `${WORKSPACE}/onlineEndpoints/:endpoint`;
const DEPLOYMENT = `${ENDPOINT}/deployments/:deployment`;
const LOCATION =
  "/subscriptions/:subscription/providers/Microsoft.MachineLearningServices/locations/:location";

export function routes(writer: Writer): Hono {
  const { backend } = writer;
  const app = new Hono({ getPath: (request) => canonicalPath(new URL(request.url).pathname) });
  app.onError((error) => refused(error));
  app.notFound((c) =>
    errorAnswer(404, "NotSupported", `the ARM API does not know ${c.req.method} ${c.req.path}`),
  );
  app.use(async (c, next) => {
    assertApiVersion(c.req.query("api-version"));
    await next();
  });

  app.get(WORKSPACES, async () => Response.json({ value: await backend.workspaces() }));
  app.get(WORKSPACE, async (c) => {
    const id = workspaceIn(c);
    const found = (await backend.workspaces()).find((one) => sameText(one.id, id));
    return Response.json(required(found, id));
  });

  endpointRoutes(app, writer);
  deploymentRoutes(app, writer);
  assetVersionRoutes(app, WORKSPACE, backend);

  app.get(`${LOCATION}/mfeOperationsStatus/:operation`, (c) =>
    operationStatus(writer, c, c.req.param("operation")),
  );
  app.get(`${LOCATION}/mfeOperationResults/:operation`, (c) =>
    operationResult(writer, c, c.req.param("operation"), async (id) =>
      shown(
        id.includes("/deployments/") ? await deployment(backend, id) : await backend.endpoint(id),
        id,
      ),
    ),
  );
  return app;
}

function endpointRoutes(app: Hono, writer: Writer): void {
  const { backend, operations } = writer;
  app.get(`${WORKSPACE}/onlineEndpoints`, async (c) =>
    list(writer, workspaceIn(c), await backend.endpoints(workspaceIn(c))),
  );
  app.get(ENDPOINT, async (c) => {
    const id = endpointIn(c);
    return shown(operations.view(id, await backend.endpoint(id)), id);
  });
  app.put(ENDPOINT, (c) =>
    write(writer, c, endpointIn(c), async (current) => {
      const deployments = await backend.deployments(endpointIn(c));
      const desired = desiredEndpoint(await body(c), current, deployments);
      return { created: desired, apply: () => backend.putEndpoint(endpointIn(c), desired) };
    }),
  );
  app.patch(ENDPOINT, (c) =>
    write(writer, c, endpointIn(c), async (current) => {
      const desired = desiredPatch(await body(c), required(current, endpointIn(c)));
      return { apply: () => backend.putEndpoint(endpointIn(c), desired) };
    }),
  );
  app.delete(ENDPOINT, async (c) => {
    const id = endpointIn(c);
    if ((await backend.endpoint(id)) === undefined) return new Response(null, { status: 204 });
    return write(writer, c, id, () => Promise.resolve({ apply: () => backend.deleteEndpoint(id) }));
  });
  app.post(`${ENDPOINT}/listKeys`, async (c) => {
    await assertAuthMode(writer, endpointIn(c), "Key");
    return Response.json(await backend.keys(endpointIn(c)));
  });
  app.post(`${ENDPOINT}/token`, async (c) => {
    await assertAuthMode(writer, endpointIn(c), "AMLToken");
    return Response.json(await backend.token(endpointIn(c)));
  });
}

function deploymentRoutes(app: Hono, writer: Writer): void {
  const { backend, operations } = writer;
  app.get(`${ENDPOINT}/deployments`, async (c) => {
    const id = endpointIn(c);
    required(await backend.endpoint(id), id);
    return list(writer, id, await backend.deployments(id));
  });
  app.get(DEPLOYMENT, async (c) => {
    const id = deploymentIn(c);
    return shown(operations.view(id, await deployment(backend, id)), id);
  });
  app.put(DEPLOYMENT, (c) =>
    write(writer, c, deploymentIn(c), async (_current, endpoint) => {
      required(endpoint, endpointIn(c));
      const desired = desiredDeployment(await body(c));
      return { created: desired, apply: () => backend.putDeployment(deploymentIn(c), desired) };
    }),
  );
  app.patch(DEPLOYMENT, (c) =>
    write(writer, c, deploymentIn(c), async (current) => {
      const desired = deploymentPatch(await body(c), required(current, deploymentIn(c)));
      return { apply: () => backend.putDeployment(deploymentIn(c), desired) };
    }),
  );
  app.delete(DEPLOYMENT, async (c) => {
    const id = deploymentIn(c);
    if ((await deployment(backend, id)) === undefined) return new Response(null, { status: 204 });
    return write(writer, c, id, (current, endpoint) => {
      assertDeploymentHasNoTraffic(required(endpoint, endpointOf(id)), required(current, id).name);
      return Promise.resolve({ apply: () => backend.deleteDeployment(id) });
    });
  });
  app.post(`${DEPLOYMENT}/getLogs`, async (c) => {
    const id = deploymentIn(c);
    required(await deployment(backend, id), id);
    const { containerType = "InferenceServer", tail = 1000 } = (await body(c)) as {
      containerType?: string | null;
      tail?: number | null;
    };
    const request = { containerType: containerType ?? "InferenceServer", tail: tail ?? 1000 };
    return Response.json({ content: await backend.logs(id, request) });
  });
}

function workspaceIn(c: Context): string {
  return workspaceId({
    subscriptionId: c.req.param("subscription") ?? "",
    resourceGroupName: c.req.param("group") ?? "",
    workspaceName: c.req.param("workspace") ?? "",
  });
}

function endpointIn(c: Context): string {
  return `${workspaceIn(c)}/onlineEndpoints/${c.req.param("endpoint") ?? ""}`;
}

function deploymentIn(c: Context): string {
  return `${endpointIn(c)}/deployments/${c.req.param("deployment") ?? ""}`;
}

async function body(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return text === "" ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new Refusal(
      "InvalidRequestContent",
      "the request's body is not JSON",
      "arm-request-content",
    );
  }
}

function required(document: ArmDocument | undefined, id: string): ArmDocument {
  if (document !== undefined) return document;
  throw new Refusal(
    "ResourceNotFound",
    `The resource '${nameOf(id)}' was not found (${id}).`,
    "arm-not-found",
  );
}

function shown(document: ArmDocument | undefined, id: string): Response {
  const found = required(document, id);
  return Response.json(found, { headers: { etag: etagOf(found) } });
}

function list({ operations }: Writer, parent: string, now: readonly ArmDocument[]): Response {
  const here = new Set(now.map(({ id }) => id.toLowerCase()));
  const below = parent.split("/").length + 2;
  const others = operations
    .meanwhileBelow(parent)
    .filter(({ id }) => !here.has(id.toLowerCase()) && id.split("/").length === below);
  const value = [
    ...now.map((document) => operations.view(document.id, document)),
    // Only shown while their operation is under way.
    ...others.map(({ id }) => operations.view(id, undefined)),
  ];
  return Response.json({ value: value.filter((document) => document !== undefined) });
}

async function assertAuthMode(
  { backend }: Writer,
  id: string,
  needed: "Key" | "AMLToken",
): Promise<void> {
  const { properties, name } = required(await backend.endpoint(id), id);
  if (properties["authMode"] === needed) return;
  throw new Refusal(
    "BadRequest",
    `The endpoint ${name} uses ${String(properties["authMode"])}: listKeys is for Key and token for AMLToken; tokens for AADToken come from Entra ID.`,
    "endpoint-keys",
  );
}
