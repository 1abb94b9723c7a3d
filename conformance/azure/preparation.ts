import { UserError } from "../../errors";
import { errorOf, type ArmClient, type ArmRequest } from "../armClient";
import { filled } from "../run";
import { groupId, runResources, type RunPlace } from "./resources";

const GROUP_VERSION = "2024-03-01";
const SUBSCRIPTION_VERSION = "2022-12-01";

/** Location of the resource group. @throws UserError when it is not there or cannot be read */
export async function groupLocation(
  client: ArmClient,
  place: Omit<RunPlace, "location">,
): Promise<string> {
  const id = groupId({ ...place, location: "" });
  const answer = await client.send({ method: "GET", path: `${id}?api-version=${GROUP_VERSION}` });
  if (answer.status === 200) return (answer.body as { location: string }).location;
  const { code = `HTTP ${answer.status}`, message = "" } = errorOf(answer.body);
  throw new UserError(
    `the resource group ${place.resourceGroup} cannot be read (${code}: ${message}). ` +
      "Create one for tests: az group create --name NAME --location LOCATION",
  );
}

async function tenantId(client: ArmClient, { subscriptionId }: RunPlace): Promise<string> {
  const path = `/subscriptions/${subscriptionId}?api-version=${SUBSCRIPTION_VERSION}`;
  const { body } = await client.send({ method: "GET", path });
  return (body as { tenantId?: string } | undefined)?.tenantId ?? "";
}

/** Makes the workspace with what belongs to it. @throws UserError when Azure refuses */
export async function prepare(
  client: ArmClient,
  place: RunPlace,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const values = { tenantId: await tenantId(client, place) };
  for (const { what, id, apiVersion, body } of runResources(place)) {
    if (body === undefined) continue;
    signal.throwIfAborted();
    say(`making the ${what} …`);
    const request: ArmRequest = {
      method: "PUT",
      path: `${id}?api-version=${apiVersion}`,
      body: filled(body, values),
      signal,
    };
    const answer = await client.send(request);
    const operation = await client.followed(request, answer, signal);
    if (answer.status < 300 && operation?.status !== "Failed") continue;
    const { code, message } = answer.status < 300 ? (operation ?? {}) : errorOf(answer.body);
    throw new UserError(
      `Azure refuses the ${what} (${code ?? `HTTP ${answer.status}`}): ${message ?? "no further details"}`,
    );
  }
}
