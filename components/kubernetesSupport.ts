import * as pulumi from "@pulumi/pulumi";
import { ConfigError, formatPlace, type Problem } from "../errors";
import { lastSupportedDay } from "../config/production/kubernetesCalendar";
import { settingProblem } from "../config/settingProblem";
import type { AzureReads, OfferedVersion } from "./azureReads";
import { versionIgnored } from "./liveCluster";

/** How long before the end of support a warning begins: time enough to try the next version in another cluster. */
const WARNING_DAYS = 90;

const DAY_MS = 86_400_000;

export interface WantedVersion {
  /** Minor version of the settings, such as `1.37`. */
  readonly minor: string;
  /** What the cluster runs, such as `1.36.2`; undefined while there is none. */
  readonly live: string | undefined;
  readonly location: string;
}

/**
 * Asks which Kubernetes versions AKS supports in the region, before anything is declared: a version that is not would
 * end the update in its middle (`K8sVersionNotSupported`).
 *
 * Who may not read the subscription is warned and goes on: AKS itself still refuses.
 *
 * @throws ConfigError when the version is not supported, or the look-up fails for another reason than a missing right
 */
export async function checkKubernetesSupport(
  azure: AzureReads,
  subscriptionId: string,
  wanted: WantedVersion,
  stack: string,
  now: Date,
): Promise<void> {
  const problems = [
    ...(await offerProblems(azure, subscriptionId, wanted)),
    ...endProblems(wanted.minor, now),
  ].map(({ message, severity }) =>
    settingProblem(stack, "mlscore:cluster.kubernetesVersion", message, severity),
  );
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(problems);
  for (const warning of problems) await pulumi.log.warn(formatPlace(warning));
}

type Finding = Pick<Problem, "message" | "severity">;

async function offerProblems(
  azure: AzureReads,
  subscriptionId: string,
  wanted: WantedVersion,
): Promise<readonly Finding[]> {
  try {
    return supportProblems(await azure.kubernetesVersions(subscriptionId, wanted.location), wanted);
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    const isForbidden = status === 403;
    return [
      {
        message:
          `${wanted.minor} cannot be compared with the versions that AKS supports in ${wanted.location}; the identity that runs ` +
          `this needs Microsoft.ContainerService/locations/kubernetesVersions/read on the subscription: ${message}`,
        severity: isForbidden ? "warning" : "error",
      },
    ];
  }
}

/**
 * Why a cluster cannot be made with a version, or brought to it. A cluster that runs it already stays as it is and can
 * still be changed (AKS, "Supported Kubernetes versions", platform support), so for that one it is a warning.
 */
export function supportProblems(
  offered: readonly OfferedVersion[],
  { minor, live, location }: WantedVersion,
): readonly Finding[] {
  const supported = offered.filter(isSupported).map(({ version }) => version);
  if (supported.includes(minor)) return [];
  const list = supported
    .toSorted((a, b) => minorNumber(a) - minorNumber(b))
    .map((version) => `"${version}"`)
    .join(", ");
  const others = `supported there: ${list === "" ? "none" : list}`;
  const isRunning = versionIgnored(live, minor);
  return [
    {
      message:
        `is "${minor}", which ${reason(offered.find(({ version }) => version === minor))} ${location}; ${others}` +
        (isRunning ? `; the cluster runs ${live ?? ""} and has to be upgraded` : ""),
      severity: isRunning ? "warning" : "error",
    },
  ];
}

/** A warning when the support of a version ends soon, or has ended. */
export function endProblems(minor: string, now: Date): readonly Finding[] {
  const lastDay = lastSupportedDay(minor);
  if (lastDay === undefined) return [];
  const days = Math.floor((Date.parse(lastDay) + DAY_MS - now.getTime()) / DAY_MS);
  if (days > WARNING_DAYS) return [];
  const when = days < 0 ? `ended on ${lastDay}` : `ends on ${lastDay}, in ${String(days)} days`;
  return [
    {
      message: `is "${minor}", whose support in AKS ${when}; go to the next minor version before`,
      severity: "warning",
    },
  ];
}

function isSupported({ isPreview, supportPlans }: OfferedVersion): boolean {
  return !isPreview && supportPlans.includes("KubernetesOfficial");
}

function reason(offered: OfferedVersion | undefined): string {
  if (offered === undefined) return "AKS does not offer in";
  if (offered.isPreview) return "AKS offers as a preview only in";
  return "AKS offers for long-term support only in";
}

function minorNumber(version: string): number {
  return Number(version.split(".")[1] ?? NaN);
}
