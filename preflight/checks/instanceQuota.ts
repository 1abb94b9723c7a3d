import { coresByFamily, type FamilyCores, type SizeFacts } from "../../cost/families";
import { quotaOf, reservedInstances, type Machines } from "../../cost/machines";
import { listAt, nonEmptyTextAt, numberAt } from "../../graph/paths";
import { sameText } from "../../graph/sameText";
import { ENDPOINTS, machinesFor, ofType, type Declared } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
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

const machinesIn = (declared: Declared) => machinesFor(declared, "deployment", "imageBuild");

/**
 * Azure ML's quota holds for all declared deployments and compute clusters at once ("Manage and increase quotas", Azure Machine
 * Learning compute). A cluster's nodes that run at the moment are counted as used by others. Deployments that the stack no longer declares go last: what
 * they use is part of what is used. How usages name the families: see the assumption ml-usage-family-names.
 */
export const instanceQuota: Check = {
  id: "instance-quota",
  title: "cores for deployments",
  questions: (declared) =>
    machinesIn(declared).length === 0
      ? []
      : [question(declared), sizesQuestion(declared), ...liveDeployments(declared)],
  findings(declared, answerTo) {
    const { body } = answerTo(question(declared));
    const families = coresByFamily(machinesIn(declared), factsIn(declared, answerTo));
    const own = ownCores(declared, answerTo);
    return [
      ...families.flatMap((one) =>
        found(declared, body, one.family, (name) => plain(name) === plain(one.family), [one], own),
      ),
      ...found(declared, body, "of all cores", isTotal, families, own),
    ];
  },
};

/** A size that is not offered is told by its own check. */
function factsIn(declared: Declared, answerTo: AnswerTo) {
  const sizes = answerTo(sizesQuestion(declared)).body;
  return (size: string): SizeFacts | undefined => {
    const { family, cpus } = instanceSize(sizes, size) ?? {};
    return family === undefined || cpus === undefined ? undefined : { family, cpus };
  };
}

type OwnCores = (part: FamilyCores["parts"][number]) => number;

/** What the live deployment of the same name and size reserves. */
function ownCores(declared: Declared, answerTo: AnswerTo): OwnCores {
  const live = liveDeployments(declared).flatMap((one) =>
    listAt(answerTo(one).body, "value").map((deployment) => ({
      name: nonEmptyTextAt(deployment, "name") ?? "",
      size: nonEmptyTextAt(deployment, "properties.instanceType") ?? "",
      count: numberAt(deployment, "sku.capacity") ?? 0,
    })),
  );
  return ({ machines: { kind, name, size }, cpus }) => {
    const same = live.find((one) => one.name === name && sameText(one.size, size));
    if (kind !== "deployment" || same === undefined) return 0;
    return reservedInstances(same.size, same.count) * cpus;
  };
}

function term(machines: Machines, cpus: number): string {
  const { kind, name, most, reserved } = machines;
  const instances = String(quotaOf(machines));
  if (kind === "imageBuild") return `${name} × ${String(cpus)}`;
  const count = reserved === 0 ? instances : `⌈1.2 × ${String(most)}⌉ = ${instances}`;
  return `${name} (${count}) × ${String(cpus)}`;
}

function found(
  { location, subscriptionId }: Declared,
  usages: unknown,
  quota: string,
  matches: (name: string) => boolean,
  families: readonly FamilyCores[],
  own: OwnCores,
): Found[] {
  const usage = usageOf(usages, matches);
  if (usage === undefined) return [];
  const parts = families.flatMap((family) => family.parts);
  const short = shortOf(usage, {
    cores: families.reduce((sum, family) => sum + family.quota, 0),
    terms: parts.map(({ machines, cpus }) => term(machines, cpus)),
    own: parts.reduce((sum, part) => sum + own(part), 0),
  });
  if (short === undefined) return [];
  const uses = parts.some(({ machines }) => machines.kind === "imageBuild")
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
