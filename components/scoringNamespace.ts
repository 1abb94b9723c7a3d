import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Principal } from "../config/principal";
import { resolvedName } from "./resolvedName";
import { namespaceBody } from "./scoring/namespace";
import type { scoringPolicies } from "./scoring/networkPolicies";
import { readerBindingBody, readerRoleBody } from "./scoring/readers";

export interface NamespaceArgs {
  /** Name of the endpoint and of the namespace of its pods. */
  readonly endpointName: string;
  /** Who previews: they may read what a built-in role of Azure does not cover. */
  readonly readers: readonly Principal[];
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * A namespace that the scoring service needs.
 *
 * @param enforce level of the pod security standards; the gateway's namespace is `baseline`
 */
export function scoringNamespace(
  name: string,
  physicalName: string,
  enforce: "restricted" | "baseline",
  { endpointName, tags }: NamespaceArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const namespace = new core.Namespace(
    `${name}-${enforce === "restricted" ? "namespace" : "gateway-namespace"}`,
    namespaceBody(physicalName, endpointName, enforce, tags),
    { parent },
  );
  return resolvedName(namespace, physicalName);
}

/** The role of those who preview; none without readers. */
export function readerRole(
  name: string,
  namespace: pulumi.Output<string>,
  { endpointName, readers }: NamespaceArgs,
  parent: pulumi.Resource,
): void {
  if (readers.length === 0) return;
  const role = new rbac.Role(`${name}-reader`, readerRoleBody(endpointName, namespace), { parent });
  new rbac.RoleBinding(
    `${name}-reader-binding`,
    readerBindingBody(endpointName, namespace, readers),
    { parent, dependsOn: role },
  );
}

export function networkPolicies(
  name: string,
  policies: ReturnType<typeof scoringPolicies>,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  return Object.entries(policies).map(
    ([suffix, body]) => new networking.NetworkPolicy(`${name}-${suffix}`, body, { parent }),
  );
}
