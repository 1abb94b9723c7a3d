import { sameText } from "../../graph/sameText";
import { UserError } from "../../errors";
import type { Split, Traffic } from "../../traffic/split";
import { Refusal } from "../../emulator/azure/refusal";
import type { EndpointAmendment } from "../endpoint";
import type { EndpointClient } from "../endpointClient";
import { tailOfLogs } from "../logs";
import type { ArmBackend, DesiredDeployment, DesiredEndpoint } from "../../emulator/arm/backend";
import { assetVersionDocument, documentOf } from "../../emulator/arm/documents";
import { assetVersionToken } from "../../emulator/arm/assetVersions";
import { endpointOf, nameOf } from "../../emulator/arm/paths";
import { declared, deploymentDocuments, endpointDocuments, WORKSPACE } from "./liveDocuments";
import { assertOnlySplitAndTags, assertSameDeployment, declaredOnly } from "./liveRules";

/** What is needed of the supervisor, be it in this process or in another. */
export interface LiveEndpoint extends EndpointClient {
  readonly amend: (amendment: EndpointAmendment) => Promise<void>;
}

/**
 * The ARM API's view of a stack's running local endpoint: the resources as the last `npm run local -- up` declared them, with
 * what is live (split, tags, instances, address) from the supervisor. Split and tags can be written; everything else is
 * declared, and a write of it is refused with the command that changes it.
 */
export function liveBackend(stack: string, live: LiveEndpoint): ArmBackend {
  const view = async () => {
    const resources = await declared(stack);
    const status = await asked(live.status);
    return { resources, status };
  };
  const endpoint = async (id: string) => {
    const { resources, status } = await view();
    return endpointDocuments(resources, status).find((one) => sameText(one.id, id));
  };
  const deployments = async (endpointId: string) => {
    const { resources, status } = await view();
    const found = endpointDocuments(resources, status).find(({ id }) => sameText(id, endpointId));
    return found === undefined ? [] : deploymentDocuments(found, resources, status);
  };

  return {
    async workspaces() {
      return (await declared(stack)).filter(({ token }) => token === WORKSPACE).map(documentOf);
    },
    async endpoints(workspaceId) {
      const { resources, status } = await view();
      return endpointDocuments(resources, status).filter(({ id }) =>
        id.toLowerCase().startsWith(`${workspaceId.toLowerCase()}/`),
      );
    },
    endpoint,
    deployments,
    async putEndpoint(id, desired: DesiredEndpoint) {
      const current = await endpoint(id);
      if (current === undefined)
        throw declaredOnly(`the endpoint ${nameOf(id)} cannot be created here`);
      assertOnlySplitAndTags(current, desired);
      const { deployments: running } = await asked(live.status);
      const names = new Set(running.map(({ name }) => name));
      await asked(() => live.amend({ ...withoutIdle(desired.split, names), tags: desired.tags }));
    },
    deleteEndpoint: () =>
      Promise.reject(
        new Refusal(
          "BadRequest",
          "the endpoint runs here; to end it, run: npm run local -- down",
          "emulator-limit",
        ),
      ),
    async putDeployment(id, desired: DesiredDeployment) {
      const current = (await deployments(endpointOf(id))).find((one) => sameText(one.id, id));
      assertSameDeployment(id, current, desired);
    },
    deleteDeployment: (id) =>
      Promise.reject(declaredOnly(`the deployment ${nameOf(id)} is declared by its YAML`)),
    async assetVersion(id) {
      const token = assetVersionToken(id);
      const found = (await declared(stack)).find(
        (one) => one.token === token && sameText(one.id, id),
      );
      return found === undefined ? undefined : assetVersionDocument(found);
    },
    putAssetVersion: (id) =>
      Promise.reject(declaredOnly(`the version ${nameOf(id)} is declared by its YAML`)),
    keys: () => asked(live.keys),
    token: () => asked(live.token),
    async logs(id, { containerType, tail }) {
      // Models lie on this machine's disk already, so nothing initialises a storage.
      if (containerType !== "InferenceServer") return "";
      return tailOfLogs(await asked(live.status), nameOf(id), [], tail);
    },
  };
}

/** A zero may stand for a deployment that failed; the router knows only those that run. */
function withoutIdle({ traffic, mirrorTraffic }: Split, running: ReadonlySet<string>): Split {
  const kept = (shares: Traffic) =>
    Object.fromEntries(
      Object.entries(shares).filter(([name, percent]) => percent > 0 || running.has(name)),
    );
  return { traffic: kept(traffic), mirrorTraffic: kept(mirrorTraffic) };
}

/** A supervisor that has ended is not a bug of the ARM API. */
async function asked<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || code === undefined) throw error;
    throw new Refusal(
      "ServiceUnavailable",
      `the local endpoint does not answer (${code}); start it with: npm run local -- up --detach`,
      "emulator-limit",
    );
  }
}
