import { z } from "zod";
import { text } from "./azureml/yamlValues";
import { matching, reason } from "./fields";

/**
 * The setting `policyExemptions`: what of this stack may break which rule of the policy pack, who answers for it, why, and
 * until when. Which rules there are, and what day it is, the policy pack knows.
 */

const DAY_LENGTH = "2026-09-30".length;

/**
 * A day of the calendar. In quotes or without: the Pulumi CLI takes a bare date for a point in time and passes on
 * `2026-09-30 00:00:00 +0000 UTC` (seen with 3.270).
 */
const day = matching(
  /^\d{4}-\d{2}-\d{2}( 00:00:00 \+0000 UTC)?$/,
  'its last day, such as "2026-09-30"',
)
  .transform((date) => date.slice(0, DAY_LENGTH))
  .refine(isInCalendar, { message: "is {value}, which is not a day of the calendar" });

const exemption = z.strictObject({
  rule: matching(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "the id of a rule, such as pods-probes (docs/policy.md lists them)",
  ),
  /** Logical name, as findings and previews show it. */
  resource: text("the logical name of the resource, as the finding shows it"),
  owner: text("who is responsible for it, a person or a team"),
  reason: reason("why the resource may break the rule"),
  expires: day,
});

export type PolicyExemption = Readonly<z.output<typeof exemption>>;

export const policyExemptions = z
  .array(exemption)
  .refine(
    (all) => new Set(all.map(({ rule, resource }) => `${rule} ${resource}`)).size === all.length,
    { message: "exempts a resource from a rule twice" },
  )
  .default([]);

/** JavaScript takes 31 February for a day of March. */
function isInCalendar(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
