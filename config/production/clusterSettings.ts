import { z } from "zod";
import { text, wholeNumber } from "../azureml/yamlValues";
import { guid, matching, matchingOrNumber, oneOf, trueOrFalse } from "../fields";
import { MOST_NODES_PER_POOL, surgeOf } from "./capacity";
import type { NodePool } from "./productionTypes";
import { osDiskProblem, vmSizeProblem } from "./vmSizes";

/** The setting `cluster`. */

/** The system pool's own name, which no other pool can have. */
const SYSTEM_POOL = "system";

const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

const vmSize = matching(
  /^Standard_[A-Z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*$/,
  "a size of virtual machines such as Standard_D4ds_v5",
).superRefine((size, context) => {
  const message = vmSizeProblem(size);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** 30 to 2048 GB (AKS, "Node pool settings"); 128 is what AKS takes for sizes of up to 7 CPUs. */
const osDiskSizeGB = wholeNumber(30, 2048, "gigabytes").default(128);

const maxCount = wholeNumber(1, MOST_NODES_PER_POOL, "nodes of a pool");

/** Two at least: AKS, "Manage system node pools", which recommends three. Machines of series B are not taken there. */
const systemPool = z
  .strictObject({
    vmSize: vmSize.refine((size) => !/^Standard_B/i.test(size), {
      message: "is {value}; AKS does not allow series B machines in system pools",
    }),
    minCount: wholeNumber(
      2,
      MOST_NODES_PER_POOL,
      "nodes; AKS asks for two in a system pool and recommends three",
    ),
    maxCount,
    osDiskSizeGB,
  })
  .superRefine(checkPool);

const userPool = z
  .strictObject({
    vmSize,
    minCount: wholeNumber(0, MOST_NODES_PER_POOL, "nodes of a pool"),
    maxCount,
    osDiskSizeGB,
  })
  .superRefine(checkPool);

const maintenance = z.strictObject({
  dayOfWeek: oneOf(WEEKDAYS),
  startTime: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "02:00"'),
  utcOffset: matching(
    /^(?:[+-](?:0\d|1[01]):[0-5]\d|-12:00|\+1[23]:[0-5]\d|\+14:00)$/,
    'an offset from "-12:00" to "+14:00", such as "-05:00"',
  ).default("+00:00"),
  // At least four, for automatic upgrades to work properly (AKS, "Use planned maintenance").
  durationHours: wholeNumber(4, 24, "hours; upgrades need four").default(8),
});

export const cluster = z.strictObject({
  kubernetesVersion: text('a minor version such as "1.37"').superRefine((version, context) => {
    const minor = /^(1\.\d{2})\.\d+$/.exec(version)?.[1];
    if (minor !== undefined) {
      const message = `is {value}, with a patch; write "${minor}", AKS chooses the patch and raises it`;
      context.addIssue({ code: "custom", message });
    } else if (!/^1\.\d{2}$/.test(version)) {
      context.addIssue({
        code: "custom",
        message: 'is {value}; must be a minor version such as "1.37"',
      });
    }
  }),
  zones: z
    .array(matchingOrNumber(/^[123]$/, 'a zone, "1", "2" or "3"'))
    .refine((zones) => zones.length > 0, { message: "is empty; must name zones, 1 to 3" })
    .refine(isUnique, { message: "names a zone twice" })
    .transform((zones) => zones.toSorted())
    .default(["1", "2", "3"]),
  systemPool: systemPool.transform((pool): NodePool => ({ name: SYSTEM_POOL, ...pool })),
  userPools: z.record(z.string(), userPool).transform((pools, context): NodePool[] => {
    const names = Object.keys(pools).sort();
    for (const name of names) {
      const message = nameProblem(name);
      if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
    }
    if (names.length === 0) {
      context.addIssue({
        code: "custom",
        message: "has no pool; scoring pods do not run on the system pool",
      });
    }
    return Object.entries(pools)
      .map(([name, pool]) => ({ name, ...pool }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }),
  adminGroupObjectIds: z
    .array(guid)
    .refine((ids) => ids.length > 0, {
      message:
        "is empty; must name a group at least: local accounts are off, so nobody else has access",
    })
    .transform((ids) => ids.map((id) => id.toLowerCase()))
    .refine(isUnique, { message: "names a group twice" }),
  hostEncryption: trueOrFalse().default(false),
  defender: trueOrFalse().default(true),
  maintenance,
});

/** AKS, "Manage system node pools", limitations. */
function nameProblem(name: string): string | undefined {
  if (name === SYSTEM_POOL) return "is the system pool's own name; choose another one";
  if (/^[a-z][a-z0-9]{0,11}$/.test(name)) return undefined;
  return "cannot be a pool's name; it has 1–12 lower-case letters and digits, a letter first";
}

function checkPool(pool: Omit<NodePool, "name">, context: z.RefinementCtx): void {
  const problem = (message: string, key = "maxCount") => {
    context.addIssue({ code: "custom", path: [key], message });
  };
  const disk = osDiskProblem(pool.vmSize, pool.osDiskSizeGB);
  if (disk !== undefined) problem(disk, "osDiskSizeGB");
  if (pool.maxCount < pool.minCount) problem(`is {value}, less than minCount (${pool.minCount})`);
  const surge = surgeOf(pool.maxCount);
  if (pool.maxCount <= MOST_NODES_PER_POOL && pool.maxCount + surge > MOST_NODES_PER_POOL) {
    problem(
      `is {value}; with ${surge} more during an upgrade that is over ${MOST_NODES_PER_POOL}, and AKS would refuse to upgrade the pool`,
    );
  }
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
