/**
 * Azure's rules for names, and the names this project gives to assets that have none.
 * Endpoints and deployments: Microsoft Learn "Manage and increase quotas" (how-to-manage-quotas), online endpoints.
 */

/** Shortest and longest name of an endpoint or a deployment, in characters. */
const NAME_LENGTH = { min: 3, max: 32 } as const;

/** Longest name or version of a model, code or environment asset, in characters. */
const ASSET_NAME_LENGTH = 255;

/** Why `name` cannot be an endpoint's or a deployment's name; undefined when it can. */
export function endpointNameProblem(name: string): string | undefined {
  const allowed = `a name has ${NAME_LENGTH.min} to ${NAME_LENGTH.max} letters, digits and single dashes, and begins with a letter`;
  if (name.length < NAME_LENGTH.min) return `is too short (${name.length}); ${allowed}`;
  if (name.length > NAME_LENGTH.max) return `is too long (${name.length}); ${allowed}`;
  if (!/^[a-zA-Z]/.test(name)) return `does not begin with a letter; ${allowed}`;
  const wrong = /[^a-zA-Z0-9-]/u.exec(name)?.[0];
  if (wrong !== undefined) return `has the character "${wrong}"; ${allowed}`;
  if (name.includes("--")) return `has two dashes in a row; ${allowed}`;
  if (name.endsWith("-")) return `ends with a dash; ${allowed}`;
  return undefined;
}

/**
 * Why `name` cannot be the name of an asset; undefined when it can. The REST API's own pattern has no dot, yet the
 * service has long taken names with dots (`sklearn-1.5` is one of its own environments), so dots are let through.
 */
export function assetNameProblem(name: string): string | undefined {
  const allowed =
    "letters, digits, dashes, underscores and dots, beginning with a letter or a digit";
  if (name.length > ASSET_NAME_LENGTH) {
    return `is too long (${name.length}); at most ${ASSET_NAME_LENGTH} characters`;
  }
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) ? undefined : `may have only ${allowed}`;
}

/** Why `version` cannot be the version of an asset; undefined when it can. */
export function assetVersionProblem(version: string): string | undefined {
  if (version.toLowerCase() === "latest") {
    return "is a label that moves, not a version; write a number, or leave it out to get one from the content";
  }
  return assetNameProblem(version);
}

/**
 * Why `version` cannot be a model's version; undefined when it can. Azure answers `ModelVersionOutOfRange` to anything
 * but a positive integer, for models alone (azureml-examples issue 2725, MachineLearningNotebooks issue 289); code,
 * environments and data take text.
 */
export function modelVersionProblem(version: string): string | undefined {
  if (version.toLowerCase() === "latest") return assetVersionProblem(version);
  return /^[1-9]\d*$/.test(version)
    ? undefined
    : "is not a positive whole number, and Azure takes nothing else as the version of a model; write 1, 2, …, or leave it out to get one from the content";
}

/**
 * Name and version of a model whose version the YAML does not give. Its version has to be a number, so the content is
 * told in the name: the same bytes give the same pair on every machine, and other bytes another name.
 */
export function contentModel(name: string, contentHash: string) {
  return { name: `${name}-${contentVersion(contentHash)}`, version: "1" } as const;
}

/**
 * Name of an asset the YAML does not name: `<endpoint>-<kind>` for code and environments, so that deployments with the
 * same content share one version; `<endpoint>-<deployment>-<kind>` for the rest.
 */
export function assetName(
  endpoint: string | undefined,
  deployment: string,
  kind: "model" | "code" | "environment" | "context",
): string {
  const shared = kind === "code" || kind === "environment";
  const owner = shared ? [endpoint ?? deployment] : [endpoint ?? "", deployment];
  // Names that break Azure's rule are reported where they are written; here they only must not break this one too.
  return [...owner, kind]
    .map((part) => part.replace(/[^a-zA-Z0-9-]+/g, "-").replace(/^-+/, ""))
    .filter((part) => part !== "")
    .join("-");
}

/** The asset version made from a content hash: 64 bits of it, enough for versions of one asset. */
export function contentVersion(contentHash: string): string {
  return contentHash.slice(0, 16);
}
