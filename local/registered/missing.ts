import { LOCAL_FILES, type RegisteredKind } from "./reference";

/** What to do about a registered asset without a local file. */
export function missingText(kind: RegisteredKind, reference: string, stack: string): string {
  const add = addCommand(kind, reference, stack);
  const what = `its ${kind} ${shown(reference)} is in Azure and not on this machine`;
  const isWorkspaceModel = kind === "model" && !/^(?:azureml:\/\/|runs:)/.test(reference);
  if (isWorkspaceModel) {
    return `${what}; name its file or folder once: ${add} PATH, or fetch it from the workspace: ${add} --azure`;
  }
  const { noun, argument } = LOCAL_FILES[kind];
  return `${what}; name its ${noun} once: ${add} ${argument}`;
}

/** The command that names a path, as far as the reference. */
export function addCommand(kind: RegisteredKind, reference: string, stack: string): string {
  const ofStack = stack === "sandbox" ? "" : ` --stack ${stack}`;
  return `npm run local -- ${kind} add${ofStack} ${reference}`;
}

/** The text for which the conda file of an image without one is named. */
export function imageText(image: string, stack: string): string {
  const { noun, argument } = LOCAL_FILES.environment;
  const add = addCommand("environment", image, stack);
  return `its environment is the image ${image} without a conda file; name a ${noun} with its packages once: ${add} ${argument}`;
}

function shown(reference: string): string {
  return /^(?:azureml:|runs:|\/)/.test(reference) ? reference : `azureml:${reference}`;
}
