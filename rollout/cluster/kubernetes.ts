import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { UserError } from "../../errors";

/** The API server of a cluster, as far as a rollout needs it: whole objects in and out. */
export interface KubernetesApi {
  /** Undefined when there is no such object. @throws UserError */
  get(path: string): Promise<unknown>;
  /**
   * Replaces an object that has the `resourceVersion` that it was read with.
   *
   * @param manager who the fields that change belong to from then on
   * @throws ChangedMeanwhile when somebody else has written it since then; UserError
   */
  put(path: string, body: unknown, manager: string): Promise<unknown>;
}

/** Somebody else has written the object since it was read (409). */
export class ChangedMeanwhile extends UserError {
  constructor() {
    super(
      "others write the same object all the time; see who they are in its metadata.managedFields",
    );
  }
}

/** Which cluster, as whom. */
export interface ClusterAccess {
  /** @default as kubectl finds it: KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
  /** @default the kubeconfig's current one */
  readonly context?: string;
}

/** What is between a request and its answer, for kubectl. */
const REQUEST_TIMEOUT = "--request-timeout=30s";

/**
 * Through kubectl, so that whatever a kubeconfig names (programs such as kubelogin that get tokens, proxies, certificates)
 * works as it does for the user, and no token comes into this process.
 */
export function kubectlApi(access: ClusterAccess): KubernetesApi {
  const run = (args: readonly string[], input?: string) =>
    kubectl(access, [...args, REQUEST_TIMEOUT], input);
  return {
    async get(path) {
      const done = await run(["get", "--raw", path]);
      if (done.status === 0) return JSON.parse(done.stdout) as unknown;
      if (reasonOf(done.stderr) === "NotFound") return undefined;
      throw failure(done);
    },
    async put(path, body, manager) {
      const target = `${path}?fieldManager=${encodeURIComponent(manager)}`;
      const done = await run(["replace", "--raw", target, "-f", "-"], JSON.stringify(body));
      if (done.status === 0) return JSON.parse(done.stdout) as unknown;
      if (reasonOf(done.stderr) === "Conflict") throw new ChangedMeanwhile();
      throw failure(done);
    },
  };
}

/** Address of the API server, for people. */
export async function serverOf(access: ClusterAccess): Promise<string> {
  const output = "jsonpath={.clusters[0].cluster.server}";
  const done = await kubectl(access, ["config", "view", "--minify", "-o", output]);
  if (done.status === 0) return done.stdout.trim();
  throw failure(done);
}

export function accessArguments({ kubeconfig, context }: ClusterAccess): string[] {
  return [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...(context === undefined ? [] : ["--context", context]),
  ];
}

interface Done {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function kubectl(access: ClusterAccess, args: readonly string[], input = ""): Promise<Done> {
  const child = spawn("kubectl", [...accessArguments(access), ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  // One that ends without reading is told by its status.
  child.stdin.on("error", () => undefined).end(input);
  try {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { status: child.exitCode ?? 1, stdout, stderr };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(
      "kubectl is not on the PATH; a rollout of production works through it (az aks install-cli)",
    );
  }
}

/** `Error from server (Conflict): …`, which kubectl prints of a Status with that reason. */
function reasonOf(stderr: string): string | undefined {
  return /^Error from server \((\w+)\)/m.exec(stderr)?.[1];
}

function failure({ stderr }: Done): UserError {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  return new UserError(`the cluster refused or did not answer: ${line}`);
}
