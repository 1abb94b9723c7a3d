/** Versions of code, models, environments and data, as the control plane takes and answers them. */
import type { Hono } from "hono";
import type { Inputs } from "../../graph/paths";
import { Refusal } from "../azure/refusal";
import type { ArmBackend } from "./backend";

const TOKENS: Readonly<Record<string, string>> = {
  codes: "pulumi-nodejs:dynamic/mlscore:CodeVersion",
  data: "pulumi-nodejs:dynamic/mlscore:DataVersion",
  environments: "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion",
  models: "pulumi-nodejs:dynamic/mlscore:ModelVersion",
};

/** `/subscriptions/S/resourceGroups/G/providers/N/workspaces/W/<collection>/<name>/versions/<version>` */
export function assetVersionToken(id: string): string {
  return TOKENS[id.split("/")[9] ?? ""] ?? "";
}

export function assetVersionInputs(id: string): Inputs {
  const parts = id.split("/");
  return {
    resourceGroupName: parts[4],
    workspaceName: parts[8],
    name: parts[10],
    version: parts[12],
  };
}

/** Registering a version is one answer and no long-running operation (REST API, "Model Versions - Create Or Update"). */
export function assetVersionRoutes(app: Hono, workspace: string, backend: ArmBackend): void {
  const path = `${workspace}/:collection{${Object.keys(TOKENS).join("|")}}/:name/versions/:version`;
  const found = async (id: string) => {
    const document = await backend.assetVersion(id);
    if (document !== undefined) return document;
    throw new Refusal("ResourceNotFound", `The resource '${id}' was not found.`, "arm-not-found");
  };

  app.get(path, async (c) => Response.json(await found(c.req.path)));
  app.put(path, async (c) => {
    const id = c.req.path;
    const isNew = (await backend.assetVersion(id)) === undefined;
    const { properties = {} } = await c.req.json<{ properties?: Record<string, unknown> }>();
    await backend.putAssetVersion(id, properties);
    return Response.json(await found(id), { status: isNew ? 201 : 200 });
  });
  // The service tells to archive (microsoft/vscode-tools-for-ai issue 1761, for data; the others have no such command).
  app.delete(path, (c) => {
    throw new Refusal(
      "BadRequest",
      `Deleting ${c.req.path} is not supported. Archive it instead.`,
      "asset-version-deletion",
    );
  });
}
