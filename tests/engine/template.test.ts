import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { packWithTemplate, type Packed } from "../../packaging/template";
import { DEPLOYER, SUBSCRIPTION } from "../stacks";
import { Engine, hasEngine } from "./engine";
import { plannedIn } from "./plannedIn";

/**
 * From an empty folder to a stack: `pulumi new` on the real engine, with the emulator as Azure. Packages are linked and not
 * downloaded, so it does not prove that a registry has them.
 */

(hasEngine() ? describe : describe.skip)("a project from the template", () => {
  const engine = new Engine();
  const out = mkdtempSync(join(tmpdir(), "mlscore-template-"));
  const folder = join(engine.home, "gauge-forecast");
  const host = join(engine.home, "bin", "pulumi-resource-pulumi-nodejs");
  const pulumi = (...args: readonly string[]) => engine.pulumi("--cwd", folder, ...args);
  const preview = () => plannedIn(pulumi("preview", "--json", "--stack", "dev"));
  const text = (file: string) => readFileSync(join(folder, file), "utf8");
  let packed: Packed;

  beforeAll(() => {
    packed = packWithTemplate(join(out, "packed"));
    writeNpm(join(engine.home, "bin"));
    mkdirSync(folder);
    const answers = {
      "azure-native:subscriptionId": SUBSCRIPTION,
      "mlscore:resourceGroup": "rg",
      "mlscore:deployers": DEPLOYER,
    };
    pulumi(
      ...["new", packed.template, "--yes", "--stack", "dev"],
      ...Object.entries(answers).flatMap(([key, answer]) => ["--config", `${key}=${answer}`]),
    );
  });
  afterAll(() => {
    rmSync(out, { recursive: true, force: true });
    engine.dispose();
  });

  it("has the project's name where the template leaves it open, and every answer as a setting", () => {
    expect(text("endpoint/endpoint.yml")).toContain("\nname: gauge-forecast\n");
    expect(text("endpoint/blue.yml")).toContain("\nendpoint_name: gauge-forecast\n");
    expect(text("Pulumi.yaml")).not.toContain("template:\n  d");
    const { config } = parse(text("Pulumi.dev.yaml")) as { config: unknown };
    expect(config).toEqual({
      "azure-native:subscriptionId": SUBSCRIPTION,
      "mlscore:deployers": DEPLOYER,
      "mlscore:endpointDirectory": "endpoint",
      "mlscore:location": "canadacentral",
      "mlscore:resourceGroup": "rg",
      "mlscore:workload": "scoring",
    });
  });

  it("previews the whole stack, its dynamic providers loaded by Pulumi's own host", () => {
    renameSync(host, `${host}.away`);
    const planned = preview();
    renameSync(`${host}.away`, host);
    const dynamic = ["create endpoint-traffic", "create workspace", "create endpoint-blue"];
    expect(planned).toEqual(expect.arrayContaining(dynamic));
    expect(planned.every((change) => change.startsWith("create "))).toBe(true);
  });

  it("is made, answers with its outputs, and then previews no change", () => {
    pulumi("up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev");
    const outputs = JSON.parse(pulumi("stack", "output", "--json", "--stack", "dev")) as Record<
      string,
      unknown
    >;
    expect(outputs).toMatchObject({ endpointName: "gauge-forecast", traffic: { blue: 100 } });
    expect(outputs["resourceGroupName"]).toBe("rg");
    const endpoints = engine.resources().filter(({ id }) => /\/onlineEndpoints\/[^/]+$/.test(id));
    expect(endpoints).toHaveLength(1);
    expect(preview()).toEqual([]);
  });

  it("tells a mistake in the new project by file and line", () => {
    const file = join(folder, "endpoint", "blue.yml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace("instance_count: 1", "instance_count: none"));
    expect(() => pulumi("preview", "--non-interactive", "--stack", "dev")).toThrow(
      'endpoint/blue.yml:13: instance_count: is "none"; must be a whole number from 1 to 50',
    );
    writeFileSync(file, before);
  });
});

/** `npm install` without a registry (tests/packaging/linkedInstall.ts), in front of the real one. */
function writeNpm(folder: string): void {
  const tsx = join(__dirname, "../../node_modules/tsx/dist/loader.mjs");
  const install = join(__dirname, "../packaging/linkedInstall.ts");
  const script =
    `#!/bin/sh\n[ "$1" = install ] || { echo "npm $* is not expected" >&2; exit 1; }\n` +
    `exec "${process.execPath}" --import "${tsx}" "${install}"\n`;
  writeFileSync(join(folder, "npm"), script, { mode: 0o755 });
}
