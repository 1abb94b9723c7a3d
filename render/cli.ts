import { Command } from "commander";
import { armTemplate } from "./armTemplate";
import { UserError } from "../errors";
import { runCommand } from "../command";
import { graphOf, type GraphResource } from "../graph/graph";
import { manifests } from "./manifests";
import { replaceRendering } from "./outputFolder";
import { readStackSettings } from "../graph/settings";
import { runOnEmulator } from "../emulator/onEmulator";
import { masked, plainInputs } from "../graph/plainInputs";
import { withoutSecrets } from "../secrets/tree";
import { isAzureResource } from "../emulator/emulatorStore";
import { print } from "../output";

interface RenderOptions {
  readonly stack: string;
  readonly endpoint?: string;
  readonly out: string;
}

const command = new Command("npm run render --")
  .description("Evaluates a stack with no cloud and writes what it declares.")
  .requiredOption("--stack <name>", "stack, as in Pulumi.<name>.yaml")
  .option(
    "--endpoint <dir>",
    "folder with Azure ML endpoint and deployment YAML, instead of the stack's own",
  )
  .requiredOption("--out <dir>", "folder to write resources.json, arm.json and manifests/ to")
  .action(async ({ stack, endpoint, out }: RenderOptions) => {
    if (out.trim() === "") throw new UserError("--out is empty; name a folder.");
    const run = await runOnEmulator(stack, readStackSettings(stack, endpoint), []);
    const graph = graphOf(run);
    const objects = Object.entries(manifests(graph));
    await replaceRendering(out, {
      "resources.json": json({
        stack,
        resources: declaredGraph(graph),
        outputs: withoutSecrets(run.outputs, masked.suspected),
      }),
      "arm.json": json(armTemplate(graph.filter(inAzure), run.tenantId)),
      ...Object.fromEntries(objects.map(([name, text]) => [`manifests/${name}`, text])),
    });
    const outputs = ["resources.json", "arm.json", ...(objects.length > 0 ? ["manifests"] : [])];
    print(
      `${graph.length} resources of stack ${stack} → ${outputs.map((name) => `${out}/${name}`).join(", ")}`,
    );
  });

function inAzure({ created }: GraphResource): boolean {
  return isAzureResource(created.token);
}

/** The graph for people and tools: secrets masked, the same in every run. */
function declaredGraph(graph: readonly GraphResource[]) {
  return graph.map(({ declared: { orderedAfter: _part, ...declared }, created }) => ({
    ...declared,
    dependencies: [...declared.dependencies].sort(),
    inputs: plainInputs(declared.inputs, masked),
    id: created.id,
  }));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

void runCommand(command);
