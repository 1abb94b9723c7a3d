import type { ProductionNames } from "../names";
import type { RolloutPlan } from "../rollout";
import type { CommonConfig, OnlineDeploymentDefinition } from "../types";

/**
 * What config/ hands to the production components: settings after reading, checking and completing. Plain data in
 * Azure's and Kubernetes' words; no Pulumi outputs, no paths left to resolve.
 */

/** Subnets by what lies in them. */
export interface Subnets<T> {
  /** Nodes of all pools (pods have addresses of their own, from the overlay). */
  readonly nodes: T;
  /** Delegated to the API server. */
  readonly apiServer: T;
  readonly privateEndpoints: T;
  /** Address of the internal gateway. */
  readonly gateway: T;
  /** Build agents of the registry; only where the image is built there. */
  readonly build?: T;
}

/** How nodes reach the outside. */
export type Egress =
  | { readonly type: "natGateway" }
  /** Through a firewall in the hub; its private address is the next hop of 0.0.0.0/0. */
  | { readonly type: "firewall"; readonly nextHopIpAddress: string };

/** Private services that the stack reaches by private endpoints, or that lie in private DNS zones. */
export type PrivateService = "registry" | "vault" | "blob" | "dfs" | "apiServer";

export interface ProductionNetwork {
  readonly vnet:
    | {
        readonly kind: "created";
        /** CIDR of the whole network. */
        readonly addressSpace: string;
        readonly subnets: Subnets<string>;
        readonly egress: Egress;
        /** Whether Network Watcher records the network's flows; paid by the gigabyte. */
        readonly flowLogs: boolean;
      }
    | {
        /** Made and routed by the network team, peered with their hub. */
        readonly kind: "existing";
        readonly id: string;
        readonly subnetIds: Subnets<string>;
        readonly egress: "natGateway" | "firewall";
      };
  /** Addresses of pods, in the cluster's overlay only. */
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The tenth address of `serviceCidr`. */
  readonly dnsServiceIp: string;
  /** Zones that exist already, in the hub for instance; the stack makes and links all others. */
  readonly privateDnsZoneIds: Readonly<Partial<Record<PrivateService, string>>>;
}

export interface NodePool {
  /** 1–12 lower-case letters and digits, a letter first. */
  readonly name: string;
  readonly vmSize: string;
  readonly minCount: number;
  readonly maxCount: number;
  readonly osDiskSizeGB: number;
}

type Weekday = "Monday" | "Tuesday" | "Wednesday" | "Thursday" | "Friday" | "Saturday" | "Sunday";

export interface ClusterSettings {
  /** Minor version such as `1.37`; AKS chooses and raises the patch. */
  readonly kubernetesVersion: string;
  /** Availability zones, such as `["1", "2", "3"]`. */
  readonly zones: readonly string[];
  readonly systemPool: NodePool;
  /** One at least, in the order of their names. */
  readonly userPools: readonly NodePool[];
  /** Object ids of the Entra groups that administer the cluster. */
  readonly adminGroupObjectIds: readonly string[];
  /** Encryption of temporary disks and caches on the hosts; the subscription must have the feature registered. */
  readonly hostEncryption: boolean;
  /** Microsoft Defender for Containers watches the nodes; paid by the core. */
  readonly defender: boolean;
  readonly maintenance: {
    readonly dayOfWeek: Weekday;
    /** 24-hour `HH:MM`. */
    readonly startTime: string;
    /** `+HH:MM` or `-HH:MM`. */
    readonly utcOffset: string;
    /** 4 to 24. */
    readonly durationHours: number;
  };
}

/** What the Dockerfile is told about the deployment; paths are relative to `context`. */
export interface ImageBuild {
  /** Absolute path of the folder with the Dockerfile. */
  readonly context: string;
  /** Model file or folder, such as `models/multi-model`. */
  readonly model: string;
  readonly server: ImageServer;
}

/** What answers requests in the image. */
export type ImageServer =
  /** A script in `src/`, such as `score_multiple.py`, with the packages of `requirements-image.txt`. */
  | { readonly kind: "script"; readonly scoringScript: string }
  /** MLflow, for a model without a script, with the packages that the model's folder locks. */
  | {
      readonly kind: "mlflow";
      /** The lock, such as `models/gauges/requirements.lock`. */
      readonly lock: string;
      /** Minor version of Python that the packages are for, such as `3.11`. */
      readonly python: string;
    };

/** Where the scoring image comes from. Whatever it is, pods run `name@sha256:…`. */
export type ImageSource =
  /** `name@sha256:…`, with the registry's host or without (then it is this stack's registry). */
  | { readonly kind: "digest"; readonly reference: string }
  /** Built by @pulumi/docker where the program runs: a runner in the network with a Docker engine. */
  | { readonly kind: "docker"; readonly baseImage?: string; readonly build: ImageBuild }
  /** Built by an agent pool of the registry inside the network, from a commit of a git repository. */
  | {
      readonly kind: "agentPool";
      /** `https://host/repository.git#<commit>:<folder>` */
      readonly source: string;
      readonly baseImage?: string;
      readonly build: ImageBuild;
    };

export interface ScoringScale {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Average CPU use, in percent of the request, that the autoscaler aims at. */
  readonly targetCpuPercent: number;
}

export interface ScoringResources {
  /** Kubernetes quantities. Memory's limit is its request; CPU has a limit of its own. */
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memory: string;
}

/** A probe in Kubernetes' words: seconds, and answers in a row. */
interface ScoringProbe {
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface ScoringProbes {
  readonly startup: ScoringProbe;
  readonly readiness: ScoringProbe & { readonly successThreshold: number };
  readonly liveness: ScoringProbe;
}

export interface Canary {
  /** `name@sha256:…`, as in `ImageSource`. */
  readonly image: string;
  /** Its release id, for labels. */
  readonly releaseId: string;
  /** Percent of the requests, 0 to 100. */
  readonly weight: number;
  readonly replicas: number;
}

export interface ReleaseSettings {
  /** 64 hex digits over code, environment and model: what soaked in the sandbox is what runs here. */
  readonly id: string;
  /** Full name of the sandbox's stack, `organization/project/stack`. */
  readonly sandboxStack: string;
  /** Days that the release must have been in the sandbox. */
  readonly soakDays: number;
  /** Releases that may run without, by the beginning of their ids, and why; the reason shows in the plan. */
  readonly exceptions: readonly { readonly releaseId: string; readonly reason: string }[];
}

export interface ProductionConfig extends CommonConfig {
  readonly target: "production";
  readonly names: ProductionNames;
  readonly network: ProductionNetwork;
  readonly cluster: ClusterSettings;
  readonly image: ImageSource;
  readonly release: ReleaseSettings;
  /** Name of the endpoint; the namespace and the image are called the same. */
  readonly endpointName: string;
  /** The deployment of the endpoint's YAML that the container runs: its variables and timeouts. */
  readonly deployment: OnlineDeploymentDefinition;
  /** Name of the user pool that runs the scoring pods. */
  readonly scoringPool: string;
  readonly scale: ScoringScale;
  readonly resources: ScoringResources;
  readonly probes: ScoringProbes;
  readonly canary?: Canary;
  /** How requests are shifted to the canary; read by `npm run rollout` alone. */
  readonly rollout?: RolloutPlan;
  /** Host name that callers inside the network use, such as `flood.insight.internal`. */
  readonly hostname: string;
  /**
   * Certificate of the stack's vault that the gateway shows to callers; missing: the settings chose plain HTTP, as they
   * must until somebody has put the certificate into the vault.
   */
  readonly certificateName?: string;
}
