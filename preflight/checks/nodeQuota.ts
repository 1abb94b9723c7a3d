import { coresByFamily, type FamilyCores, type SizeFacts } from "../../cost/families";
import { sameText } from "../../graph/sameText";
import { listAt, nonEmptyTextAt, numberAt } from "../../graph/paths";
import { CLUSTERS, machinesFor, ofType, type Declared } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
import type { Question } from "../question";
import { shortOf, usageOf, type Wanted } from "../usages";
import { existing } from "./globalNames";
import { skuOf, skusQuestion } from "./nodeSizes";

/** Microsoft Learn, REST: Compute, Usage - List. */
function question({ subscriptionId, location }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/locations/${location}/usages`,
    apiVersion: "2024-07-01",
    action: "Microsoft.Compute/locations/usages/read",
    list: true,
  };
}

/** As usages call the total of a region. */
const TOTAL = "cores";

/** Cores are left for all pools at their largest, with the nodes that an upgrade adds to each of them. */
export const nodeQuota: Check = {
  id: "node-quota",
  title: "cores for nodes",
  questions: (declared) =>
    machinesFor(declared, "nodePool").length === 0
      ? []
      : [question(declared), skusQuestion(declared), ...ofType(declared, CLUSTERS).map(existing)],
  findings(declared, answerTo) {
    const families = coresByFamily(machinesFor(declared, "nodePool"), factsIn(declared, answerTo));
    const live = ofType(declared, CLUSTERS).flatMap((cluster) =>
      listAt(answerTo(existing(cluster)).body, "properties.agentPoolProfiles"),
    );
    const quotas = [
      ...families.map((one) => [one.family, [one]] as const),
      ...(families.length === 0 ? [] : [[TOTAL, families] as const]),
    ];
    return quotas.flatMap(([quota, ones]): Found[] => {
      const usage = usageOf(answerTo(question(declared)).body, (name) => sameText(name, quota));
      const short = usage === undefined ? undefined : shortOf(usage, wanted(ones, live));
      return short === undefined ? [] : [found(declared, quota, short)];
    });
  },
};

/** A size that is not offered is told by its own check. */
function factsIn(declared: Declared, answerTo: AnswerTo) {
  const skus = answerTo(skusQuestion(declared)).body;
  return (size: string): SizeFacts | undefined => {
    const { family, cpus } = skuOf(skus, size) ?? {};
    return family === undefined || cpus === undefined ? undefined : { family, cpus };
  };
}

function wanted(families: readonly FamilyCores[], live: readonly unknown[]): Wanted {
  const parts = families.flatMap((family) => family.parts);
  return {
    cores: families.reduce((sum, { quota }) => sum + quota, 0),
    terms: parts.map(({ machines: { name, most, surge }, cpus }) => {
      return `${name} (${String(most)} + ${String(surge)}) × ${String(cpus)}`;
    }),
    own: parts.reduce((sum, { machines: { name, size }, cpus }) => {
      const pool = live.find((one) => nonEmptyTextAt(one, "name") === name);
      const isSameSize = nonEmptyTextAt(pool, "vmSize")?.toLowerCase() === size.toLowerCase();
      return sum + (isSameSize ? (numberAt(pool, "count") ?? 0) * cpus : 0);
    }, 0),
  };
}

function found({ location, subscriptionId }: Declared, quota: string, short: string): Found {
  const isTotal = quota === TOTAL;
  return {
    check: isTotal ? "region-quota" : "node-quota",
    key: ["mlscore:cluster"],
    missing:
      `the quota ${isTotal ? "of all cores" : quota} in ${location} is too small for all pools at their ` +
      `largest while they are upgraded: ${short}`,
    who: "Azure support, on request of someone with Quota Request Operator; or reduce maxCount",
    command:
      `az quota update --resource-name ${quota} --scope /subscriptions/${subscriptionId}` +
      `/providers/Microsoft.Compute/locations/${location} --limit-object value=N`,
  };
}
