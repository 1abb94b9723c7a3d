import { sameText } from "../../graph/sameText";
import { listAt, nonEmptyTextAt, numberAt } from "../../graph/paths";
import { ofType, type Declared } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
import { CLUSTERS, poolsOf } from "../pools";
import type { Question } from "../question";
import { shortOf, usageOf } from "../usages";
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

/** Cores of one family of machines, or of all. */
interface Demand {
  /** As usages call it: a family, or `cores` for the region's total. */
  readonly quota: string;
  readonly terms: readonly string[];
  readonly cores: number;
  readonly own: number;
}

/** Cores are left for all pools at their largest, with the nodes that an upgrade adds to each of them. */
export const nodeQuota: Check = {
  id: "node-quota",
  title: "cores for nodes",
  questions: (declared) =>
    poolsOf(declared).length === 0
      ? []
      : [question(declared), skusQuestion(declared), ...ofType(declared, CLUSTERS).map(existing)],
  findings: (declared, answerTo) =>
    demands(declared, answerTo).flatMap(({ quota, ...wanted }): Found[] => {
      const usage = usageOf(answerTo(question(declared)).body, (name) => sameText(name, quota));
      const short = usage === undefined ? undefined : shortOf(usage, wanted);
      if (short === undefined) return [];
      const isTotal = quota === "cores";
      return [
        {
          check: isTotal ? "region-quota" : "node-quota",
          key: ["mlscore:cluster"],
          missing:
            `the quota ${isTotal ? "of all cores" : quota} in ${declared.location} is too small for all pools at their ` +
            `largest while they are upgraded: ${short}`,
          who: "Azure support, on request of someone with Quota Request Operator; or reduce maxCount",
          command:
            `az quota update --resource-name ${quota} --scope /subscriptions/${declared.subscriptionId}` +
            `/providers/Microsoft.Compute/locations/${declared.location} --limit-object value=N`,
        },
      ];
    }),
};

function demands(declared: Declared, answerTo: AnswerTo): readonly Demand[] {
  const live = ofType(declared, CLUSTERS).flatMap((cluster) =>
    listAt(answerTo(existing(cluster)).body, "properties.agentPoolProfiles"),
  );
  const skus = answerTo(skusQuestion(declared)).body;
  const each = poolsOf(declared).flatMap(({ name, vmSize, maxCount, surge }): Demand[] => {
    // A size that is not offered is told by its own check.
    const { family, cpus } = skuOf(skus, vmSize) ?? {};
    if (family === undefined || cpus === undefined) return [];
    const pool = live.find((one) => nonEmptyTextAt(one, "name") === name);
    const isSameSize = nonEmptyTextAt(pool, "vmSize")?.toLowerCase() === vmSize.toLowerCase();
    return [
      {
        quota: family,
        terms: [`${name} (${String(maxCount)} + ${String(surge)}) × ${String(cpus)}`],
        cores: (maxCount + surge) * cpus,
        own: isSameSize ? (numberAt(pool, "count") ?? 0) * cpus : 0,
      },
    ];
  });
  const families = [...new Set(each.map(({ quota }) => quota))];
  return [
    ...families.map((quota) =>
      sum(
        quota,
        each.filter((one) => one.quota === quota),
      ),
    ),
    ...(each.length === 0 ? [] : [sum("cores", each)]),
  ];
}

function sum(quota: string, demands: readonly Demand[]): Demand {
  return {
    quota,
    terms: demands.flatMap(({ terms }) => terms),
    cores: demands.reduce((total, { cores }) => total + cores, 0),
    own: demands.reduce((total, { own }) => total + own, 0),
  };
}
