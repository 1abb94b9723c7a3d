import { jest } from "@jest/globals";
import { runOnEmulator, type EmulatorRun } from "../../../emulator/onEmulator";
import { plainInputs, revealed } from "../../../graph/plainInputs";
import { sandboxSettings, SUBSCRIPTION } from "../../stacks";

export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
export const LOG_ANALYTICS = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`;
export const PLACE = {
  resourceGroupName: "rg",
  location: "canadacentral",
  tags: { owner: "tests" },
} as const;

let program: () => unknown;
jest.doMock("../../../index", () => ({
  __esModule: true,
  default: () => {
    program();
    return Promise.resolve({});
  },
}));

/**
 * What a piece of the program declares when it runs alone, answered by the Azure emulator, which refuses what does
 * not fit its catalogue. Like the emulator, it knows one subscription and the resource group `rg`.
 */
export function declared(piece: () => unknown): Promise<EmulatorRun> {
  program = piece;
  return runOnEmulator("production", sandboxSettings(), []);
}

/** How often each type of Azure's resources is declared. */
export function typeCounts({ resources }: EmulatorRun): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, custom } of resources) {
    if (!custom) continue;
    const short = type.replace("azure-native:", "");
    counts[short] = (counts[short] ?? 0) + 1;
  }
  return counts;
}

/** Logical names of what a resource waits for, directly. */
export function dependenciesOf({ resources }: EmulatorRun, name: string): string[] {
  return resources
    .filter((resource) => resource.custom && resource.name === name)
    .flatMap(({ dependencies }) => dependencies.map((urn) => urn.split("::").at(-1) ?? ""))
    .sort();
}

/** Types and logical names of the guarded resources, sorted. */
export function guarded({ resources }: EmulatorRun): string[] {
  return resources
    .filter(({ protect }) => protect)
    .map(({ type, name }) => `${type.replace("azure-native:", "")} ${name}`)
    .sort();
}

/** What the diagnostic setting of this logical name sends, from where. */
export function diagnosticsOf({ resources }: EmulatorRun, name: string): Record<string, unknown> {
  const found = resources.find(
    (one) => one.type.endsWith(":DiagnosticSetting") && one.name === name,
  );
  if (found === undefined) throw new Error(`no diagnostics ${name}`);
  const { resourceUri, workspaceId, logs, metrics } = plainInputs(found.inputs, revealed);
  return { resourceUri, workspaceId, logs, metrics };
}
