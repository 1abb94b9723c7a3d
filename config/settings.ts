import { z } from "zod";
import { WORKLOAD_PATTERN } from "./names";

const guid = z
  .string()
  .regex(
    /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    "must be a GUID, 8-4-4-4-12 hex digits",
  );

const subscription = z.strictObject({
  /** Subscription that the stack may touch; a run against another one is refused. */
  id: guid,
  /** Its display name, for people. */
  name: z.string().min(1).optional(),
});

const resourceGroup = z.strictObject({
  /** 1–90 letters, digits, `-_.()`, not ending with a full stop (Azure naming rules). */
  name: z
    .string()
    .regex(
      /^[\w.()-]{0,89}[\w()-]$/,
      "must be 1–90 letters, digits or -_.(), not ending with a full stop",
    ),
  /** Whether the stack makes the group (and deletes it on destroy) or finds it there. */
  create: z.boolean().default(false),
});

const outboundRule = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("FQDN"),
    destination: z
      .string()
      .regex(
        /^(\*\.)?([a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+$/,
        "must be a host name such as example.org or *.example.org",
      ),
  }),
  z.strictObject({
    type: z.literal("ServiceTag"),
    serviceTag: z.string().min(1),
    protocol: z.enum(["TCP", "UDP", "ICMP", "*"]),
    portRanges: z
      .string()
      .regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, "must be ports such as 443 or 80,8000-8080"),
  }),
  z.strictObject({
    type: z.literal("PrivateEndpoint"),
    serviceResourceId: z
      .string()
      .startsWith("/subscriptions/", "must be a full resource id, /subscriptions/…"),
    subresourceTarget: z.string().min(1),
  }),
]);

const deployer = z.strictObject({
  objectId: guid,
  principalType: z.enum(["User", "Group", "ServicePrincipal"]),
});

/** Settings of `Pulumi.<stack>.yaml` for a sandbox, as written there (without the prefix `mlscore:`). */
export const sandboxSettings = z.strictObject({
  target: z.literal("sandbox"),
  subscription,
  resourceGroup,
  /** Azure region, for example `canadacentral`. */
  location: z
    .string()
    .regex(/^[a-z][a-z0-9]+$/, "must be a region's short name such as canadacentral"),
  workload: z
    .string()
    .regex(WORKLOAD_PATTERN, "must be 2–12 lower-case letters and digits, a letter first"),
  /** Folder with the endpoint's and deployments' YAML, relative to the project. */
  endpointDirectory: z.string().min(1),
  tags: z.record(z.string(), z.string()).default({}),
  isolationMode: z
    .enum(["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"])
    .default("Disabled"),
  outboundRules: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/, "a rule's name has letters, digits, - and _"),
      outboundRule,
    )
    .default({}),
  logRetentionDays: z.coerce.number().int().min(30).max(730).default(30),
  protect: z.stringbool().default(true),
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
