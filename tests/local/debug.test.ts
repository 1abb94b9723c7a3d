import { describe, expect, it } from "@jest/globals";
import { launchJson, withDebugger } from "../../local/debug";
import { UserError } from "../../errors";
import { deployment, endpoint, probe } from "./endpoint/support/endpoint";

const spec = endpoint(
  [
    deployment("blue", {
      instanceCount: 3,
      requestTimeoutMs: 1_000,
      environmentVariables: { WORKER_COUNT: "4", WORKER_TIMEOUT: "30", OTHER: "kept" },
      startupProbe: probe(),
    }),
    deployment("green"),
  ],
  { blue: 90, green: 10 },
);

describe("a deployment that is debugged", () => {
  const [blue, green] = withDebugger(spec, "blue", 5678).deployments;

  it("has one instance with one worker, and no limits that a breakpoint would exceed", () => {
    expect(blue).toMatchObject({
      debugPort: 5678,
      instanceCount: 1,
      requestTimeoutMs: 86_400_000,
      environmentVariables: { WORKER_COUNT: "1", WORKER_TIMEOUT: "0", OTHER: "kept" },
      readinessProbe: { failureThreshold: 1_000_000_000 },
      livenessProbe: { failureThreshold: 1_000_000_000 },
    });
    expect(blue).not.toHaveProperty("startupProbe");
  });

  it("is another revision than without a debugger, so that `up` without --debug replaces it", () => {
    expect(blue?.revision).not.toBe(spec.deployments[0]?.revision);
  });

  it("leaves the others as they are", () => {
    expect(green).toEqual(spec.deployments[1]);
  });

  it("must be among those that are started", () => {
    expect(() => withDebugger(spec, "red", 5678)).toThrow(
      new UserError(
        'There is no deployment "red" to debug among those that are started: blue, green. Those without traffic are started with --all.',
      ),
    );
  });

  it("has paths of the user's folder in launch.json", () => {
    const debugged = { ...blue!, codeDirectory: "/state/copy" };
    const files = {
      sources: new Map([["/state/copy/lib/score.py", "/home/user/code/lib/score.py"]]),
      places: new Map(),
    };
    expect(JSON.parse(launchJson(debugged, files))).toEqual({
      version: "0.2.0",
      configurations: [
        {
          name: "blue on the local endpoint",
          type: "debugpy",
          request: "attach",
          connect: { host: "127.0.0.1", port: 5678 },
          pathMappings: [{ localRoot: "/home/user/code", remoteRoot: "/state/copy" }],
        },
      ],
    });
  });
});
