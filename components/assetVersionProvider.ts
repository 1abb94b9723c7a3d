import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../errors";
import { ArmError, azure, type Arm } from "../traffic/arm";

export type AssetCollection = "codes" | "data" | "environments" | "models";

/** Inputs of an AssetVersion once all outputs are known. */
export interface AssetVersionInputs {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly workspaceName: string;
  readonly collection: AssetCollection;
  readonly name: string;
  readonly version: string;
  readonly properties: AssetProperties;
}

export interface AssetVersionState extends AssetVersionInputs {
  readonly systemData: SystemData;
}

/** What is read here of a version's properties; everything else goes through as it is. */
type AssetProperties = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, string>>;
};

interface SystemData {
  readonly createdAt?: string;
}

/** A version as ARM answers. */
interface AssetBody {
  readonly properties: AssetProperties;
  readonly systemData?: SystemData;
}

const PLACE = [
  "subscriptionId",
  "resourceGroupName",
  "workspaceName",
  "collection",
  "name",
  "version",
] as const;

/**
 * What the engine calls for an AssetVersion.
 *
 * @param connection asked for in each method, so that nothing of it is ever captured or kept in the state
 * @param warn told what could not be done and does not stop an update
 */
export function assetVersionProvider(
  connection: (place: Pick<AssetVersionInputs, "subscriptionId">) => Promise<Arm>,
  warn: (message: string) => void,
): Required<
  Pick<
    pulumi.dynamic.ResourceProvider<AssetVersionInputs, AssetVersionState>,
    "diff" | "create" | "update" | "read" | "delete"
  >
> {
  /** Does what is worth a try: a refusal by Azure is told and no more. */
  const attempt = async (what: string, work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      warn(`${what} was refused, which does not affect deployments: ${error.message}`);
    }
  };
  return {
    diff: (_id, olds, news) => {
      const replaces = PLACE.filter((key) => olds[key] !== news[key]);
      const changes = replaces.length > 0 || !isDeepStrictEqual(olds.properties, news.properties);
      return Promise.resolve({ changes, replaces: [...replaces] });
    },
    create: async (inputs) => {
      const arm = await connection(inputs);
      const id = assetVersionId(inputs);
      const live = (await arm.get<AssetBody>(id))?.body;
      if (live === undefined) await arm.put(id, { properties: inputs.properties });
      else {
        assertSameContent(live, inputs);
        const wanted = { ...writableProperties(live), ...inputs.properties, isArchived: false };
        if (!isDeepStrictEqual(wanted, { isArchived: false, ...writableProperties(live) })) {
          await attempt(`Restoring ${id}`, arm.put(id, { properties: wanted }));
        }
      }
      return { id, outs: { ...inputs, systemData: (await systemDataOf(arm, id)) ?? {} } };
    },
    update: async (id, olds, news) => {
      await (await connection(news)).put(id, { properties: news.properties });
      return { outs: { ...news, systemData: olds.systemData } };
    },
    read: async (id, props) => {
      if (props === undefined) return { id: "" };
      const systemData = await systemDataOf(await connection(props), id);
      return systemData === undefined ? { id: "" } : { id, props: { ...props, systemData } };
    },
    // Archived and not deleted: the CLI and the SDK know nothing else for models, environments and data
    // (azure-cli issue 21957), deleting data is refused (vscode-tools-for-ai issue 1761), and even archiving was, at
    // times (azure-cli-extensions issue 5440). The body is the one that was read, as in azure-ai-ml.
    delete: async (id, props) => {
      const arm = await connection(props);
      const live = (await arm.get<AssetBody>(id))?.body;
      if (live === undefined || live.properties["isArchived"] === true) return;
      const properties = { ...writableProperties(live), isArchived: true };
      await attempt(`Archiving ${id}`, arm.put(id, { properties }));
    },
  };
}

export const provider = assetVersionProvider(azure, (message) => {
  console.warn(message);
});

export function assetVersionId(place: AssetVersionInputs): string {
  const { subscriptionId, resourceGroupName, workspaceName, collection, name, version } = place;
  return (
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${workspaceName}` +
    `/${collection}/${name}/versions/${version}`
  );
}

/** @throws UserError when the version that exists has other content, or says nothing of it */
function assertSameContent(live: AssetBody, { properties, ...place }: AssetVersionInputs): void {
  const [there, wanted] = [live.properties, properties].map(
    (one) => one.properties?.["hash_sha256"],
  );
  if (there !== undefined && there === wanted) return;
  throw new UserError(
    `version ${place.version} of ${place.name} (${place.collection}) already exists with other content, and a version ` +
      "cannot change: raise `version` in the YAML, or leave it out to get one from the content",
  );
}

/** The properties that can be written back. */
function writableProperties({ properties }: AssetBody): AssetProperties {
  const { provisioningState: _state, ...rest } = properties;
  return rest;
}

async function systemDataOf(arm: Arm, id: string): Promise<SystemData | undefined> {
  const found = await arm.get<AssetBody>(id);
  return found === undefined ? undefined : (found.body.systemData ?? {});
}
