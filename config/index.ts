import { join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readEndpointDirectory } from "./azureml/index";
import { checked, type Report, reportOn } from "./azureml/issues";
import { didYouMean, nearest } from "./azureml/nearest";
import type { YamlFile } from "./azureml/yamlTree";
import { checkOutboundRules, egressProblems } from "./network";
import { ConfigError, formatPlace, type Problem } from "./problems";
import { buildOf, checkProduction, chosenDeployment, productionConfig } from "./production/config";
import { variableProblems } from "./production/variables";
import { sandboxConfig } from "./sandbox";
import { sandboxSettings } from "./settings";
import { misspeltNamespaces, settingsAsFile, settingsFrom } from "./settingsFile";
import type { OnlineEndpointDefinition, StackConfig } from "./types";

const PROJECT_DIRECTORY = join(__dirname, "..");

/** Where the Dockerfile of the scoring image lies. */
const IMAGE_CONTEXT = join(PROJECT_DIRECTORY, "scoring");

const TARGETS = ["sandbox", "production"] as const;

/**
 * Reads and checks everything that the stack needs: its settings and the Azure ML YAML they point to. Nothing is
 * declared here, and nothing is read from files after this.
 *
 * @throws ConfigError with every problem of all files
 */
export async function loadConfig(stack: string): Promise<StackConfig> {
  const allConfig = pulumi.runtime.allConfig();
  const values = settingsFrom(allConfig);
  const file = settingsAsFile(stack, PROJECT_DIRECTORY, values);
  const report = reportOn(file);

  // Read even when settings are wrong: all problems are told at once.
  const directory = values["endpointDirectory"];
  const read =
    typeof directory === "string" && directory !== ""
      ? await readEndpointDirectory(asTyped(resolve(PROJECT_DIRECTORY, directory)))
      : { problems: [] };
  const { problems: ofTarget, complete } = checksOf(targetOf(values, report))(
    file,
    read.definition,
    report,
  );
  const problems: Problem[] = [
    ...report.problems,
    ...misspeltNamespaces(stack, allConfig),
    ...read.problems,
    ...ofTarget,
  ];
  const warnings = problems.filter((problem) => problem.severity === "warning");
  if (complete === undefined || warnings.length < problems.length) throw new ConfigError(problems);
  for (const warning of warnings) await pulumi.log.warn(formatPlace(warning));
  return complete(stack);
}

function targetOf(
  values: Readonly<Record<string, unknown>>,
  report: Report,
): (typeof TARGETS)[number] | undefined {
  const written = values["target"];
  const target = TARGETS.find((known) => known === written);
  if (target !== undefined) return target;
  const wanted = `must be one of ${TARGETS.join(", ")}`;
  const misspelt = nearest("target", Object.keys(values));
  if (written === undefined && misspelt !== undefined) {
    report.error([misspelt], `is not a known key; did you mean "target"? It ${wanted}`);
    return undefined;
  }
  const guess = typeof written === "string" ? didYouMean(written, TARGETS) : "";
  report.error(["target"], `is {value}; ${wanted}${guess}`);
  return undefined;
}

/** What one kind of stack makes of its settings: further problems, and the configuration where there are none. */
type Checks = (
  file: YamlFile,
  endpoint: OnlineEndpointDefinition | undefined,
  report: Report,
) => {
  readonly problems: readonly Problem[];
  /** Only where settings and endpoint could be read. */
  readonly complete?: (stack: string) => StackConfig;
};

function checksOf(target: (typeof TARGETS)[number] | undefined): Checks {
  if (target === "sandbox") return checkedSandbox;
  if (target === "production") return checkedProduction;
  return () => ({ problems: [] });
}

const checkedSandbox: Checks = (file, endpoint, report) => {
  const settings = checked(sandboxSettings, file, report);
  if (settings !== undefined) checkOutboundRules(settings, report);
  const problems = egressProblems(
    settings?.isolationMode ?? "Disabled",
    endpoint?.deployments ?? [],
  );
  if (settings === undefined || endpoint === undefined) return { problems };
  return { problems, complete: (stack) => sandboxConfig(settings, endpoint, stack) };
};

const checkedProduction: Checks = (file, endpoint, report) => {
  const settings = checkProduction(file, report);
  const deployment = chosenDeployment(settings.deployment, endpoint, report);
  const { build, problems: ofBuild } = buildOf(settings.image, deployment, IMAGE_CONTEXT);
  if (endpoint === undefined || deployment === undefined) return { problems: ofBuild };
  const problems = [...ofBuild, ...variableProblems(deployment)];
  return {
    problems,
    complete: (stack) => productionConfig(file, endpoint, deployment, build, stack),
  };
};

/** Below the current folder people read relative paths more easily. */
function asTyped(directory: string): string {
  const typed = relative(process.cwd(), directory);
  return typed.startsWith("..") ? directory : typed || ".";
}
