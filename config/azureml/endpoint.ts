import type { EndpointIdentity, OnlineEndpointDefinition } from "../types";
import type { Problem } from "../../errors";
import type { Traffic } from "../../traffic/split";
import { ACCESS, AUTH_MODES } from "./armWords";
import { endpointSchema } from "./endpointSchema";
import { type Report, reportOn, soundParts } from "./issues";
import { endpointNameProblem } from "./names";
import { isExpectedKind } from "./unexpectedKinds";
import { reportPlaceholders } from "./placeholderCheck";
import { warnOfSecrets } from "./secretCheck";
import { readOnlyKeys } from "./readOnlyKeys";
import { textsOf } from "./texts";
import { readYamlFile } from "./yamlFile";
import type { YamlFile } from "./yamlTree";

/** What an endpoint's own file says; the split is as written, because only the folder knows all deployments. */
export interface EndpointFile extends Omit<
  OnlineEndpointDefinition,
  "traffic" | "mirrorTraffic" | "deployments"
> {
  readonly traffic?: Traffic;
  readonly mirrorTraffic?: Traffic;
}

const IDENTITY_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

/** Reads and checks the YAML of one managed online endpoint. */
export function readEndpointFile(file: string): {
  readonly value?: EndpointFile;
  readonly problems: readonly Problem[];
} {
  const { yaml, problems } = readYamlFile(file);
  if (yaml === undefined) return { problems };
  const report = reportOn(yaml);
  const value = isExpectedKind(yaml, "endpoint", report) ? endpointFrom(yaml, report) : undefined;
  const all = [...problems, ...report.problems];
  const isSound = all.every((problem) => problem.severity === "warning");
  return value !== undefined && isSound ? { value, problems: all } : { problems: all };
}

/** The endpoint in a parsed file. Everything wrong goes to `report`; with an error in it the value has gaps. */
export function endpointFrom(yaml: YamlFile, report: Report): EndpointFile {
  reportPlaceholders(yaml, "endpoint", report);
  warnOfSecrets(yaml, report);
  const parsed = soundParts(endpointSchema, yaml, report);
  const { name = "" } = parsed;
  const nameProblem = report.hasError(["name"]) ? undefined : endpointNameProblem(name);
  if (nameProblem !== undefined) report.error(["name"], `is {value}, which ${nameProblem}`);
  warnOfReadOnlyKeys(yaml, report);
  const identity = identityOf(parsed.identity, report);
  return {
    file: yaml.path,
    name,
    ...(parsed.description === undefined ? {} : { description: parsed.description }),
    authMode: AUTH_MODES[parsed.auth_mode ?? "key"],
    ...(identity === undefined ? {} : { identity }),
    publicNetworkAccess: ACCESS[parsed.public_network_access ?? "enabled"],
    tags: textsOf(parsed.tags, ["tags"], yaml, report),
    properties: textsOf(parsed.properties, ["properties"], yaml, report),
    ...(parsed.traffic === undefined ? {} : { traffic: parsed.traffic }),
    ...(parsed.mirror_traffic === undefined ? {} : { mirrorTraffic: parsed.mirror_traffic }),
  };
}

/** Keys copied from `az ml … show` mean nothing in a file. */
export function warnOfReadOnlyKeys(yaml: YamlFile, report: Report): void {
  for (const key of Object.keys(readOnlyKeys)) {
    if (Object.hasOwn(yaml.value as object, key)) {
      report.warning([key], "is what Azure reports, not a setting; it is ignored");
    }
  }
}

type IdentityYaml = NonNullable<ReturnType<typeof endpointSchema.parse>["identity"]>;

function identityOf(
  identity: IdentityYaml | undefined,
  report: Report,
): EndpointIdentity | undefined {
  if (identity === undefined) return undefined;
  const listed = ["identity", "user_assigned_identities"];
  const identities = identity.user_assigned_identities ?? [];
  if (identity.type === "none") {
    report.error(
      ["identity", "type"],
      "is {value}; an online endpoint always has an identity: system_assigned or user_assigned",
    );
    return undefined;
  }
  if (identity.type === "system_assigned") {
    if (identities.length > 0) {
      report.error(
        listed,
        'is given although "type" is system_assigned; make it user_assigned, or remove this',
      );
    }
    return { type: "SystemAssigned" };
  }
  if (identities.length === 0) {
    report.error(
      listed,
      "is missing; type user_assigned needs one, as - resource_id: /subscriptions/…",
    );
    return undefined;
  }
  if (identities.length > 1) {
    report.error(listed, `has ${identities.length} identities; an online endpoint takes one`);
  }
  const resourceIds = identities.map((identity, index) => {
    const isText = typeof identity === "string";
    const id = isText ? identity : identity.resource_id;
    const at = isText ? [...listed, index] : [...listed, index, "resource_id"];
    if (!IDENTITY_ID.test(id) && !report.hasError(at)) {
      const form =
        "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>";
      report.error(at, `is {value}; the ARM id of a user-assigned identity has the form ${form}`);
    }
    return id;
  });
  return { type: "UserAssigned", resourceIds };
}
