import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { armTemplate } from "./arm";
import { UserError } from "../config/problems";
import { runCommand } from "./command";
import { graphOf, type GraphResource } from "./graph";
import { MANIFEST_FILE, manifests } from "./manifests";
import { writeFolder } from "./output";
import { readStackSettings } from "./settings";
import { runOnStandIn } from "./standIn";
import { masked, plainInputs } from "./values";
import { isAzureResource } from "./worlds";

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
    const run = await runOnStandIn(stack, readStackSettings(stack, endpoint), []);
    const graph = graphOf(run);
    await writeFolder(out, {
      "resources.json": json({ stack, resources: declaredGraph(graph), outputs: run.outputs }),
      "arm.json": json(armTemplate(graph.filter(inAzure), run.tenantId)),
    });
    const written = [`${out}/resources.json`, `${out}/arm.json`];
    if (await writeManifests(join(out, "manifests"), graph)) written.push(`${out}/manifests`);
    console.log(`${graph.length} resources of stack ${stack} → ${written.join(", ")}`);
  });

/** Objects of an earlier rendering go, so that nobody applies what is no longer declared; other files stay. */
async function writeManifests(folder: string, graph: readonly GraphResource[]): Promise<boolean> {
  const files = manifests(graph);
  const there = await readdir(folder).catch(() => []);
  const stale = there.filter((name) => MANIFEST_FILE.test(name) && files[name] === undefined);
  await Promise.all(stale.map((name) => rm(join(folder, name))));
  if (Object.keys(files).length === 0) return false;
  await writeFolder(folder, files);
  return true;
}

function inAzure({ made }: GraphResource): boolean {
  return isAzureResource(made.token);
}

/** The graph for people and tools: secrets masked, the same in every run. */
function declaredGraph(graph: readonly GraphResource[]) {
  return graph.map(({ declared, made }) => ({
    ...declared,
    dependencies: [...declared.dependencies].sort(),
    inputs: plainInputs(declared.inputs, masked),
    id: made.id,
  }));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

void runCommand(command);
