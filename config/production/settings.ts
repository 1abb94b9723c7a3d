import { z } from "zod";
import { text, wholeNumber } from "../azureml/yamlValues";
import { budgetSettings } from "../budget";
import * as fields from "../fields";
import { notify } from "../notify";
import { objectives } from "../objectives";
import { policyExemptions } from "../policyExemptions";
import { rolloutSettings } from "../rolloutSettings";
import { productionTags } from "../tags";
import { noTelemetry } from "../telemetryFields";
import { cluster } from "./clusterSettings";
import { imageDigest } from "./imageNames";
import { image } from "./imageSettings";
import { network } from "./networkSettings";
import { probes } from "./probeSettings";
import { bytes, CPU_PATTERN, MEMORY_PATTERN, millicores } from "./quantities";

const cpu = fields.matchingOrNumber(CPU_PATTERN, 'CPUs such as "2" or "500m"');

const LEAST_MEMORY = bytes("128Mi");

const release = z.strictObject({
  /** The sandbox, in whose outputs a release's history lies. */
  sandboxStack: fields.matching(
    /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
    "a stack's full name, organization/project/stack",
  ),
  soakDays: wholeNumber(1, 365, "days in the sandbox").default(14),
  /** Each for one release, so that a reason that was left behind does not let in the next one. */
  exceptions: z
    .array(
      z.strictObject({
        releaseId: fields.matching(
          /^[0-9a-f]{12,64}$/,
          "the beginning of a release id, 12 to 64 lower-case hex digits in quotes",
        ),
        reason: fields.reason("the reason why the release may run without its days in the sandbox"),
      }),
    )
    .default([]),
});

const scale = z
  .strictObject({
    // Two, so that one can be replaced while the other answers.
    minReplicas: wholeNumber(2, 1000, "replicas; with one, every update is an outage").default(3),
    maxReplicas: wholeNumber(2, 1000, "replicas"),
    targetCpuPercent: wholeNumber(10, 90, "percent of the CPU request").default(60),
    /** Where the scoring pods run; only needed where there are several user pools. */
    pool: text("the name of one of cluster.userPools").optional(),
  })
  .superRefine(({ minReplicas, maxReplicas }, context) => {
    if (minReplicas <= maxReplicas) return;
    const message = `is {value}, less than minReplicas (${minReplicas})`;
    context.addIssue({ code: "custom", path: ["maxReplicas"], message });
  });

const resources = z
  .strictObject({
    cpuRequest: cpu.default("500m"),
    cpuLimit: cpu.default("2"),
    memory: fields
      .matching(MEMORY_PATTERN, "memory with its unit, such as 512Mi or 1Gi")
      .refine((memory) => bytes(memory) >= LEAST_MEMORY, {
        message: "is {value}; must be 128Mi or more, the pod's /tmp of 64Mi counts against it",
      })
      .default("1Gi"),
  })
  .superRefine(({ cpuRequest, cpuLimit }, context) => {
    if (millicores(cpuRequest) <= millicores(cpuLimit)) return;
    const message = `is "${cpuRequest}", more than cpuLimit ("${cpuLimit}"); Kubernetes refuses such pods`;
    context.addIssue({ code: "custom", path: ["cpuRequest"], message });
  });

const canary = z.strictObject({
  image: imageDigest,
  releaseId: fields.matching(/^[0-9a-f]{64}$/, "a release id, 64 lower-case hex digits"),
  weight: wholeNumber(0, 100, "percent of the requests"),
  replicas: wholeNumber(1, 1000, "replicas").default(1),
});

/** Settings of `Pulumi.<stack>.yaml` for production, as written there (without the prefix `mlscore:`). */
export const productionSettings = z.strictObject({
  target: fields.oneOf(["production"]),
  ...fields.subscription,
  resourceGroup: fields.resourceGroup,
  location: fields.location,
  workload: fields.workload,
  generation: fields.generation,
  tags: productionTags,
  logRetentionDays: fields.logRetentionDays,
  protect: fields.protect,
  policyExemptions,
  budget: budgetSettings.optional(),
  readers: fields.principals,
  /** Who is called when an alert fires. Without it, alerts show in the portal alone. */
  notify: notify.optional(),
  objectives: objectives.refine(({ featureAgeHours }) => featureAgeHours === undefined, {
    path: ["featureAgeHours"],
    message:
      "is a setting of sandboxes: nothing tells how old production's features are; remove it",
  }),
  dashboards: fields.dashboards,
  telemetry: noTelemetry,
  endpointDirectory: fields.endpointDirectory,
  deployment: text("the name of one of the endpoint's deployments"),
  network,
  cluster,
  image,
  release,
  scale,
  resources: resources.prefault({}),
  probes: probes.prefault({}),
  canary: canary.optional(),
  /** How `npm run rollout` shifts requests to the canary. */
  rollout: rolloutSettings.optional(),
  /** RFC 1123, with a domain, and no address (RFC 3696: the last label is not all digits): the gateway matches requests by it. */
  hostname: fields.matching(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a DNS name in lower case, such as flood.insight.internal",
  ),
  /** Azure Key Vault, naming of certificates. */
  certificateName: fields
    .matching(/^[0-9a-zA-Z-]{1,127}$/, "1–127 letters, digits or dashes")
    .optional(),
  /** Chosen for the time until the vault has a certificate. */
  plainHttp: fields.trueOrFalse().optional(),
});

export type ProductionSettings = z.output<typeof productionSettings>;
