import { nearest } from "./nearest";

/** What a YAML file is about, as far as this project cares. */
export type Kind =
  | "endpoint"
  | "deployment"
  /** An online endpoint or deployment on Kubernetes. */
  | "kubernetes"
  /** Recognisably something else: a conda file, a model, a workflow. */
  | "other"
  /** Its `$schema` is nearly a known one. */
  | { readonly misspelt: string }
  | "unclear";

const KIND_BY_SCHEMA: Readonly<Record<string, Kind>> = {
  "managedonlineendpoint.schema.json": "endpoint",
  "managedonlinedeployment.schema.json": "deployment",
  "kubernetesonlineendpoint.schema.json": "kubernetes",
  "kubernetesonlinedeployment.schema.json": "kubernetes",
  // The reference page's data_collector examples have these.
  "onlineendpoint.json": "endpoint",
  "onlinedeployment.json": "deployment",
};

/** File names of the two schemas, for advice. */
export const SCHEMA_NAMES = {
  endpoint: "managedOnlineEndpoint.schema.json",
  deployment: "managedOnlineDeployment.schema.json",
} as const;

const ENDPOINT_KEYS = ["auth_mode", "traffic", "mirror_traffic", "public_network_access"];

const DEPLOYMENT_KEYS = [
  "endpoint_name",
  "instance_type",
  "instance_count",
  "code_configuration",
  "request_settings",
  "liveness_probe",
  "readiness_probe",
  "egress_public_network_access",
  "data_collector",
];

/** Keys of which one is enough to know that a file is none of ours. */
const FOREIGN_KEYS = [
  "dependencies", // conda
  "channels",
  "apiVersion", // Kubernetes
  "services", // Docker Compose
  "jobs", // pipelines and workflows
  "steps",
  "repos", // pre-commit
  "command", // Azure ML jobs and components
  "compute", // batch, with endpoint_name
  "mini_batch_size",
  "conda_file", // an environment of its own
  "image",
  "build",
  "artifact_path", // MLmodel
  "model_repository", // Triton's model analyzer
  "base_environment_source", // model packages
  "entry_points", // MLproject
];

/** The kind of a parsed file: by the last part of `$schema` (its host varies), otherwise by its keys. */
export function kindOf(value: unknown): Kind {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "unclear";
  const keys = Object.keys(value);
  const schema: unknown = (value as Record<string, unknown>)["$schema"];
  if (typeof schema === "string") {
    const last = schema.split(/[?#]/)[0]?.split("/").at(-1) ?? "";
    const known = KIND_BY_SCHEMA[last.toLowerCase()];
    const other = contradiction(known, keys);
    if (other !== undefined) return { misspelt: SCHEMA_NAMES[other] };
    if (known !== undefined) return known;
    const meant = nearest(last, Object.values(SCHEMA_NAMES));
    // One or two letters off; batchDeployment.schema.json and environment.schema.json are other things.
    const isOther = /batch|kubernetes|environment|model|component|job|pipeline/i.test(last);
    return meant !== undefined && !isOther ? { misspelt: meant } : "other";
  }
  if ((value as Record<string, unknown>)["type"] === "kubernetes") return "kubernetes";
  const count = (known: readonly string[]) => keys.filter((key) => known.includes(key)).length;
  const deployment = count(DEPLOYMENT_KEYS);
  const endpoint = count(ENDPOINT_KEYS);
  if (endpoint > 0 && deployment === 0) return keys.includes("compute") ? "kubernetes" : "endpoint";
  if (keys.some((key) => FOREIGN_KEYS.includes(key))) return "other";
  if (deployment > 0) return "deployment";
  // A model file: name, version, path.
  if (keys.includes("path") && !keys.includes("model")) return "other";
  return "unclear";
}

/** The kind that the keys say when `$schema` says the other one: the copied first line. */
function contradiction(said: Kind | undefined, keys: readonly string[]) {
  const isEndpoint = keys.some((key) => ENDPOINT_KEYS.includes(key));
  const isDeployment = keys.some((key) => DEPLOYMENT_KEYS.includes(key));
  if (said === "deployment" && isEndpoint && !isDeployment) return "endpoint";
  if (said === "endpoint" && isDeployment && !isEndpoint) return "deployment";
  return undefined;
}

/** Whether the text of a file that cannot be parsed was meant as an endpoint or a deployment. */
export function looksLikeOurs(text: string): boolean {
  return /managedOnline(?:Endpoint|Deployment)|^(?:endpoint_name|auth_mode|instance_type)\s*:/im.test(
    text,
  );
}
