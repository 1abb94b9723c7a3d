import { spawnSync } from "node:child_process";

/** A test cluster, through kubectl. */

export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

export interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl and returns whatever comes of it. */
export function tryKubectl(args: readonly string[], input?: string): Done {
  return spawnSync("kubectl", args, {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
}

/** Output of kubectl. @throws Error with its message when it fails */
export function kubectl(args: readonly string[], input?: string): string {
  const done = tryKubectl(args, input);
  if (done.status !== 0) throw new Error(`kubectl ${args.join(" ")}\n${done.stderr}`);
  return done.stdout;
}

export function get(...args: string[]): KubeObject {
  return JSON.parse(kubectl(["get", "-o", "json", ...args])) as KubeObject;
}

export function list(...args: string[]): KubeObject[] {
  const found = JSON.parse(kubectl(["get", "-o", "json", ...args])) as { items: KubeObject[] };
  return found.items;
}

/** Asks until the answer is there. @throws Error when it does not come in time */
export async function eventually<T>(
  what: string,
  seconds: number,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const giveUp = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUp) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/**
 * Why the tests of this folder cannot run here; undefined when those that need no node can. They make namespaces, label
 * a node and kill pods, so KUBECONFIG has to be set on purpose, and a cluster with a cloud's machines is left alone.
 */
export function whyNoCluster(): string | undefined {
  if ((process.env["KUBECONFIG"] ?? "") === "") return "KUBECONFIG is not set";
  if (spawnSync("kubectl", ["version", "--client"]).error !== undefined) {
    return "there is no kubectl on the PATH";
  }
  const nodes = tryKubectl(["get", "nodes", "-o", "json", "--request-timeout=5s"]);
  if (nodes.status !== 0) {
    return `the cluster does not answer: ${nodes.stderr.trim().split("\n").at(-1) ?? ""}`;
  }
  const { items } = JSON.parse(nodes.stdout) as { items: KubeObject[] };
  const cloud = items.find(({ spec }) => /^(azure|aws|gce):/.test(String(spec?.["providerID"])));
  return cloud === undefined ? undefined : `${cloud.metadata.name} is a machine of a cloud`;
}

/** Why nothing can run on the cluster; undefined when it can. */
export function whyNoNode(): string | undefined {
  return list("nodes").length === 0 ? "the cluster has no node" : undefined;
}

/** Says on stderr what is left out: Jest drops what a wholly skipped suite logs. */
export function skipLoudly(suite: string, reason: string | undefined): boolean {
  if (reason !== undefined) process.stderr.write(`SKIPPED: ${suite}: ${reason}.\n`);
  return reason !== undefined;
}
