/** Writes as ARM takes them: accepted at once, followed through an operation. */
import { sameText } from "../../graph/sameText";
import type { Context } from "hono";
import { endpointNotFoundYet } from "../azure/endpointNames";
import { Refusal } from "../azure/refusal";
import { assertConditions, errorAnswer } from "./answers";
import type { ArmDocument, ArmBackend } from "./backend";
import type { Faults } from "./faults";
import { conflict, type Operation, type Operations } from "./operations";
import { endpointOf, nameOf } from "./paths";

interface Pace {
  /** Polls of an operation that find it in progress, where no fault says otherwise. */
  readonly polls: number;
  /** Between two polls, as the client is told; 0 leaves it to the client. */
  readonly retryAfterSeconds: number;
}

export interface Writer {
  readonly backend: ArmBackend;
  readonly operations: Operations;
  readonly faults: Faults;
  readonly pace: Pace;
}

/** What a write would do to a resource, checked against how it is. */
export interface Plan {
  readonly apply: () => Promise<void>;
  /** What a resource that is to be made looks like; not needed for one that is there. */
  readonly created?: Pick<ArmDocument, "location" | "tags" | "properties">;
}

/**
 * One write of an endpoint or a deployment. Its effect is there when it is accepted, but what is shown stays as it was
 * until its operation has been seen to end; so a client that does not wait is found out.
 *
 * @param plan throws a Refusal when the write is not allowed
 */
export async function write(
  { backend, operations, faults, pace }: Writer,
  c: Context,
  id: string,
  plan: (current: ArmDocument | undefined, endpoint: ArmDocument | undefined) => Promise<Plan>,
): Promise<Response> {
  const method = c.req.method as Operation["method"];
  const operation = operations.begin(method, id);
  try {
    const endpoint = await backend.endpoint(endpointOf(id));
    const before = sameText(endpointOf(id), id) ? endpoint : await deployment(backend, id);
    assertSettled(endpoint);
    assertSettled(before);
    assertConditions(c.req.raw.headers, before);
    const { apply, created } = await plan(before, endpoint);
    const hit = <K extends Parameters<Faults["take"]>[2]>(kind: K) =>
      faults.take(method, c.req.path, kind);
    const creates = method === "PUT" && before === undefined && sameText(endpointOf(id), id);
    if (creates && hit("notFoundAfterDeletion") !== undefined) throw endpointNotFoundYet();
    const failed = hit("failedOperation");
    if (failed === undefined) await apply();
    const now = sameText(endpointOf(id), id)
      ? await backend.endpoint(id)
      : await deployment(backend, id);
    const resource = now ?? before ?? newDocument(id, created);
    const state = method === "DELETE" ? "Deleting" : before === undefined ? "Creating" : "Updating";
    const meanwhile = inState(before ?? resource, state);
    operations.accept(operation, {
      polls: hit("slowOperation")?.polls ?? pace.polls,
      ...(failed === undefined ? {} : { error: { code: failed.code, message: failed.message } }),
      meanwhile,
      before,
      staleReads: hit("staleReads")?.reads ?? 0,
      busyWrites: hit("busyAfterSuccess")?.writes ?? 0,
    });
    const headers = followUp(c, operation, resource.location, pace);
    if (method !== "PUT") return new Response(null, { status: 202, headers });
    const { location: _only202, ...put } = headers;
    return Response.json(inState(resource, state), {
      status: before === undefined ? 201 : 200,
      headers: put,
    });
  } catch (error) {
    operations.abandon(operation);
    throw error;
  }
}

/** GET of an operation's status (Azure-AsyncOperation). */
export function operationStatus({ operations, pace }: Writer, c: Context, name: string): Response {
  const operation = lookedAt(operations, name);
  const { id, status, startTime, endTime, error } = operation;
  const body = {
    id: c.req.path,
    name,
    status,
    startTime,
    ...(endTime === undefined ? {} : { endTime }),
    properties: { resourceId: id },
    ...(error === undefined ? {} : { error }),
  };
  return Response.json(body, { headers: status === "InProgress" ? retryAfter(pace) : {} });
}

/** GET of an operation's result (Location): 202 until it has ended, then the resource or nothing. */
export async function operationResult(
  { operations, pace }: Writer,
  c: Context,
  name: string,
  read: (id: string) => Promise<Response>,
): Promise<Response> {
  const { status, error, method, id } = lookedAt(operations, name);
  if (status === "InProgress") {
    const headers = { location: c.req.url, ...retryAfter(pace) };
    return new Response(null, { status: 202, headers });
  }
  if (error !== undefined) return errorAnswer(400, error.code, error.message);
  return method === "DELETE" ? new Response(null, { status: 204 }) : read(id);
}

export async function deployment(
  backend: ArmBackend,
  id: string,
): Promise<ArmDocument | undefined> {
  return (await backend.deployments(endpointOf(id))).find((one) => sameText(one.id, id));
}

function lookedAt(operations: Operations, name: string): Operation {
  const operation = operations.find(name);
  if (operation === undefined)
    throw new Refusal("ResourceNotFound", `there is no operation ${name}`, "arm-not-found");
  operations.poll(operation);
  return operation;
}

/** What somebody else is changing, such as `npm run local -- up`, takes no write meanwhile. */
function assertSettled(document: ArmDocument | undefined): void {
  const state = document?.properties["provisioningState"];
  if (document !== undefined && ["Creating", "Updating", "Deleting"].includes(String(state))) {
    throw conflict(endpointOf(document.id));
  }
}

function inState(document: ArmDocument, provisioningState: string): ArmDocument {
  return { ...document, properties: { ...document.properties, provisioningState } };
}

function newDocument(id: string, created: Plan["created"]): ArmDocument {
  const kind = id.includes("/deployments/") ? "onlineEndpoints/deployments" : "onlineEndpoints";
  return {
    id,
    name: nameOf(id),
    type: `Microsoft.MachineLearningServices/workspaces/${kind}`,
    location: created?.location ?? "",
    tags: created?.tags ?? {},
    properties: created?.properties ?? {},
  };
}

function followUp(c: Context, { name }: Operation, place: string, pace: Pace) {
  const { origin, searchParams } = new URL(c.req.url);
  const [, , subscription = ""] = c.req.path.split("/");
  const at = (collection: string) =>
    `${origin}/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices` +
    `/locations/${place}/${collection}/${name}?api-version=${searchParams.get("api-version") ?? ""}`;
  return {
    "azure-asyncoperation": at("mfeOperationsStatus"),
    location: at("mfeOperationResults"),
    "x-ms-async-operation-timeout": "PT1H",
    ...retryAfter(pace),
  };
}

function retryAfter({ retryAfterSeconds }: Pace): Record<string, string> {
  return retryAfterSeconds === 0 ? {} : { "retry-after": String(retryAfterSeconds) };
}
