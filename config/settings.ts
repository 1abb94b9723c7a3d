import { z } from "zod";
import { autoscaleSettings } from "./autoscaleSettings";
import { budgetSettings } from "./budget";
import { text } from "./azureml/yamlValues";
import {
  callers,
  dashboards,
  endpointDirectory,
  existingWorkspace,
  generation,
  guid,
  location,
  logRetentionDays,
  matching,
  oneOf,
  principals,
  protect,
  resourceGroup,
  subscription,
  trueOrFalse,
  workload,
} from "./fields";
import { expiryDay } from "./pause";
import { notify } from "./notify";
import { objectives } from "./objectives";
import { policyExemptions } from "./policyExemptions";
import { rolloutSettings } from "./rolloutSettings";
import { sandboxNetwork } from "./sandboxNetwork";
import { sandboxTags } from "./tags";
import { telemetry } from "./telemetryFields";

const outboundRule = z.looseObject({ type: oneOf(["FQDN", "ServiceTag", "PrivateEndpoint"]) }).pipe(
  z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("FQDN"),
      destination: matching(
        /^(\*\.)?([a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+$/,
        "a host name such as example.org or *.example.org",
      ),
    }),
    z.strictObject({
      type: z.literal("ServiceTag"),
      serviceTag: text("a service tag such as AzureActiveDirectory"),
      protocol: oneOf(["TCP", "UDP", "ICMP", "*"]),
      portRanges: matching(
        /^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/,
        "ports such as 443 or 80,8000-8080",
      ),
    }),
    z.strictObject({
      type: z.literal("PrivateEndpoint"),
      serviceResourceId: matching(/^\/subscriptions\/./, "a full resource id, /subscriptions/…"),
      subresourceTarget: text("the part of the service to reach, such as blob or dfs"),
    }),
  ]),
);

/** Settings of `Pulumi.<stack>.yaml` for a sandbox, as written there (without the prefix `mlscore:`). */
export const sandboxSettings = z.strictObject({
  target: oneOf(["sandbox"]),
  ...subscription,
  /** The stack makes one for itself unless this names one. */
  resourceGroup: resourceGroup.optional(),
  location,
  workload,
  generation,
  endpointDirectory,
  /** The stack makes one for itself unless this names one. */
  workspace: existingWorkspace.optional(),
  tags: sandboxTags,
  network: sandboxNetwork,
  /** Replaced: one setting says all about the network. */
  isolationMode: z
    .unknown()
    .refine(() => false, {
      message: "is {value}, and is a part of network now: write network: {isolationMode: {value}}",
    })
    .optional(),
  outboundRules: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/, "a rule's name has letters, digits, - and _"),
      outboundRule,
    )
    .default({}),
  logRetentionDays,
  protect,
  policyExemptions,
  /** What a month may cost, and who hears of it. */
  budget: budgetSettings.optional(),
  readers: principals,
  /** Who is called when an alert fires. Without it, a sandbox has no alerts. */
  notify: notify.optional(),
  objectives,
  dashboards,
  /** Who uploads code and models: they get data access to the asset container, nobody else. */
  deployers: principals,
  /** Deployments whose number of instances Azure Monitor chooses. */
  autoscale: autoscaleSettings.default({}),
  /** Whether the deployments are gone for now, with endpoint, assets and split as declared. */
  paused: trueOrFalse().default(false),
  /** After this day it is paused. */
  expires: expiryDay.optional(),
  /** Who may score with a token of Entra, and nothing else. */
  callers,
  /** GUID of the role that they get. The stack makes one for itself unless this names one. */
  callerRole: guid.optional(),
  /** Where deployments send metrics and traces. */
  telemetry,
  /** How `npm run rollout` shifts requests to a new deployment. */
  rollout: rolloutSettings.optional(),
});

export type SandboxSettings = z.output<typeof sandboxSettings>;
