import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adopt, type Adoption } from "../../adopt/adopt";
import type { ArmServer } from "../../emulator/arm/server";
import { AzureStore } from "../../emulator/azure/azureStore";
import { azurePlace } from "../../emulator/azurePlace";
import type { StackSettings } from "../../graph/settings";
import { parseYaml } from "../../input/yaml";
import { createdByAzureAiMl, overHttps, serveArm, WORKSPACE } from "../adopt/liveEndpoints";
import { evaluatedUp } from "../evaluation/client";
import { sdkPython } from "../sdk/python";
import { sandboxSettings, SUBSCRIPTION } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * Endpoints that azure-ai-ml made, adopted, imported and previewed on the real Pulumi engine with the emulator as its provider.
 * Does not prove what Azure's answers have beside what the emulator's have.
 */

const python = hasEngine() ? sdkPython() : undefined;

(python === undefined ? describe.skip : describe)("an adopted endpoint on the real engine", () => {
  const place = azurePlace(sandboxSettings({ workspace: WORKSPACE }));
  const store = new AzureStore(place);
  const engine = new Engine(place);
  const folder = mkdtempSync(join(tmpdir(), "adoption-"));
  let armServer: ArmServer;

  beforeAll(async () => {
    armServer = await serveArm(store, folder);
    const names = await createdByAzureAiMl(python ?? "", armServer, folder);
    expect(names).toEqual(ENDPOINTS);
    for (const resource of store.list()) engine.addOutside(resource);
  });
  afterAll(async () => {
    await armServer.close();
    engine.dispose();
    rmSync(folder, { recursive: true });
  });

  const ENDPOINTS = ["single", "split-two", "mirrored", "mlflow-only", "custom-env"];

  /** Adopts the endpoint into a stack of its name and imports it. */
  async function imported(endpoint: string): Promise<Adoption> {
    const out = join(folder, endpoint);
    const adoption = await adopt(
      {
        out,
        stack: endpoint,
        workload: "flood",
        subscriptionId: SUBSCRIPTION,
        workspace: WORKSPACE.name,
        endpoint,
      },
      overHttps(armServer),
      evaluatedUp,
    );
    const text = readFileSync(join(out, `Pulumi.${endpoint}.yaml`), "utf8");
    const { yaml } = parseYaml(text, { version: "1.2" });
    engine.init(endpoint, (yaml?.value as { config: StackSettings }).config);
    engine.importFile(endpoint, join(out, "import.json"));
    return adoption;
  }

  const named = ({ preview }: Adoption) =>
    preview.planned.map(({ op, name }) => `${op} ${name}`).sort();

  it.each(ENDPOINTS)(
    "%s: the first preview shows what adoption named, and no change of it",
    async (endpoint) => {
      const adoption = await imported(endpoint);
      const planned = engine.preview(endpoint);
      expect(planned).toEqual(named(adoption));
      expect(planned.filter((one) => !one.startsWith("create "))).toEqual([]);
      expect(planned).not.toContain("create endpoint");
      expect(planned).toContain("create endpoint-traffic");
    },
  );
});
