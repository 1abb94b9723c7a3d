import path from "node:path";
import { z } from "zod";
import { parseYaml } from "../../input/yaml";
import { bringsServer, INFERENCE_SERVER } from "../../conda/pipLine";
import type { AssetReference, InferenceConfig, InlineEnvironment, Route } from "../types";
import type { AssetReader } from "./assetReader";
import { type environmentSchema, inlineEnvironmentSchema } from "./assetSchemas";
import { condaText, dependenciesOf } from "./conda";
import { textHash } from "./contentHash";
import { imageProblem } from "./imageName";
import { checked, type Report, reportOn } from "./issues";
import { checkJarLock } from "./jarLock";
import { assetContent, findPath } from "./localAsset";
import { assetName, assetNameProblem, assetVersionProblem, contentVersion } from "./names";
import { didYouMean } from "./nearest";
import { parseReference } from "./references";
import { textsOf, versionText } from "./texts";
import { readYamlFile } from "./yamlFile";
import type { YamlFile } from "./yamlTree";

type Owner = {
  readonly endpoint?: string;
  readonly deployment: string;
  /** Whether a scoring script runs in it, which needs the inference server. */
  readonly hasCode?: boolean;
  readonly isLocalRun?: boolean;
  readonly assets: AssetReader;
};
type EnvironmentYaml = z.output<typeof inlineEnvironmentSchema>;

const AT = ["environment"];

/** The environment: a registered one, or one written in the YAML. */
export async function environmentOf(
  environment: z.output<typeof environmentSchema>,
  owner: Owner,
  yaml: YamlFile,
  report: Report,
): Promise<InlineEnvironment | AssetReference | undefined> {
  if (typeof environment !== "string") return inlineEnvironment(environment, owner, yaml, report);
  if (report.hasError(AT)) return undefined;
  if (/^file:/.test(environment)) return environmentFile(environment, owner, yaml, report);
  const reference = parseReference(environment, "environment", owner.isLocalRun);
  if (!("problem" in reference)) return reference;
  report.error(AT, reference.problem);
  return undefined;
}

/**
 * `file:./environment.yml`, an environment in a YAML file of its own; its paths are relative to that file (azure-ai-ml
 * 1.35.2 `_schema/core/schema.py`, YamlFileSchema: of a deployment's parts the environment alone is one).
 */
async function environmentFile(
  reference: string,
  owner: Owner,
  yaml: YamlFile,
  report: Report,
): Promise<InlineEnvironment | undefined> {
  const rules = { what: "environment file", shapes: ["file"] as const };
  const found = await findPath(reference.slice("file:".length), AT, rules, yaml, report);
  if (found === undefined) return undefined;
  const typed = path.join(path.dirname(yaml.file), reference.slice("file:".length));
  const read = readYamlFile(found.source);
  for (const problem of read.problems) report.problems.push({ ...problem, file: typed });
  if (read.yaml === undefined) return undefined;
  // As if it stood in the deployment's YAML, with the lines of its own file.
  const nested: YamlFile = {
    ...read.yaml,
    file: typed,
    value: { environment: read.yaml.value },
    lineOf: (key) => read.yaml?.lineOf(key.slice(1)) ?? 1,
    sourceOf: (key) => read.yaml?.sourceOf(key.slice(1)),
  };
  const own = reportOn(nested);
  const schema = z.strictObject({ environment: inlineEnvironmentSchema });
  const content = checked(schema, nested, own);
  const environment = content && (await inlineEnvironment(content.environment, owner, nested, own));
  report.problems.push(...own.problems);
  return environment;
}

async function inlineEnvironment(
  parsed: EnvironmentYaml,
  owner: Owner,
  yaml: YamlFile,
  report: Report,
): Promise<InlineEnvironment | undefined> {
  checkSources(parsed, report);
  const name = parsed.name ?? assetName(owner.endpoint, owner.deployment, "environment");
  const nameProblem = report.hasError([...AT, "name"]) ? undefined : assetNameProblem(name);
  if (nameProblem !== undefined) report.error([...AT, "name"], `is {value}; it ${nameProblem}`);
  const version = versionText(parsed.version, [...AT, "version"], yaml, report);
  const isChecked = version === undefined || report.hasError([...AT, "version"]);
  const versionProblem = isChecked ? undefined : assetVersionProblem(version);
  if (versionProblem !== undefined)
    report.error([...AT, "version"], `is {value}; it ${versionProblem}`);

  const condaFile =
    parsed.conda_file === undefined ? undefined : await condaText(parsed.conda_file, yaml, report);
  if (condaFile !== undefined) checkServer(parsed, condaFile, owner.hasCode, report);
  const buildContext =
    parsed.build === undefined ? undefined : await contextOf(parsed.build, owner, yaml, report);
  const inferenceConfig = inferenceConfigOf(parsed.inference_config);
  const hash = textHash(
    // An array, so that no two parts can be confused.
    JSON.stringify([
      parsed.image ?? null,
      condaFile ?? null,
      inferenceConfig ?? null,
      buildContext?.contentHash ?? null,
      buildContext?.dockerfilePath ?? null,
    ]),
  );
  return {
    kind: "inline",
    name,
    version: version ?? contentVersion(hash),
    contentHash: hash,
    ...(parsed.image === undefined ? {} : { image: parsed.image }),
    ...(condaFile === undefined ? {} : { condaFile }),
    ...(buildContext === undefined ? {} : { buildContext }),
    ...(inferenceConfig === undefined ? {} : { inferenceConfig }),
    ...(parsed.description === undefined ? {} : { description: parsed.description }),
    tags: textsOf(parsed.tags, [...AT, "tags"], yaml, report),
    properties: textsOf(parsed.properties, [...AT, "properties"], yaml, report),
  };
}

/** Which of image, build and conda_file may stand together (reference page of the environment's YAML). */
function checkSources(parsed: EnvironmentYaml, report: Report): void {
  if (parsed.image !== undefined && parsed.build !== undefined) {
    report.error(
      [...AT, "build"],
      'is given together with "image"; an environment has one of the two',
    );
  }
  if (parsed.image === undefined && parsed.build === undefined) {
    const why =
      parsed.conda_file === undefined
        ? 'needs "image" (a container image) or "build" (a Docker build context)'
        : 'needs "image": the conda environment is installed on top of a container image';
    report.error(AT, why);
  }
  if (parsed.conda_file !== undefined && parsed.build !== undefined) {
    report.error(
      [...AT, "conda_file"],
      'is given together with "build"; install the packages in the Dockerfile',
    );
  }
  if (parsed.os_type === "windows") {
    report.error([...AT, "os_type"], "is {value}; managed online endpoints run Linux containers");
  }
  if (parsed.image !== undefined) checkImage(parsed.image, report);
}

function checkImage(image: string, report: Report): void {
  const at = [...AT, "image"];
  if (report.hasError(at)) return;
  const problem = imageProblem(image);
  if (problem !== undefined) {
    report.error(at, problem);
    return;
  }
  if (image.includes("@sha256:")) return;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  if (tag === undefined || tag === "latest") {
    const what = tag === undefined ? "has no tag" : 'has the tag "latest"';
    report.warning(
      at,
      `is {value}, which ${what}: what runs can change at any restart; pin a version or a digest`,
    );
  }
}

/**
 * Azure's images for inference bring the inference server, and with a scoring script in another one the container ends:
 * "A required package azureml-inference-server-http is missing" (Azure/azureml-examples issue 2760; Microsoft Learn
 * "Docker images for inference").
 */
function checkServer(
  parsed: EnvironmentYaml,
  condaFile: string,
  hasCode: boolean | undefined,
  report: Report,
): void {
  const { image = "", inference_config: own } = parsed;
  const isMicrosofts = /^mcr\.microsoft\.com\/azureml\//i.test(image);
  if (hasCode !== true || own !== undefined || !isMicrosofts || /inference/i.test(image)) return;
  const { yaml: conda } = parseYaml(condaFile, { version: "1.1" });
  if (dependenciesOf(conda?.value).some(({ text }) => bringsServer(text))) return;
  report.warning(
    [...AT, "conda_file"],
    `has no ${INFERENCE_SERVER}, and the image is not one of Azure's images for inference: in Azure the container will not start; add it under pip`,
  );
}

async function contextOf(
  build: NonNullable<EnvironmentYaml["build"]>,
  owner: Owner,
  yaml: YamlFile,
  report: Report,
): Promise<InlineEnvironment["buildContext"]> {
  const at = [...AT, "build", "path"];
  if (report.hasError([...AT, "build"])) return undefined;
  const found = await findPath(
    build.path,
    at,
    { what: "build context", shapes: ["folder"] },
    yaml,
    report,
  );
  const content = found && (await assetContent(found, at, false, report, owner.assets));
  if (content === undefined) return undefined;
  const dockerfilePath = (build.dockerfile_path ?? "Dockerfile").replace(/^\.\//, "");
  const names = content.files.map((file) => file.path);
  if (!names.includes(dockerfilePath)) {
    const key = build.dockerfile_path === undefined ? at : [...AT, "build", "dockerfile_path"];
    report.error(
      key,
      `is {value}; there is no "${dockerfilePath}" in the build context${didYouMean(dockerfilePath, names)}`,
    );
    return undefined;
  }
  checkJarLock(content.files, path.join(path.dirname(yaml.file), build.path), report);
  const name = assetName(owner.endpoint, owner.deployment, "context");
  const version = contentVersion(content.contentHash);
  return { kind: "local", name, version, shape: "folder", ...content, dockerfilePath };
}

function inferenceConfigOf(
  parsed: EnvironmentYaml["inference_config"],
): InferenceConfig | undefined {
  if (parsed === undefined) return undefined;
  const route = ({ path, port }: Route): Route => ({ path, port });
  return {
    livenessRoute: route(parsed.liveness_route),
    readinessRoute: route(parsed.readiness_route),
    scoringRoute: route(parsed.scoring_route),
    ...(parsed.startup_route === undefined ? {} : { startupRoute: route(parsed.startup_route) }),
  };
}
