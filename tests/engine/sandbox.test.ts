import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { version as azureNativeVersion } from "@pulumi/azure-native/package.json";
import { stringify } from "yaml";
import type { AzureResource } from "../../local/azure/world";
import { ENDPOINT_DIRECTORY, sandboxSettings, SUBSCRIPTION } from "../stacks";

/**
 * The whole stack on the real Pulumi engine, with the stand-in as its provider. Proves the program, its order and its
 * previews; it does not prove that Azure takes the requests.
 */

const PROJECT = join(__dirname, "..", "..");
const hasEngine = spawnSync("pulumi", ["version"]).status === 0;
if (!hasEngine) {
  // Jest drops what a wholly skipped suite logs.
  process.stderr.write(
    "SKIPPED: tests/engine needs the Pulumi CLI, and there is no `pulumi` on the PATH.\n",
  );
}

interface Step {
  readonly op: string;
  readonly urn: string;
}

(hasEngine ? describe : describe.skip)("the sandbox stack on the real engine", () => {
  const home = mkdtempSync(join(tmpdir(), "mlscore-engine-"));
  const memory = join(home, "memory.json");
  const config = join(home, "Pulumi.sandbox.yaml");
  const endpoint = join(home, "endpoint");

  function pulumi(...args: string[]): string {
    const done = spawnSync("pulumi", args, {
      cwd: join(home, "project"),
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${join(home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "tests",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        MLSCORE_STAND_IN: memory,
      },
    });
    if (done.status !== 0)
      throw new Error(`pulumi ${args.join(" ")}\n${done.stdout}\n${done.stderr}`);
    return done.stdout;
  }

  /** Operations of a preview other than `same`, as `op name`, sorted. */
  function preview(): string[] {
    const { steps } = JSON.parse(
      pulumi("preview", "--json", "--stack", "sandbox", "--config-file", config),
    ) as { steps: readonly Step[] };
    return steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`)
      .sort();
  }

  function up(): void {
    pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      "--stack",
      "sandbox",
      "--config-file",
      config,
    );
  }

  function writeConfig(changes: Record<string, unknown> = {}): void {
    const settings = sandboxSettings({ endpointDirectory: endpoint, protect: "false", ...changes });
    writeFileSync(config, stringify({ config: settings }));
  }

  const inAzure = () =>
    (JSON.parse(readFileSync(memory, "utf8")) as { resources: AzureResource[] }).resources;

  beforeAll(() => {
    // A project of its own that loads this one, so that no stack file of the repository is touched.
    mkdirSync(join(home, "project"));
    mkdirSync(join(home, "state"));
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    const tsx = join(PROJECT, "node_modules/tsx/dist/loader.mjs");
    writeFileSync(
      join(home, "project", "Pulumi.yaml"),
      readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8")
        .replace("--import tsx", `--import ${tsx}`)
        .replace("main: index.ts", `main: ${join(PROJECT, "index.ts")}`),
    );
    const launcher = `#!/bin/sh\nexec "${process.execPath}" --import "${tsx}" "${join(PROJECT, "local/provider.ts")}" "$@"\n`;
    for (const [directory, name] of [
      [join(home, "plugins", `resource-azure-native-v${azureNativeVersion}`), "azure-native"],
      [join(home, "bin"), "pulumi-nodejs"],
    ] as const) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `pulumi-resource-${name}`), launcher, { mode: 0o755 });
    }
    const settings = {
      subscriptionId: SUBSCRIPTION,
      tenantId: SUBSCRIPTION,
      resourceGroups: ["rg"],
    };
    writeFileSync(memory, JSON.stringify({ settings, resources: [] }));
    writeConfig();
    pulumi("stack", "init", "sandbox");
    up();
  }, 120_000);
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it("ends with the endpoint, both deployments and the traffic in place", () => {
    const resources = inAzure();
    const tokens = resources.map(({ token }) => token.split(":").at(-1));
    expect(tokens.filter((token) => token === "OnlineDeployment")).toHaveLength(2);
    const traffic = resources.at(-1);
    expect(traffic?.token).toBe("pulumi-nodejs:dynamic/mlscore:TrafficSplit");
    expect(traffic?.inputs["traffic"]).toEqual({ blue: 90, green: 10 });
  });

  it("creates grants before the endpoint, deployments one by one, traffic last", () => {
    const order = inAzure().map(({ id }) => id);
    const place = (end: string) => order.findIndex((id) => id.endsWith(end));
    const endpointPlace = place("/onlineEndpoints/gauge-endpoint");
    const grants = order.flatMap((id, index) => (id.includes("/roleAssignments/") ? [index] : []));
    expect(grants).toHaveLength(4);
    expect(Math.max(...grants)).toBeLessThan(endpointPlace);
    expect(endpointPlace).toBeLessThan(place("/deployments/blue"));
    expect(place("/deployments/blue")).toBeLessThan(place("/deployments/green"));
    expect(place("/traffic/traffic")).toBe(order.length - 1);
  });

  it("previews no change after an update", () => {
    expect(preview()).toEqual([]);
  }, 60_000);

  it("previews a tag as an update in place: nothing is replaced, traffic is untouched", () => {
    writeConfig({ tags: { owner: "somebody else" } });
    const changes = preview();
    writeConfig();
    expect(changes).toEqual([
      "update endpoint",
      "update endpoint-blue",
      "update endpoint-green",
      "update endpoint-identity",
      "update observability-application-insights",
      "update observability-log-analytics",
      "update registry",
      "update workspace",
      "update workspace-key-vault",
      "update workspace-storage",
    ]);
  }, 60_000);

  it("refuses another subscription without a stack trace", () => {
    const other = "99999999-2222-3333-4444-555555555555";
    writeConfig({ subscription: { id: other } });
    let message = "";
    try {
      preview();
    } catch (error) {
      message = (error as Error).message;
    }
    writeConfig();
    expect(message).toContain(
      `this stack belongs to subscription ${other}, but the credentials in use are for ${SUBSCRIPTION}`,
    );
    expect(message).not.toContain("    at ");
  }, 60_000);

  it("keeps secrets out of the exported state", () => {
    expect(pulumi("stack", "export", "--stack", "sandbox")).not.toContain("hunter2");
  }, 60_000);

  it("updates only the traffic when only the split changes, and removes everything on destroy", () => {
    const file = join(endpoint, "endpoint.yml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("blue: 90", "blue: 0").replace("green: 10", "green: 100"));
    expect(preview()).toEqual(["update endpoint-traffic"]);
    up();
    expect(inAzure().at(-1)?.inputs["traffic"]).toEqual({ blue: 0, green: 100 });

    pulumi(
      "destroy",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      "--stack",
      "sandbox",
      "--config-file",
      config,
    );
    expect(inAzure()).toEqual([]);
  }, 120_000);
});
