import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkAutoscale } from "./autoscale";
import { assetReader } from "./azureml/assetReader";
import { readEndpointDirectory } from "./azureml/index";
import { checked, type Report, reportOn } from "./azureml/issues";
import { didYouMean, nearest } from "./azureml/nearest";
import type { YamlFile } from "./azureml/yamlTree";
import { callerProblems, checkCallerRole } from "./callers";
import { imageReachProblems } from "./imageReach";
import { whyNoFolder } from "./loadEndpoint";
import { checkWebhooks } from "./notify";
import { checkOutboundRules, networkProblems } from "./network";
import { ConfigError, formatPlace, type Problem } from "../errors";
import { buildOf, checkProduction, chosenDeployment, productionConfig } from "./production/config";
import { endpointNameProblems } from "./production/endpointName";
import { checkCanary } from "./production/podChecks";
import { checkSoakedImage } from "./production/soakedImage";
import { variableProblems } from "./production/variables";
import { checkPrivateNetwork } from "./privateNetwork";
import { PROJECT_DIRECTORY, shownPath } from "../projectDirectory";
import { tellProgress } from "./progress";
import { providerProblems } from "./providerSettings";
import { registryProblems } from "./registryRights";
import { rolloutPlan } from "./rollout";
import { checkRolloutReach } from "./rolloutReach";
import { sandboxConfig } from "./sandbox";
import { sandboxSettings } from "./settings";
import {
  checkPrototypes,
  doubledSettings,
  misspeltNamespaces,
  settingsAsFile,
  settingsFrom,
} from "./settingsFile";
import type { StackConfig } from "./stackConfig";
import type { OnlineEndpointDefinition } from "./types";
import { checkExistingWorkspace } from "./workspaceSettings";
import { checkTelemetry, telemetryProblems } from "./telemetry";
import { yamlLines } from "./yamlLines";

/** Where the Dockerfile of the scoring image lies. */
const IMAGE_CONTEXT = join(PROJECT_DIRECTORY, "scoring");

const TARGETS = ["sandbox", "production"] as const;

/**
 * Reads and checks everything that the stack needs: its settings and the Azure ML YAML they point to. Nothing is
 * declared here, and nothing is read from files after this.
 *
 * @param isLocalRun whether the stack runs on this machine alone, so that its YAML may name assets without a version
 * @throws ConfigError with every problem of all files
 */
export async function loadConfig(stack: string, isLocalRun = false): Promise<StackConfig> {
  const allConfig = pulumi.runtime.allConfig();
  const values = settingsFrom(allConfig);
  const file = settingsAsFile(stack, PROJECT_DIRECTORY, values);
  const report = reportOn(file);

  // Read even when settings are wrong: all problems are told at once.
  const directory = endpointFolder(values["endpointDirectory"], report);
  const read =
    directory === undefined
      ? { problems: [] }
      : await readEndpointDirectory(shownPath(directory), {
          isLocalRun,
          assets: assetReader({ tell: tellProgress }),
        });
  const { problems: ofTarget, complete } = checksOf(targetOf(values, report))(
    file,
    read.definition,
    report,
    stack,
    isLocalRun,
  );
  checkPrototypes(file, report);
  const problems: Problem[] = [
    ...report.problems,
    ...misspeltNamespaces(file, allConfig),
    ...providerProblems(file, allConfig),
    ...doubledSettings(file),
    ...read.problems,
    ...ofTarget,
  ];
  const warnings = problems.filter((problem) => problem.severity === "warning");
  if (complete === undefined || warnings.length < problems.length) throw new ConfigError(problems);
  for (const warning of warnings) await pulumi.log.warn(formatPlace(warning));
  return complete();
}

/** The folder with the endpoint's YAML; undefined, with the reason reported, when there is none. */
function endpointFolder(setting: unknown, report: Report): string | undefined {
  if (typeof setting !== "string" || setting.trim() === "") return undefined;
  const directory = resolve(PROJECT_DIRECTORY, setting);
  const what = whyNoFolder(directory);
  if (what === undefined) return directory;
  report.error(["endpointDirectory"], `is {value}, which ${what}; it is looked for in the project`);
  return undefined;
}

function targetOf(
  values: Readonly<Record<string, unknown>>,
  report: Report,
): (typeof TARGETS)[number] | undefined {
  const setting = values["target"];
  const target = TARGETS.find((known) => known === setting);
  if (target !== undefined) return target;
  const wanted = `must be one of ${TARGETS.join(", ")}`;
  const misspelt = nearest("target", Object.keys(values));
  if (setting === undefined && misspelt !== undefined) {
    report.error([misspelt], `is not a known key; did you mean "target"? It ${wanted}`);
    return undefined;
  }
  const guess = typeof setting === "string" ? didYouMean(setting, TARGETS) : "";
  report.error(["target"], `is {value}; ${wanted}${guess}`);
  return undefined;
}

/** What one kind of stack makes of its settings: further problems, and the configuration where there are none. */
type Checks = (
  file: YamlFile,
  endpoint: OnlineEndpointDefinition | undefined,
  report: Report,
  stack: string,
  isLocalRun: boolean,
) => {
  readonly problems: readonly Problem[];
  /** Only where settings and endpoint could be read. */
  readonly complete?: () => StackConfig;
};

function checksOf(target: (typeof TARGETS)[number] | undefined): Checks {
  if (target === "sandbox") return checkedSandbox;
  if (target === "production") return checkedProduction;
  return () => ({ problems: [] });
}

const checkedSandbox: Checks = (file, endpoint, report, stack, isLocalRun) => {
  const read = checked(sandboxSettings, file, report);
  // On this machine there is no identity to send as; `up --telemetry` has other exporters.
  const settings = read && (isLocalRun ? { ...read, telemetry: "none" as const } : read);
  if (settings !== undefined) {
    checkTelemetry(settings, report);
    checkOutboundRules(settings, report);
    checkExistingWorkspace(settings, report);
    checkPrivateNetwork(settings, report);
    if (endpoint !== undefined) checkAutoscale(settings.autoscale, endpoint, report);
    checkCallerRole(settings, report);
    checkWebhooks(settings, linesOf(file), report);
  }
  if (settings === undefined || endpoint === undefined) return { problems: [] };
  const problems = networkProblems(settings, endpoint)
    .map(withTypedFile)
    // The network is the workspace's, which a run on this machine has not; the YAML may be a sample of others.
    .map((problem) => (isLocalRun ? { ...problem, severity: "warning" as const } : problem));
  const config = sandboxConfig(settings, endpoint, stack);
  if (config.rollout !== undefined) checkRolloutReach(config.rollout, report);
  // The registry of an existing workspace is known only in Azure.
  const ownRegistry = config.workspace.isOwn ? config.names.registry : undefined;
  const { level, outboundRules } = config.network;
  const ofEndpoint = [
    ...registryProblems(endpoint, ownRegistry),
    ...imageReachProblems(level, ownRegistry, outboundRules, endpoint),
    ...telemetryProblems(settings, endpoint),
  ].map(withTypedFile);
  const ofCallers = callerProblems(settings, endpoint, isLocalRun);
  return { problems: [...problems, ...ofEndpoint, ...ofCallers], complete: () => config };
};

const checkedProduction: Checks = (file, endpoint, report, stack) => {
  const settings = checkProduction(file, stack, report);
  checkWebhooks(settings, linesOf(file), report);
  const deployment = chosenDeployment(settings.deployment, endpoint, report);
  const isBuilt = settings.image !== undefined && settings.image.kind !== "digest";
  const hasContext = existsSync(join(IMAGE_CONTEXT, "Dockerfile"));
  if (isBuilt && !hasContext) {
    report.error(
      ["image", "build"],
      "needs scoring/Dockerfile, which this project does not have; set image.digest to an image that has been built",
    );
  }
  const { build, problems: ofBuild } = hasContext
    ? buildOf(settings.image, deployment, IMAGE_CONTEXT)
    : { problems: [] };
  const problems = [
    ...ofBuild,
    ...(endpoint === undefined ? [] : endpointNameProblems(endpoint)),
    ...(deployment === undefined ? [] : variableProblems(deployment)),
  ].map(withTypedFile);
  if (deployment !== undefined) checkCanary(settings, deployment, report);
  if (deployment !== undefined) checkSoakedImage(settings, deployment, report);
  if (endpoint === undefined || deployment === undefined) return { problems };
  if (settings.rollout !== undefined) {
    checkRolloutReach(rolloutPlan(settings.rollout, endpoint.file), report);
  }
  return {
    problems,
    complete: () => productionConfig(file, endpoint, deployment, build, stack),
  };
};

const linesOf = (file: YamlFile) => yamlLines(join(PROJECT_DIRECTORY, file.file));

const withTypedFile = (problem: Problem): Problem => ({
  ...problem,
  file: shownPath(problem.file),
});
