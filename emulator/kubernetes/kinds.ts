/** Every kind of object that the program declares, as a Kubernetes API server knows it. */
export interface KubernetesType {
  readonly namespaced: boolean;
  readonly naming: { readonly pattern: RegExp; readonly words: string };
  /** Dotted paths that the API server refuses to change. */
  readonly immutable?: readonly string[];
}

// Kubernetes documentation, "Object Names and IDs".
const SUBDOMAIN = {
  pattern: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  words: "an RFC 1123 subdomain: lower-case letters, digits, - and .",
};
const LABEL = {
  pattern: /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  words: "an RFC 1123 label: at most 63 lower-case letters, digits and -",
};
const SERVICE_LABEL = {
  pattern: /^(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
  words: "an RFC 1035 label: at most 63 lower-case letters, digits and -, beginning with a letter",
};

const PATH_SEGMENT = {
  pattern: /^(?!\.\.?$)[^/%]+$/,
  words: "a path segment: no / or %, and neither . nor ..",
};

const object: KubernetesType = { namespaced: true, naming: SUBDOMAIN };

export const catalogue: Readonly<Record<string, KubernetesType>> = {
  "kubernetes:core/v1:Namespace": { namespaced: false, naming: LABEL },
  "kubernetes:core/v1:ServiceAccount": object,
  "kubernetes:core/v1:ConfigMap": object,
  "kubernetes:core/v1:ResourceQuota": object,
  "kubernetes:core/v1:LimitRange": object,
  "kubernetes:core/v1:Service": { namespaced: true, naming: SERVICE_LABEL },
  "kubernetes:apps/v1:Deployment": { ...object, immutable: ["spec.selector"] },
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": object,
  "kubernetes:policy/v1:PodDisruptionBudget": object,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": object,
  "kubernetes:rbac.authorization.k8s.io/v1:Role": { namespaced: true, naming: PATH_SEGMENT },
  // Kubernetes, "Using RBAC Authorization": "you can't change its roleRef".
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": {
    namespaced: true,
    naming: PATH_SEGMENT,
    immutable: ["roleRef"],
  },
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": object,
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": object,
};
