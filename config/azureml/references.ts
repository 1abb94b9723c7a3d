import type { AssetReference } from "../types";
import { assetNameFault, assetVersionFault, modelVersionFault } from "./names";

/**
 * References to assets that exist. Sources: Microsoft Learn "CLI (v2) core YAML syntax" (short forms, labels, registry
 * ids); the `@latest` rule is this project's: a label moves, so two runs of the same files would deploy different things.
 */

type AssetKind = "model" | "environment" | "code" | "data";

const REGISTRY = /^azureml:\/\/registries\/([^/]+)\/(\w+)\/([^/]+)\/(versions|labels)\/([^/]+)$/;
const ARM =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/(?:workspaces|registries)\/[^/]+\/(\w+)\/[^/]+\/(versions|labels)\/([^/]+)$/i;

/** Whether a text points at an asset in Azure and not at this machine. */
export function isReference(text: string): boolean {
  return /^azureml:/i.test(text) || /^\/subscriptions\//i.test(text);
}

/** The asset that `text` names, or why it cannot be used (`{value}` stands for the text). */
export function parseReference(
  text: string,
  kind: AssetKind,
): AssetReference | { readonly fault: string } {
  const plural = kind === "data" ? "data" : `${kind}s`;
  if (/^azureml:\/\//i.test(text)) return registryReference(text, kind, plural);
  // The CLI also takes an ARM id behind the prefix.
  const id = text.replace(/^azureml:(?=\/subscriptions\/)/i, "");
  if (/^\/subscriptions\//i.test(id)) return armReference(id, kind, plural);
  if (!text.startsWith("azureml:")) return { fault: notAReference(text, kind) };
  const [name = "", ...rest] = text.slice("azureml:".length).split(":");
  if (name.includes("@"))
    return {
      fault: moves(name.split("@")[1] ?? "", `azureml:${name.split("@")[0] ?? ""}:<version>`),
    };
  const version = rest.join(":");
  if (rest.length === 0 || version === "") {
    return { fault: `is {value}, which has no version; write azureml:${name}:<version>` };
  }
  const nameFault = assetNameFault(name);
  if (nameFault !== undefined) return { fault: `is {value}; its name ${nameFault}` };
  const versionFault = versionFaultOf(kind, version);
  if (versionFault !== undefined) return { fault: `is {value}; its version ${versionFault}` };
  return { kind: "workspace", name, version };
}

function registryReference(text: string, kind: AssetKind, plural: string) {
  const form = `azureml://registries/<registry>/${plural}/<name>/versions/<version>`;
  const match = REGISTRY.exec(text);
  if (!match) return { fault: `is {value}; an id in a registry has the form ${form}` };
  const [, registry = "", collection = "", name = "", pin = "", version = ""] = match;
  if (collection !== plural)
    return { fault: `is {value}, which is under "${collection}"; a ${kind} is under "${plural}"` };
  if (pin === "labels") {
    return {
      fault: moves(
        version,
        `azureml://registries/${registry}/${plural}/${name}/versions/<version>`,
      ),
    };
  }
  return { kind: "id", id: text } as const;
}

function armReference(id: string, kind: AssetKind, plural: string) {
  const match = ARM.exec(id);
  if (!match) {
    const form = `/subscriptions/…/providers/Microsoft.MachineLearningServices/workspaces/<workspace>/${plural}/<name>/versions/<version>`;
    return { fault: `is {value}; the ARM id of a ${kind} has the form ${form}` };
  }
  const [, collection = "", pin = "", version = ""] = match;
  if (collection.toLowerCase() !== plural) {
    return { fault: `is {value}, which is under "${collection}"; a ${kind} is under "${plural}"` };
  }
  if (pin.toLowerCase() === "labels") return { fault: moves(version, "…/versions/<version>") };
  const versionFault = isInWorkspace(id) ? versionFaultOf(kind, version) : undefined;
  if (versionFault !== undefined) return { fault: `is {value}; its version ${versionFault}` };
  return { kind: "id", id } as const;
}

function versionFaultOf(kind: AssetKind, version: string): string | undefined {
  return kind === "model" ? modelVersionFault(version) : assetVersionFault(version);
}

/** What a registry takes as a model's version is documented nowhere, so it is left to Azure. */
function isInWorkspace(id: string): boolean {
  return /\/workspaces\//i.test(id);
}

function moves(label: string, pinned: string): string {
  return `is {value}; the label "${label}" moves, so the same files would deploy different things: pin a version, ${pinned}`;
}

function notAReference(text: string, kind: AssetKind): string {
  if (kind === "model" && !/^[\w.-]+[:@][\w.-]+$/.test(text)) {
    return "is {value}; a local model is given as a mapping, model: {path: …}, and a registered one as azureml:<name>:<version>";
  }
  const name = /^[\w.-]+/.exec(text)?.[0] ?? "<name>";
  return `is {value}; a registered ${kind} is given as azureml:${name}:<version>`;
}
