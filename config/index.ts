import { join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readEndpointDirectory } from "./azureml/index";
import { checked, reportOn } from "./azureml/issues";
import { sandboxNames } from "./names";
import { checkOutboundRules, egressProblems } from "./network";
import { ConfigError, formatPlace, type Problem } from "./problems";
import { sandboxSettings, type SandboxSettings } from "./settings";
import { misspeltNamespaces, settingsAsFile, settingsFrom } from "./settingsFile";
import type { OnlineEndpointDefinition, StackConfig } from "./types";

const PROJECT_DIRECTORY = join(__dirname, "..");

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
  const settings = checked(sandboxSettings, file, report);
  if (settings !== undefined) checkOutboundRules(settings, report);

  // Read even when other settings are wrong: all problems are told at once.
  const directory = values["endpointDirectory"];
  const read =
    typeof directory === "string" && directory !== ""
      ? await readEndpointDirectory(asTyped(resolve(PROJECT_DIRECTORY, directory)))
      : { problems: [] };
  const problems: Problem[] = [
    ...report.problems,
    ...misspeltNamespaces(stack, allConfig),
    ...read.problems,
    ...egressProblems(settings?.isolationMode ?? "Disabled", read.definition?.deployments ?? []),
  ];
  const warnings = problems.filter((problem) => problem.severity === "warning");
  if (
    settings === undefined ||
    read.definition === undefined ||
    warnings.length < problems.length
  ) {
    throw new ConfigError(problems);
  }
  for (const warning of warnings) await pulumi.log.warn(formatPlace(warning));
  return sandboxConfig(settings, read.definition, stack);
}

/** Below the current folder people read relative paths more easily. */
function asTyped(directory: string): string {
  const typed = relative(process.cwd(), directory);
  return typed.startsWith("..") ? directory : typed || ".";
}

function sandboxConfig(
  settings: SandboxSettings,
  endpoint: OnlineEndpointDefinition,
  stack: string,
): StackConfig {
  const { subscription } = settings;
  return {
    target: "sandbox",
    subscription: {
      id: subscription.id.toLowerCase(),
      ...(subscription.name === undefined ? {} : { name: subscription.name }),
    },
    resourceGroup: settings.resourceGroup,
    location: settings.location,
    names: sandboxNames({
      workload: settings.workload,
      subscriptionId: subscription.id,
      resourceGroup: settings.resourceGroup.name,
      stack,
    }),
    tags: settings.tags,
    network: {
      isolationMode: settings.isolationMode,
      outboundRules: settings.outboundRules,
    },
    logRetentionDays: settings.logRetentionDays,
    protect: settings.protect,
    deployers: settings.deployers,
    endpoint,
  };
}
