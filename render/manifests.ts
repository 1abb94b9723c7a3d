import { stringify } from "yaml";
import type { GraphResource } from "../graph/graph";
import { isKubernetesObject } from "../emulator/kubernetes/kubernetesStore";
import { masked, plainInputs } from "../graph/plainInputs";

/** The order in which kinds can be applied: what others need or are guarded by comes first. */
const KIND_ORDER = [
  "Namespace",
  "Role",
  "RoleBinding",
  "ResourceQuota",
  "LimitRange",
  "NetworkPolicy",
  "ConfigMap",
  "ServiceAccount",
  "PodDisruptionBudget",
  "Deployment",
  "Service",
  "HorizontalPodAutoscaler",
  "Gateway",
  "HTTPRoute",
];

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/**
 * The stack's Kubernetes objects as YAML files, by file name, for reviewers and for tools such as kubectl: numbered in
 * the order in which they can be applied, without what only Pulumi reads.
 */
export function manifests(graph: readonly GraphResource[]): Record<string, string> {
  const objects = graph
    .filter(({ declared }) => isKubernetesObject(declared.type))
    .map(({ declared }) => manifest(plainInputs(declared.inputs, masked) as unknown as Manifest))
    .map((object) => ({ object, key: sortKey(object) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ object }) => object);
  return Object.fromEntries(
    objects.map((object, index) => [
      `${String(index + 1).padStart(2, "0")}-${object.kind.toLowerCase()}-${object.metadata.name}.yaml`,
      // An anchor would be right, but nobody expects one in a manifest.
      stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 }),
    ]),
  );
}

/** A space is below every character of a name, so a namespace comes before one that begins with it. */
function sortKey({ kind, metadata }: Manifest): string {
  const place = KIND_ORDER.indexOf(kind);
  if (place === -1) throw new Error(`render/manifests.ts does not know where ${kind} comes`);
  return [String(place).padStart(2, "0"), metadata.namespace ?? "", metadata.name].join(" ");
}

function manifest({ apiVersion, kind, metadata, ...rest }: Manifest): Manifest {
  const { annotations, ...others } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith("pulumi.com/"));
  return {
    apiVersion,
    kind,
    metadata: {
      ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
      ...others,
    },
    ...rest,
  };
}
