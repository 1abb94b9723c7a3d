import type { AssetReference } from "../types";
import { assetNameProblem, assetVersionProblem, modelVersionProblem } from "./names";

/**
 * References to assets that exist. Sources: Microsoft Learn "CLI (v2) core YAML syntax" (short forms, labels, registry
 * ids); the `@latest` rule is this project's: a label moves, so two runs of the same files would deploy different things.
 */

type AssetKind = "model" | "environment" | "code" | "data";

const REGISTRY = /^azureml:\/\/registries\/([^/]+)\/(\w+)\/([^/]+)\/(versions|labels)\/([^/]+)$/;
/**
 * The long form that Azure shows as a model's or environment's id (azure-ai-ml `constants/_common.py`,
 * ASSET_ID_REGEX_FORMAT).
 */
const LONG =
  /^azureml:\/\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/workspaces\/([^/]+)\/([^/]+\/[^/]+\/(?:versions|labels)\/[^/]+)$/i;
const ARM =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/(?:workspaces|registries)\/[^/]+\/(\w+)\/[^/]+\/(versions|labels)\/([^/]+)$/i;

/** Whether a text points at an asset in Azure and not at this machine. */
export function isReference(text: string): boolean {
  return /^azureml:/i.test(text) || /^\/subscriptions\//i.test(text);
}

/**
 * The asset that `text` names, or why it cannot be used (`{value}` stands for the text).
 *
 * @param takesLabels whether a label may stand for the version: on this machine, where nothing is deployed
 */
export function parseReference(
  text: string,
  kind: AssetKind,
  takesLabels = false,
): AssetReference | { readonly problem: string } {
  const plural = kind === "data" ? "data" : `${kind}s`;
  const id = armIdOf(text);
  if (/^\/subscriptions\//i.test(id)) return armReference(id, kind, plural, takesLabels);
  if (/^azureml:\/\//i.test(text)) return registryReference(text, kind, plural, takesLabels);
  if (!text.startsWith("azureml:")) return { problem: notAReference(text, kind) };
  const [name = "", ...rest] = text.slice("azureml:".length).split(":");
  if (name.includes("@")) {
    const [asset = "", label = ""] = name.split("@");
    const isLabel = takesLabels && rest.length === 0 && assetNameProblem(label) === undefined;
    if (isLabel && assetNameProblem(asset) === undefined) {
      return { kind: "label", name: asset, label };
    }
    return { problem: moves(label, `azureml:${asset}:<version>`) };
  }
  const version = rest.join(":");
  if (rest.length === 0 || version === "") {
    return { problem: `is {value}, which has no version; write azureml:${name}:<version>` };
  }
  const nameProblem = assetNameProblem(name);
  if (nameProblem !== undefined) return { problem: `is {value}; its name ${nameProblem}` };
  const versionProblem = versionProblemOf(kind, version);
  if (versionProblem !== undefined) return { problem: `is {value}; its version ${versionProblem}` };
  return { kind: "workspace", name, version };
}

/** The ARM id that a text names: in the CLI also behind the prefix, and as Azure shows it. Any other text as it is. */
export function armIdOf(text: string): string {
  const id = text.replace(/^azureml:(?=\/subscriptions\/)/i, "");
  const [, subscription, group, workspace, asset] = LONG.exec(id) ?? [];
  if (asset === undefined) return id;
  return `/subscriptions/${subscription ?? ""}/resourceGroups/${group ?? ""}/providers/Microsoft.MachineLearningServices/workspaces/${workspace ?? ""}/${asset}`;
}

function registryReference(text: string, kind: AssetKind, plural: string, takesLabels: boolean) {
  const form = `azureml://registries/<registry>/${plural}/<name>/versions/<version>`;
  const match = REGISTRY.exec(text);
  if (!match) return { problem: `is {value}; an id in a registry has the form ${form}` };
  const [, registry = "", collection = "", name = "", pin = "", version = ""] = match;
  if (collection !== plural)
    return {
      problem: `is {value}, which is under "${collection}"; a ${kind} is under "${plural}"`,
    };
  if (pin === "labels" && !takesLabels) {
    return {
      problem: moves(
        version,
        `azureml://registries/${registry}/${plural}/${name}/versions/<version>`,
      ),
    };
  }
  return { kind: "id", id: text } as const;
}

function armReference(id: string, kind: AssetKind, plural: string, takesLabels: boolean) {
  const match = ARM.exec(id);
  if (!match) {
    const form = `/subscriptions/…/providers/Microsoft.MachineLearningServices/workspaces/<workspace>/${plural}/<name>/versions/<version>`;
    return { problem: `is {value}; the ARM id of a ${kind} has the form ${form}` };
  }
  const [, collection = "", pin = "", version = ""] = match;
  if (collection.toLowerCase() !== plural) {
    return {
      problem: `is {value}, which is under "${collection}"; a ${kind} is under "${plural}"`,
    };
  }
  const isLabel = pin.toLowerCase() === "labels";
  if (isLabel && !takesLabels) return { problem: moves(version, "…/versions/<version>") };
  const isChecked = !isLabel && isInWorkspace(id);
  const versionProblem = isChecked ? versionProblemOf(kind, version) : undefined;
  if (versionProblem !== undefined) return { problem: `is {value}; its version ${versionProblem}` };
  return { kind: "id", id } as const;
}

function versionProblemOf(kind: AssetKind, version: string): string | undefined {
  return kind === "model" ? modelVersionProblem(version) : assetVersionProblem(version);
}

/** What a registry takes as a model's version is documented nowhere, so it is left to Azure. */
function isInWorkspace(id: string): boolean {
  return /\/workspaces\//i.test(id);
}

function moves(label: string, pinned: string): string {
  return `is {value}; the label "${label}" moves, so the same files could deploy different versions: pin a version, ${pinned}`;
}

function notAReference(text: string, kind: AssetKind): string {
  if (kind === "model" && !/^[\w.-]+[:@][\w.-]+$/.test(text)) {
    return "is {value}; a local model is given as a mapping, model: {path: …}, and a registered one as azureml:<name>:<version>";
  }
  const name = /^[\w.-]+/.exec(text)?.[0] ?? "<name>";
  return `is {value}; a registered ${kind} is given as azureml:${name}:<version>`;
}
