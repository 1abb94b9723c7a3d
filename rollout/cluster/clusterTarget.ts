import { join } from "node:path";
import {
  names,
  trackName,
  gatewayNamespaceName,
  type Track,
} from "../../config/production/scoringNames";
import { loadConfig } from "../../config";
import type { ProductionConfig } from "../../config/production/productionTypes";
import { UserError } from "../../errors";
import { readStackSettings, stackFile } from "../../graph/settings";
import { PROJECT_DIRECTORY } from "../../projectDirectory";
import * as pulumi from "@pulumi/pulumi";
import { systemClock } from "../clock";
import type { Context, Reporter, RolloutTarget } from "../context";
import { prometheusAccess, queriesOf } from "../ownQueries";
import { prometheusSeries } from "../querySources";
import { recordFile } from "../recordFile";
import { lockPath, recordPath } from "../rolloutFiles";
import { capacityReport, type ClusterState } from "./capacity";
import { declaredRoute, declareRoute, type LiveImages } from "./declaration";
import { gatewayMetrics } from "./gatewayMetrics";
import { kubectlApi, serverOf, type ClusterAccess, type KubernetesApi } from "./kubernetes";
import * as objects from "./objects";
import { podScoringClient } from "./podClient";
import { prometheusMeter } from "./prometheusMeter";
import { splitOf } from "./route";
import { deploymentPath, routeEndpoint, routePath } from "./routeEndpoint";

/** The stack's cluster, for `npm run rollout -- --stack production`. */
export async function clusterTarget(
  stack: string,
  config: ProductionConfig,
  access: ClusterAccess,
  entraToken: (resource: string) => Promise<string>,
  reporter: Reporter,
): Promise<RolloutTarget> {
  const api = kubectlApi(access);
  const { endpointName, rollout: plan } = config;
  const [server, live] = await Promise.all([serverOf(access), liveImages(api, config)]);
  const file = join(PROJECT_DIRECTORY, stackFile(stack));
  const fileName = stackFile(stack);
  const read = async () => productionOf(stack);
  const prometheus = plan?.sources?.prometheus;
  const series = async (query: string, at: number) => {
    if (prometheus === undefined) {
      throw new UserError(
        `${fileName} has no mlscore:rollout.prometheus, which counts the requests`,
      );
    }
    return prometheusSeries(prometheus, query, at, prometheusAccess(prometheus, entraToken));
  };
  const context: Context = {
    endpoint: routeEndpoint(api, endpointName),
    meter: prometheusMeter(series, () => metricsOf(api, endpointName), systemClock),
    scoringClient: podScoringClient(access, endpointName),
    queries: queriesOf(plan?.sources, entraToken, true),
    clock: systemClock,
    record: recordFile(recordPath(stack, true)),
    declared: declaredRoute(config, live, file),
    declare: (split) => declareRoute(file, config, split, read),
    declaredImage: async () => (await read()).canary?.image,
    // Numbers of pods are the autoscaler's and the settings', never a rollout's.
    scaled: ["stable", "canary"],
    ...(plan === undefined ? {} : { plan }),
    reporter,
    bringUpCommand: `pulumi up --stack ${stack}`,
    pollMs: 15_000,
    checkCapacity: async (percents) => {
      const report = capacityReport(await stateOf(api, endpointName), percents, fileName);
      reporter.say(report.need);
      for (const warning of report.warnings) reporter.warn(`warning: ${warning}`);
      if (report.problem !== undefined)
        throw new UserError(`Nothing was changed: ${report.problem}`);
    },
  };
  return {
    title: `Stack ${stack}, in the cluster ${server}: HTTPRoute ${names.route} in namespace ${endpointName}`,
    lockFile: lockPath(stack, "cluster"),
    context,
  };
}

/** @throws UserError when the stack is none of production */
export async function productionOf(stack: string): Promise<ProductionConfig> {
  pulumi.runtime.setAllConfig({ ...readStackSettings(stack) });
  const config = await loadConfig(stack);
  if (config.target === "production") return config;
  throw new UserError(`The stack ${stack} has no cluster`);
}

/** Images of the tracks. @throws UserError when it is the cluster of another stack */
async function liveImages(
  api: KubernetesApi,
  { endpointName, hostname }: ProductionConfig,
): Promise<LiveImages> {
  const found = await api.get(routePath(endpointName));
  if (found !== undefined) {
    const { hostnames = [] } = objects.as(objects.route, found, "the HTTPRoute").spec;
    if (!hostnames.includes(hostname)) {
      throw new UserError(
        `the HTTPRoute in this cluster is of ${hostnames.join(", ")}, and the settings say ${hostname}: ` +
          "is it the stack's cluster? Name it with --kubeconfig or --context",
      );
    }
  }
  const image = async (track: Track) => {
    const object = await deploymentOf(api, endpointName, track);
    const [container] = object?.spec.template.spec.containers ?? [];
    return container === undefined ? {} : { [track]: container.image };
  };
  return { ...(await image("stable")), ...(await image("canary")) };
}

async function metricsOf(api: KubernetesApi, endpointName: string) {
  const namespace = gatewayNamespaceName(endpointName);
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/gateways/${names.gateway}`;
  const found = await api.get(path);
  if (found === undefined) throw new UserError(`the Gateway in ${namespace} does not exist`);
  const { gatewayClassName } = objects.as(objects.gateway, found, "the Gateway").spec;
  return gatewayMetrics(gatewayClassName, endpointName);
}

async function deploymentOf(api: KubernetesApi, endpointName: string, track: Track) {
  const object = await api.get(deploymentPath(endpointName, track));
  return object === undefined
    ? undefined
    : objects.as(objects.deployment, object, trackName(track));
}

/** What the capacity is counted from. */
async function stateOf(api: KubernetesApi, endpointName: string): Promise<ClusterState> {
  const autoscalers = `/apis/autoscaling/v2/namespaces/${endpointName}/horizontalpodautoscalers`;
  const quotas = `/api/v1/namespaces/${endpointName}/resourcequotas`;
  const budgets = `/apis/policy/v1/namespaces/${endpointName}/poddisruptionbudgets`;
  const [route, stable, canary, scaler, quotaList, budget] = await Promise.all([
    api.get(routePath(endpointName)),
    deploymentOf(api, endpointName, "stable"),
    deploymentOf(api, endpointName, "canary"),
    api.get(`${autoscalers}/${trackName("stable")}`),
    api.get(quotas),
    api.get(`${budgets}/scoring`),
  ]);
  const pods = podsOf(
    objects.as(objects.listOf(objects.quota), quotaList ?? { items: [] }, "the ResourceQuota")
      .items,
  );
  const allowed = objects.as(objects.disruptionBudget, budget ?? {}, "the PodDisruptionBudget")
    .status?.disruptionsAllowed;
  return {
    split: splitOf(objects.as(objects.route, route, "the HTTPRoute")),
    stable: countsOf(stable),
    canary: countsOf(canary),
    ...(scaler === undefined
      ? {}
      : { autoscaler: objects.as(objects.autoscaler, scaler, "the autoscaler") }),
    ...(pods === undefined ? {} : { pods }),
    ...(allowed === undefined ? {} : { disruptionsAllowed: allowed }),
  };
}

function countsOf(object: objects.Deployment | undefined) {
  return {
    replicas: object?.spec.replicas ?? (object === undefined ? 0 : 1),
    available: object?.status.availableReplicas ?? 0,
  };
}

/** Of the quota that leaves the least room. */
function podsOf(quotas: readonly objects.Quota[]) {
  return quotas
    .flatMap(({ status }) => {
      const hard = Number(status?.hard?.["pods"]);
      const used = Number(status?.used?.["pods"] ?? 0);
      return Number.isFinite(hard) && Number.isFinite(used) ? [{ hard, used }] : [];
    })
    .toSorted((a, b) => a.hard - a.used - (b.hard - b.used))[0];
}
