import { describe, expect, it } from "@jest/globals";
import { PRODUCTION } from "../../stacks";
import { faults } from "./harness";

/** Does not prove that Azure takes what is accepted here: the rules are those of its documentation. */

const DIGEST = `@sha256:${"b".repeat(64)}`;

const exception = (change: object) => ({
  release: {
    ...PRODUCTION.release,
    exceptions: [{ releaseId: "0123456789ab", reason: "hot fix for the flood", ...change }],
  },
});

describe("settings of production", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "a misspelt setting",
      { hostnam: "x" },
      'hostnam: is not a known key; did you mean "hostname"?',
    ],
    [
      "a host name with capitals",
      { hostname: "Flood.example.org" },
      'hostname: is "Flood.example.org"; must be a DNS name in lower case, such as flood.insight.internal',
    ],
    [
      "a host name without a domain",
      { hostname: "flood" },
      'hostname: is "flood"; must be a DNS name in lower case, such as flood.insight.internal',
    ],
    [
      "a host name with a label of 64 letters",
      { hostname: `${"a".repeat(64)}.org` },
      `hostname: is "${"a".repeat(64)}.org"; must be a DNS name in lower case, such as flood.insight.internal`,
    ],
    [
      "one replica",
      { scale: { minReplicas: 1, maxReplicas: 3 } },
      "scale.minReplicas: is 1; must be a whole number from 2 to 1000 (replicas; with one, every update is an outage)",
    ],
    [
      "a probe that never asks",
      { probes: { readiness: { periodSeconds: 0 } } },
      "probes.readiness.periodSeconds: is 0; must be a whole number from 1 to 300 (seconds between two questions)",
    ],
    [
      "a number of successes for liveness, of which Kubernetes takes one alone",
      { probes: { liveness: { successThreshold: 2 } } },
      'probes.liveness.successThreshold: is not a known key; it belongs under "probes.readiness"',
    ],
    [
      "fewer replicas at most than at least, which is the default",
      { scale: { maxReplicas: 2 } },
      "scale.maxReplicas: is 2, less than minReplicas (3)",
    ],
    [
      "a CPU request over the limit",
      { resources: { cpuRequest: "2001m" } },
      'resources.cpuRequest: is "2001m", more than cpuLimit ("2"); Kubernetes refuses such pods',
    ],
    [
      "memory in thousandths of a byte",
      { resources: { memory: "512m" } },
      'resources.memory: is "512m"; must be memory with its unit, such as 512Mi or 1Gi',
    ],
    [
      "a sandbox without its project",
      { release: { sandboxStack: "sandbox" } },
      'release.sandboxStack: is "sandbox"; must be a stack\'s full name, organization/project/stack',
    ],
    [
      "an exception without a reason",
      exception({ reason: "fix" }),
      "release.exceptions.0.reason: must say why, in 10 to 500 characters",
    ],
    [
      "an exception with a reason of 501 characters",
      exception({ reason: "r".repeat(501) }),
      "release.exceptions.0.reason: must say why, in 10 to 500 characters",
    ],
    [
      "an exception whose reason shows backwards",
      exception({ reason: "hot fix \u202Efor the flood" }),
      "release.exceptions.0.reason: must be one line, without control characters or marks of text direction",
    ],
    [
      "an exception whose reason has a line break",
      exception({ reason: "hot fix\nfor the flood" }),
      "release.exceptions.0.reason: must be one line, without control characters or marks of text direction",
    ],
    [
      "an exception for every release",
      exception({ releaseId: "0123456789a" }),
      'release.exceptions.0.releaseId: is "0123456789a"; must be the beginning of a release id, 12 to 64 lower-case hex digits in quotes',
    ],
    [
      "itself for its sandbox",
      { release: { sandboxStack: "organization/mlscore/test" } },
      'release.sandboxStack: is "organization/mlscore/test", this stack itself; name the sandbox in which releases run first',
    ],
    [
      "no day in the sandbox",
      { release: { ...PRODUCTION.release, soakDays: 0 } },
      "release.soakDays: is 0; must be a whole number from 1 to 365 (days in the sandbox)",
    ],
    [
      "an address for a host name",
      { hostname: "10.60.6.4" },
      'hostname: is "10.60.6.4"; must be a DNS name in lower case, such as flood.insight.internal',
    ],
    [
      "less memory than /tmp and Python need",
      { resources: { memory: "127Mi" } },
      'resources.memory: is "127Mi"; must be 128Mi or more, the pod\'s /tmp of 64Mi counts against it',
    ],
    [
      "less memory in powers of ten",
      { resources: { memory: "134M" } },
      'resources.memory: is "134M"; must be 128Mi or more, the pod\'s /tmp of 64Mi counts against it',
    ],
    [
      "more than a year in the sandbox",
      { release: { ...PRODUCTION.release, soakDays: 366 } },
      "release.soakDays: is 366; must be a whole number from 1 to 365 (days in the sandbox)",
    ],
    [
      "more than all requests for the canary",
      { canary: { image: `gauge${DIGEST}`, releaseId: "d".repeat(64), weight: 101 } },
      "canary.weight: is 101; must be a whole number from 0 to 100 (percent of the requests)",
    ],
    [
      "a canary by tag",
      { canary: { image: "gauge:2", releaseId: "d".repeat(64), weight: 1 } },
      'canary.image: is "gauge:2", and the tag "2" can be moved; write gauge@sha256:…',
    ],
    [
      "a region without zones",
      { location: "canadaeast" },
      'location: is "canadaeast", a region without availability zones (Azure\'s list of 23 September 2025); choose one that has them',
    ],
    [
      "a misspelt region",
      { location: "canadacentrl" },
      'location: is "canadacentrl", which is not in Azure\'s list of regions of 23 September 2025; did you mean "canadacentral"?',
    ],
    [
      "a region that nobody knows",
      { location: "atlantis" },
      'location: is "atlantis", which is not in Azure\'s list of regions of 23 September 2025; if the region is newer than that and has availability zones, add it to config/production/regions.ts',
    ],
    [
      "a region without API server VNet integration",
      { location: "qatarcentral" },
      'location: is "qatarcentral", where AKS does not offer API server VNet integration; choose another region',
    ],
    [
      "a deployment that the endpoint does not have",
      { deployment: "bleu" },
      'deployment: is "bleu", which endpoint gauge-endpoint does not have; it has blue, green; did you mean "blue"?',
    ],
    [
      "no deployment",
      { deployment: undefined },
      "deployment: is missing; must be the name of one of the endpoint's deployments",
    ],
  ])("refuses %s", async (_what, changes, expected) => {
    expect(await faults(changes)).toEqual([expected]);
  });

  it("names the deployments nearest first", async () => {
    expect(await faults({ deployment: "greem" })).toEqual([
      'deployment: is "greem", which endpoint gauge-endpoint does not have; it has green, blue; did you mean "green"?',
    ]);
  });
});
