import { listAt, nonEmptyTextAt, numberAt } from "../../graph/paths";
import { ofType, type Declared } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
import {
  buildMachines,
  ENDPOINTS,
  instancesOf,
  reservedInstances,
  type Instances,
} from "../instances";
import type { Question } from "../question";
import { shortOf, usageOf } from "../usages";
import { instanceSize, sizesQuestion } from "./instanceSizes";

const API_VERSION = "2025-12-01";

/** Microsoft Learn, REST: Azure Machine Learning, Usages - List. Its quota is its own, not that of Microsoft.Compute. */
function question({ subscriptionId, location }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearningServices/locations/${location}/usages`,
    apiVersion: API_VERSION,
    action: "Microsoft.MachineLearningServices/locations/usages/read",
    list: true,
  };
}

function liveDeployments(declared: Declared): readonly Question[] {
  return ofType(declared, ENDPOINTS).map(({ id }) => ({
    path: `${id}/deployments`,
    apiVersion: API_VERSION,
    action: `${ENDPOINTS}/deployments/read`,
  }));
}

/**
 * Azure ML's quota holds for all declared deployments and compute clusters at once ("Manage and increase quotas", Azure Machine
 * Learning compute). A cluster's nodes that run at the moment are counted as used by others. Deployments that the stack no longer declares go last: what
 * they use is part of what is used. How usages name the families: see the assumption ml-usage-family-names.
 */
export const instanceQuota: Check = {
  id: "instance-quota",
  title: "cores for deployments",
  questions: (declared) =>
    instancesOf(declared).length + buildMachines(declared).length === 0
      ? []
      : [question(declared), sizesQuestion(declared), ...liveDeployments(declared)],
  findings(declared, answerTo) {
    const { body } = answerTo(question(declared));
    const demands = demandsOf(declared, answerTo);
    const families = [...new Set(demands.map(({ family }) => family))];
    return [
      ...families.flatMap((family) => {
        const own = demands.filter((one) => one.family === family);
        return found(declared, body, family, (name) => plain(name) === plain(family), own);
      }),
      ...found(declared, body, "of all cores", isTotal, demands),
    ];
  },
};

interface Demand {
  readonly family: string;
  readonly term: string;
  readonly cores: number;
  /** What the live deployment of the same name reserves. */
  readonly own: number;
  /** Whether it is of the machine that builds images. */
  readonly isBuild: boolean;
}

function demandsOf(declared: Declared, answerTo: AnswerTo): readonly Demand[] {
  const sizes = answerTo(sizesQuestion(declared)).body;
  const live = liveDeployments(declared).flatMap((one) =>
    listAt(answerTo(one).body, "value").map((deployment) => ({
      name: nonEmptyTextAt(deployment, "name") ?? "",
      size: nonEmptyTextAt(deployment, "properties.instanceType") ?? "",
      count: numberAt(deployment, "sku.capacity") ?? 0,
    })),
  );
  const builds = buildMachines(declared).flatMap(({ name, size, count }): Demand[] => {
    const { family, cpus } = instanceSize(sizes, size) ?? {};
    if (family === undefined || cpus === undefined) return [];
    return [
      { family, term: `${name} × ${String(cpus)}`, cores: count * cpus, own: 0, isBuild: true },
    ];
  });
  const deployments = instancesOf(declared).flatMap((instances): Demand[] => {
    // A size that is not offered is told by its own check.
    const { family, cpus } = instanceSize(sizes, instances.size) ?? {};
    if (family === undefined || cpus === undefined) return [];
    const same = live.find(
      ({ name, size }) =>
        name === instances.name && size.toLowerCase() === instances.size.toLowerCase(),
    );
    return [
      {
        family,
        term: term(instances, cpus),
        cores: reservedInstances(instances) * cpus,
        own: same === undefined ? 0 : reservedInstances(same) * cpus,
        isBuild: false,
      },
    ];
  });
  return [...deployments, ...builds];
}

function term(instances: Instances, cpus: number): string {
  const reserved = reservedInstances(instances);
  const count =
    reserved === instances.count
      ? String(reserved)
      : `⌈1.2 × ${String(instances.count)}⌉ = ${String(reserved)}`;
  return `${instances.name} (${count}) × ${String(cpus)}`;
}

function found(
  declared: Declared,
  usages: unknown,
  quota: string,
  matches: (name: string) => boolean,
  demands: readonly Demand[],
): Found[] {
  const { location, subscriptionId } = declared;
  const usage = usageOf(usages, matches);
  if (usage === undefined) return [];
  const short = shortOf(usage, {
    cores: demands.reduce((total, { cores }) => total + cores, 0),
    terms: demands.map((one) => one.term),
    own: demands.reduce((total, { own }) => total + own, 0),
  });
  if (short === undefined) return [];
  const uses = demands.some(({ isBuild }) => isBuild)
    ? "all deployments and the image build"
    : "all deployments";
  return [
    {
      check: quota === "of all cores" ? "learning-quota" : "instance-quota",
      key: ["mlscore:endpointDirectory"],
      missing: `Azure ML's quota ${quota} in ${location} is too small for ${uses} together: ${short}`,
      who: "Azure support (Azure ML studio, Quota, Request quota), on request of someone with Contributor on the subscription",
      command: `az ml compute list-usage --location ${location} --subscription ${subscriptionId} --output table`,
    },
  ];
}

/** `standardDSv2Family`, `Standard DSv2 Family Cluster Dedicated vCPUs` and `Standard_DSv2_Family` are one. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/cluster dedicated v?cpus|dedicated/g, "")
    .replace(/[^a-z0-9]/g, "")
    .replace(/^standard|family$/g, "");
}

function isTotal(name: string): boolean {
  return /^total\b.*\bdedicated\b/i.test(name);
}
