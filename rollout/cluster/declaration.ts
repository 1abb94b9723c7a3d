import { digestOf } from "../../config/production/imageNames";
import type { ProductionConfig } from "../../config/production/productionTypes";
import { UserError } from "../../errors";
import { parseYaml } from "../../input/yaml";
import { MOST_BYTES, readUserFile } from "../../input/userFile";
import { percentOf, type Split } from "../../traffic/split";
import type { DeclaredEndpoint } from "../context";
import { editYaml, type Edit } from "../yamlEdit";

/** Images that the tracks run, as `…@sha256:…`; missing where there is no such Deployment. */
export interface LiveImages {
  readonly stable?: string;
  readonly canary?: string;
}

export type Settings = Pick<ProductionConfig, "canary" | "image" | "scale">;

/**
 * What the stack's settings declare of the route. Between a promotion and the `pulumi up` that gives the stable track its image,
 * the canary has all requests although the settings name none any more.
 */
export function declaredRoute(
  { canary, image, scale }: Settings,
  live: LiveImages,
  file: string,
): DeclaredEndpoint {
  const stable = { name: "stable", instanceCount: scale.minReplicas, file };
  if (canary !== undefined) {
    return {
      file,
      traffic: { stable: 100 - canary.weight, canary: canary.weight },
      mirrorTraffic: {},
      deployments: [stable, { name: "canary", instanceCount: canary.replicas, file }],
    };
  }
  const wanted = image.kind === "digest" ? digestOf(image.reference) : undefined;
  const isPromoted =
    wanted !== undefined &&
    digestOf(live.canary ?? "") === wanted &&
    digestOf(live.stable ?? "") !== wanted;
  return {
    file,
    traffic: isPromoted ? { stable: 0, canary: 100 } : { stable: 100 },
    mirrorTraffic: {},
    deployments: isPromoted ? [stable, { name: "canary", instanceCount: 1, file }] : [stable],
  };
}

/**
 * Writes a split into the stack's settings: the canary's weight, or, when it has all requests, its image as the stable one.
 *
 * @param read the settings as they are now
 * @returns what was changed, a line each
 */
export async function declareRoute(
  file: string,
  { canary }: Settings,
  split: Split,
  read: () => Promise<Settings>,
): Promise<string[]> {
  const percent = percentOf(split.traffic, "canary");
  if (canary === undefined) {
    if (percent === 0 || percent === 100) return [];
    throw new UserError(
      `the canary has ${percent} % of the requests, and ${file} has no mlscore:canary`,
    );
  }
  const key = settingKeys(file);
  if (percent !== 100) {
    const edit: Edit = { path: ["config", key("canary"), "weight"], value: percent };
    return named(file, await editYaml(file, [edit]));
  }
  const now = (await read()).canary?.image;
  if (now !== canary.image) {
    throw new UserError(
      `mlscore:canary.image in ${file} is ${now ?? "gone"}, and was ${canary.image} when this command began`,
    );
  }
  const image = ["config", key("image")] as const;
  const lines = await editYaml(file, [
    ...["build", "source", "baseImage"].map((one): Edit => ({
      path: [...image, one],
      value: undefined,
    })),
    { path: [...image, "digest"], value: canary.image },
    { path: ["config", key("canary")], value: undefined },
  ]);
  const after = await read();
  if (after.image.kind !== "digest" || after.image.reference !== canary.image) {
    throw new UserError(`${file} was changed, and its mlscore:image.digest is not ${canary.image}`);
  }
  return named(file, lines);
}

function named(file: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${file} ${line}`);
}

/** As a setting's key is written: the namespace of the project may be left out. */
function settingKeys(file: string): (name: string) => string {
  const { yaml } = parseYaml(readUserFile(file, MOST_BYTES.text).toString(), { version: "1.2" });
  const { config = {} } = (yaml?.value ?? {}) as { readonly config?: object };
  return (name) => (Object.hasOwn(config, name) ? name : `mlscore:${name}`);
}
