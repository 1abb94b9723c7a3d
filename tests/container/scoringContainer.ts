import { existsSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { parse } from "yaml";
import { buildArguments } from "../../components/imageArguments";
import type { ImageBuild } from "../../config/production/productionTypes";
import { RELEASE } from "../scoringObjects";
import type { Docker } from "./docker";

/** Builds the scoring image of a deployment and runs it as a pod would. */

export const SCORING = join(__dirname, "..", "..", "scoring");
const LABEL = "mlscore-container-tests";
/** Seconds: for what will never happen. */
const LIMIT_SECONDS = 240;
const PORT = 5001;

export interface Deployment {
  readonly name: string;
  /** Below scoring/, as the Dockerfile wants it. */
  readonly model: string;
  readonly scoringScript: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What the deployment's YAML says. */
export function deployment(name: string): Deployment {
  const file = join(SCORING, "flash-flood-predictor", `${name}.yml`);
  const document = parse(readFileSync(file, "utf8")) as {
    model: { path: string };
    code_configuration: { scoring_script: string };
    environment_variables: Record<string, string>;
  };
  return {
    name,
    model: document.model.path.replace("../", ""),
    scoringScript: document.code_configuration.scoring_script,
    variables: document.environment_variables,
  };
}

/** Options of `docker build` for a deployment's image of release RELEASE; it builds on this machine's network. */
export function buildOptions(
  { model, scoringScript }: Pick<Deployment, "model" | "scoringScript">,
  baseImage: string | undefined,
): string[] {
  const server = { kind: "script", scoringScript } as const;
  return optionsFor({ context: SCORING, model, server }, baseImage);
}

/** The same for what the settings say of a build. */
export function optionsFor(build: ImageBuild, baseImage: string | undefined): string[] {
  const args = Object.entries(buildArguments(build, baseImage, RELEASE));
  const authority = process.env["PIP_CERT"] ?? process.env["SSL_CERT_FILE"];
  return [
    "--network=host",
    `--label=${LABEL}`,
    ...(authority && existsSync(authority) ? [`--secret=id=ca,src=${authority}`] : []),
    ...args.map(([key, value]) => `--build-arg=${key}=${value}`),
    build.context,
  ];
}

/** Starts a container with a pod's restrictions; nothing but memory can be written. */
export function startContainer(
  docker: Docker,
  image: string,
  { variables }: Pick<Deployment, "variables">,
  ...options: string[]
): string {
  return docker.run(
    ...["run", "--detach", `--label=${LABEL}`, "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"],
    ...["--security-opt=no-new-privileges", "--pids-limit=200", "--memory=1g"],
    ...Object.entries(variables).map(([key, value]) => `--env=${key}=${value}`),
    ...options,
    image,
  );
}

/** Port on the loopback address of a container that was started with `--publish=127.0.0.1::5001`. */
export function publishedPort(docker: Docker, container: string): number {
  return Number(docker.run("port", container, String(PORT)).split(":").at(-1));
}

/** Waits until the server says that it is healthy. */
export async function untilHealthy(docker: Docker, container: string, port: number): Promise<void> {
  await until(docker, container, "healthy", async () => (await status(port)) === 200);
}

/**
 * Waits until a worker has accepted a request that came from outside the container. In proc(5)'s /proc/net/tcp a connection
 * that still waits in the listener's backlog has no inode.
 */
export async function untilAccepted(docker: Docker, container: string): Promise<void> {
  const local = `:${PORT.toString(16).toUpperCase()}`;
  await until(docker, container, "at work on the request", () => {
    const connections = docker.run("exec", container, "cat", "/proc/net/tcp").trim().split("\n");
    return connections.some((line) => {
      const [, from = "", to = "", state, , , , , , inode] = line.trim().split(/\s+/);
      return from.endsWith(local) && !to.startsWith("0100007F") && state === "01" && inode !== "0";
    });
  });
}

/** Waits until the container's log has this text. */
export async function untilLogged(docker: Docker, container: string, text: string): Promise<void> {
  await until(docker, container, `at "${text}"`, () =>
    docker.attempt("logs", container).output.includes(text),
  );
}

/** Waits for a condition; the error says what did not come, with the container's log. */
export async function until(
  docker: Docker,
  container: string,
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUp = Date.now() + LIMIT_SECONDS * 1000;
  while (Date.now() < giveUp) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const log = docker.attempt("logs", container).output;
  throw new Error(`The container is not ${what} after ${LIMIT_SECONDS} s:\n${log}`);
}

function status(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    // No connection is kept: `untilAccepted` would take it for another request's.
    const options = { host: "127.0.0.1", port, path: "/", timeout: 2000, agent: false } as const;
    get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("timeout", function (this: { destroy(): void }) {
        this.destroy();
      })
      .on("error", () => {
        resolve(undefined);
      });
  });
}
