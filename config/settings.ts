import { z } from "zod";
import { text } from "./azureml/values";
import { WORKLOAD_PATTERN } from "./names";

/** Text of a certain form; `wanted` completes "must be". */
function matching(pattern: RegExp, wanted: string) {
  return text(wanted).refine((value) => pattern.test(value), {
    message: `is {value}; must be ${wanted}`,
  });
}

/** One of some words, to the letter. */
function oneOf<const T extends string>(words: readonly T[]) {
  const wanted = words.length > 1 ? `one of ${words.join(", ")}` : words.join("");
  return text(wanted)
    .refine((value) => words.some((word) => word === value), {
      message: `is {value}; must be ${wanted}`,
    })
    .transform((value) => value as T);
}

const guid = matching(
  /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  "a GUID, 8-4-4-4-12 hex digits",
);

const subscription = z.strictObject({
  /** Subscription that the stack may touch; a run against another one is refused. */
  id: guid,
  /** Its display name, for people. */
  name: text().optional(),
});

const resourceGroup = z.strictObject({
  /** Azure's naming rules for resource groups. */
  name: matching(
    /^[\w.()-]{0,89}[\w()-]$/,
    "1–90 letters, digits or -_.(), not ending with a full stop",
  ),
  /** Whether the stack makes the group (and deletes it on destroy) or finds it there. */
  create: z.boolean().default(false),
});

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

const deployer = z.strictObject({
  objectId: guid,
  principalType: oneOf(["User", "Group", "ServicePrincipal"]),
});

/** Settings of `Pulumi.<stack>.yaml` for a sandbox, as written there (without the prefix `mlscore:`). */
export const sandboxSettings = z.strictObject({
  target: oneOf(["sandbox"]),
  subscription,
  resourceGroup,
  /** Azure region, for example `canadacentral`. */
  location: matching(/^[a-z][a-z0-9]+$/, "a region's short name such as canadacentral"),
  workload: matching(WORKLOAD_PATTERN, "2–12 lower-case letters and digits, a letter first"),
  /** Folder with the endpoint's and deployments' YAML, relative to the project. */
  endpointDirectory: text("the folder with the endpoint's YAML"),
  tags: z.record(z.string(), text()).default({}),
  isolationMode: oneOf(["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"]).default(
    "Disabled",
  ),
  outboundRules: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/, "a rule's name has letters, digits, - and _"),
      outboundRule,
    )
    .default({}),
  logRetentionDays: matching(/^\d+$/, "a whole number of days from 30 to 730")
    .transform(Number)
    .refine((days) => days >= 30 && days <= 730, {
      message: "is {value}; must be a whole number of days from 30 to 730",
    })
    .default(30),
  protect: oneOf(["true", "false"])
    .transform((value) => value === "true")
    .default(true),
  /** Who uploads code and models: they get data access to the asset container, nobody else. */
  deployers: z
    .array(deployer)
    .refine(
      (all) => new Set(all.map(({ objectId }) => objectId.toLowerCase())).size === all.length,
      {
        message: "names somebody twice",
      },
    )
    .default([]),
});

export type SandboxSettings = z.output<typeof sandboxSettings>;
