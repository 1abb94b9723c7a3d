import { setTimeout as sleep } from "node:timers/promises";
import { errorOf, type ArmClient, type ArmRequest } from "../armClient";
import { runResources, type RunPlace, type RunResource } from "./resources";

/** Something of a run that is still there. */
export interface Leftover {
  readonly what: string;
  readonly id: string;
  readonly reason: string;
}

export interface RemovalOptions {
  readonly say: (line: string) => void;
  /** Tries of each deletion. */
  readonly attempts: number;
  /** Between two of them, in milliseconds. */
  readonly retryDelayMs: number;
}

/**
 * Removes everything that a run may have made, whether it has or not: a request that was interrupted can have taken effect.
 * One deletion that fails does not keep the others from being tried.
 *
 * @returns what could not be removed
 */
export async function remove(
  client: ArmClient,
  place: RunPlace,
  options: RemovalOptions,
): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const resource of runResources(place).reverse()) {
    if (resource.removedWithParent === true) continue;
    options.say(`removing the ${resource.what} …`);
    const { what, id } = resource;
    const reason = await failure(client, deletion(resource), options);
    if (reason !== undefined) leftovers.push({ what, id, reason });
    else if (resource.purgeId !== undefined) {
      const kept = await failure(client, purge(resource.purgeId, resource), options);
      if (kept !== undefined) leftovers.push({ what: `deleted ${what}`, id, reason: kept });
    }
  }
  return leftovers;
}

function deletion({ id, apiVersion, deleteQuery }: RunResource): ArmRequest {
  const query = deleteQuery === undefined ? "" : `&${deleteQuery}`;
  return { method: "DELETE", path: `${id}?api-version=${apiVersion}${query}` };
}

function purge(purgeId: string, { apiVersion }: RunResource): ArmRequest {
  return { method: "POST", path: `${purgeId}?api-version=${apiVersion}` };
}

/** Why the request does not succeed after all tries; undefined when it does, or when there is nothing to remove. */
async function failure(
  client: ArmClient,
  request: ArmRequest,
  { attempts, retryDelayMs }: RemovalOptions,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const reason = await failureOnce(client, request);
    if (reason === undefined || attempt >= attempts) return reason;
    await sleep(retryDelayMs);
  }
}

async function failureOnce(client: ArmClient, request: ArmRequest): Promise<string | undefined> {
  try {
    const answer = await client.send(request);
    if (answer.status === 404 || answer.status === 204) return undefined;
    const { code = `HTTP ${answer.status}`, message = "" } = errorOf(answer.body);
    if (answer.status >= 300) return `${code}: ${message}`;
    const operation = await client.followed(request, answer);
    return operation?.status === "Failed"
      ? `${operation.code ?? "OperationFailed"}: ${operation.message ?? ""}`
      : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
