import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CANARY, CLIENT_ID } from "../scoringObjects";
import { eventually, get, kubectl, skipLoudly, tryKubectl, whyNoCluster } from "./cluster";
import { Deployed } from "./deployed";

/**
 * The rendered objects before a real API server with the Gateway API's definitions, which needs no node. Nothing runs;
 * Azure's own admission (policies, webhooks) is not there.
 */

const skipped = skipLoudly("tests/cluster, manifests", whyNoCluster());

(skipped ? describe.skip : describe)("the manifests before an API server", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await Deployed.prepare({
      canary: CANARY,
      certificate: {
        uri: "https://kv.vault.azure.net/certificates/flood",
        identityClientId: CLIENT_ID,
      },
    });
    for (const [name, text] of Object.entries(deployed.files)) {
      if (!/-(resourcequota|limitrange)-/.test(name)) continue;
      kubectl(["apply", "--server-side", "-f", "-"], text);
    }
    // Controllers add both a moment later; until then no pod is admitted at all.
    await eventually("the namespace's account and quota", 60, () => {
      const account = tryKubectl(["get", "serviceaccount", "default", ...deployed.in()]);
      const quota = get("resourcequota", "scoring", ...deployed.in());
      return account.status === 0 && quota.status?.["used"] !== undefined ? true : undefined;
    });
  });
  afterAll(() => {
    deployed.remove();
  });

  it("are all taken, without a warning", () => {
    const answers = Object.entries(deployed.files).map(([name, text]) => {
      const { status, stderr } = tryKubectl(
        ["apply", "--server-side", "--dry-run=server", "-f", "-"],
        text,
      );
      return { name, status, stderr };
    });
    expect(answers).toHaveLength(20);
    expect(answers.filter(({ status, stderr }) => status !== 0 || stderr !== "")).toEqual([]);
  });

  it("are refused when a field is misspelt, so that being taken means something", () => {
    const [, text = ""] =
      Object.entries(deployed.files).find(([name]) => name.includes("-deployment-")) ?? [];
    const { status, stderr } = tryKubectl(
      ["apply", "--server-side", "--dry-run=server", "-f", "-"],
      text.replace("imagePullPolicy", "imagePulPolicy"),
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain("imagePulPolicy");
  });

  it.each([
    ["sees the host's network", { hostNetwork: true }, {}, "host namespaces"],
    [
      "sees the host's files",
      { volumes: [{ name: "host", hostPath: { path: "/" } }] },
      {},
      "hostPath",
    ],
    ["is run by root", {}, { securityContext: { runAsUser: 0 } }, "runAsNonRoot"],
    ["may become more", {}, { securityContext: { allowPrivilegeEscalation: true } }, "escalation"],
  ])("keep out a pod that %s", (_what, spec, container, reason) => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "intruder", namespace: deployed.endpointName },
      spec: { ...spec, containers: [{ name: "intruder", image: "intruder", ...container }] },
    };
    const { status, stderr } = tryKubectl(
      ["create", "--dry-run=server", "-f", "-"],
      JSON.stringify(pod),
    );
    expect(status).not.toBe(0);
    expect(stderr.toLowerCase()).toContain(reason.toLowerCase());
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });

  it("keep out a privileged pod", () => {
    const { status, stderr } = tryKubectl([
      "run",
      "intruder",
      "--image=intruder",
      "--privileged",
      "--dry-run=server",
      ...deployed.in(),
    ]);
    expect(status).not.toBe(0);
    // An API server may rule it out for the whole cluster, before the namespace is asked.
    expect(stderr).toMatch(/violates PodSecurity "restricted:latest"|disallowed by cluster policy/);
  });

  /** A dry run of a pod that the namespace's pod security admits. */
  function tryPod(cpu: string): ReturnType<typeof tryKubectl> {
    const share = { cpu, memory: "16Mi", "ephemeral-storage": "16Mi" };
    const container = {
      name: "guest",
      image: "guest",
      resources: { requests: share, limits: share },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    };
    const securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "guest", namespace: deployed.endpointName },
      spec: { securityContext, containers: [container] },
    };
    return tryKubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(pod));
  }

  it("keep out a pod with more than a scoring container's share, and only such a one", () => {
    expect(tryPod("100m")).toMatchObject({ status: 0, stderr: "" });
    const { status, stderr } = tryPod("1000");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/maximum cpu usage per Container is \S+, but limit is 1k/);
  });

  it.each([
    ["nodeport", "services.nodeports"],
    ["loadbalancer", "services.loadbalancers"],
  ])("admit no way in but the gateway: no %s", (type, quota) => {
    const door = ["create", "service", type, "door", "--tcp=80", "--dry-run=server"];
    const { status, stderr } = tryKubectl([...door, ...deployed.in()]);
    expect(status).not.toBe(0);
    expect(stderr).toContain("exceeded quota: scoring");
    expect(stderr).toContain(quota);
  });
});
