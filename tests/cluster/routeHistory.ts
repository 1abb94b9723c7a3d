import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { eventually, kubectl } from "./cluster";
import { ENDPOINT } from "./scoringDouble";

const ROUTE = ["get", "httproute", "scoring", "-n", ENDPOINT];
const VERSION = "{.metadata.resourceVersion}";

/** The weights of each version of the HTTPRoute that the API server has told since the watch began, the one of then included. */
export class RouteHistory {
  /** Without repetition: versions also differ by what a controller or a field's owner writes. */
  readonly weights: string[] = [];
  private version = 0;
  private readonly child;

  constructor(onVersion: (weights: string) => void = () => undefined) {
    const output = `jsonpath=${VERSION} {.spec.rules[0].backendRefs[*].weight}{"\\n"}`;
    this.child = spawn("kubectl", [...ROUTE, "--watch", "-o", output], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      const [version, ...numbers] = line.split(" ");
      const weights = numbers.join();
      this.version = Number(version);
      onVersion(weights);
      if (this.weights.at(-1) !== weights) this.weights.push(weights);
    });
  }

  /** Resolves when the version of now has been seen. */
  async stop(): Promise<string[]> {
    const now = Number(kubectl([...ROUTE, "-o", `jsonpath=${VERSION}`]));
    await eventually("the route's version of now", 30, () => this.version >= now || undefined);
    const closed = once(this.child, "close");
    this.child.kill();
    await closed;
    return this.weights;
  }
}
