import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { parseFault, type Fault } from "../../emulator/arm/faults";
import type { AzureSettings } from "../../emulator/azure/typeRules";
import type { StackSettings } from "../../graph/settings";
import type { CreatedResource } from "../../graph/graph";
import { previewedStack } from "../../review/preview";
import { SUBSCRIPTION } from "../stacks";
import { writeHome } from "./engineHome";
import { plannedIn } from "./plannedIn";

/** Whether the Pulumi CLI is there; says so where not. */
export function hasEngine(): boolean {
  const found = spawnSync("pulumi", ["version"]).status === 0;
  if (!found) {
    // Jest drops what a wholly skipped suite logs.
    process.stderr.write(
      "SKIPPED: tests/engine needs the Pulumi CLI, and there is no `pulumi` on the PATH.\n",
    );
  }
  return found;
}

/**
 * The real Pulumi engine in a folder of its own: a file for the state, the emulator as every provider, and a project
 * that loads this one, so that no stack file of the repository is touched. What the program asks Azure by itself, the
 * emulator answers.
 */
export class Engine {
  readonly home = mkdtempSync(join(tmpdir(), "mlscore-engine-"));
  private readonly memory = join(this.home, "memory.json");

  /** @param settings where the emulator is, and what it has from the beginning */
  constructor(
    settings: AzureSettings = {
      subscriptionId: SUBSCRIPTION,
      tenantId: SUBSCRIPTION,
      resourceGroups: ["rg"],
    },
  ) {
    writeHome(this.home);
    this.remember({ settings, resources: [] });
  }

  /** @throws Error with everything the engine printed, when it fails */
  pulumi(...args: readonly string[]): string {
    const done = spawnSync("pulumi", args, {
      cwd: join(this.home, "project"),
      encoding: "utf8",
      // A plan as JSON, with all states, has megabytes.
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...process.env,
        PATH: `${join(this.home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_HOME: this.home,
        PULUMI_BACKEND_URL: `file://${join(this.home, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "tests",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        MLSCORE_EMULATOR: this.memory,
      },
    });
    if (done.status !== 0) {
      throw new Error(`pulumi ${args.join(" ")}\n${done.stdout}\n${done.stderr}`);
    }
    return done.stdout;
  }

  /** A stack with its settings; to be given to the other methods by name. */
  init(stack: string, settings: StackSettings): void {
    this.configure(stack, settings);
    this.pulumi("stack", "init", stack);
  }

  configure(stack: string, settings: StackSettings): void {
    writeFileSync(this.configFile(stack), stringify({ config: settings }));
  }

  /** What a preview would change, as `op name`, sorted; reading (`read`, `refresh`) is no change. */
  preview(stack: string, ...options: readonly string[]): string[] {
    return plannedIn(this.pulumi("preview", "--json", ...this.of(stack), ...options));
  }

  /** The engine's plan as `preview` tells it, and what the review shows of the same preview. */
  reviewed(
    stack: string,
    ...options: readonly string[]
  ): { readonly planned: string[]; readonly shown: string[] } {
    const printed = this.pulumi(
      ...["preview", "--json", "--show-sames"],
      ...this.of(stack),
      ...options,
    );
    const { changes } = previewedStack(printed, stack);
    const shown = changes.filter(({ op }) => op !== "same");
    return {
      planned: plannedIn(printed),
      shown: shown.map(({ op, resource: { name } }) => `${op} ${name}`).sort(),
    };
  }

  /** What a preview that must fail prints. */
  refusal(stack: string): string {
    return this.failure("preview", "--non-interactive", ...this.of(stack));
  }

  /** What an update that must fail prints. */
  failedUp(stack: string): string {
    return this.failure("up", "--yes", "--skip-preview", "--non-interactive", ...this.of(stack));
  }

  refresh(stack: string): string {
    return this.pulumi(
      "refresh",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      "--diff",
      ...this.of(stack),
    );
  }

  up(stack: string, ...options: readonly string[]): void {
    this.pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      ...this.of(stack),
      ...options,
    );
  }

  importFile(stack: string, file: string): void {
    this.pulumi(
      "import",
      ...["--file", file, "--protect=false", "--generate-code=false"],
      ...["--yes", "--skip-preview", "--non-interactive"],
      ...this.of(stack),
    );
  }

  destroy(stack: string): void {
    this.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive", ...this.of(stack));
  }

  exported(stack: string): string {
    return this.pulumi("stack", "export", "--stack", stack);
  }

  /** Sets the releases of a sandbox's outputs back in time, which is the one thing that tests cannot wait for. */
  age(stack: string, since: string): void {
    const state = this.exported(stack);
    const older = state.replace(/"(since|trafficSince)": "[^"]+"/g, `"$1": "${since}"`);
    if (older === state) throw new Error(`stack ${stack} tells of no release`);
    const file = join(this.home, "older.json");
    writeFileSync(file, older);
    this.pulumi("stack", "import", "--stack", stack, "--file", file);
  }

  /** Everything that exists in the emulator, in the order in which it was made. */
  resources(): CreatedResource[] {
    return this.recall().resources;
  }

  /** What Azure was asked since the last time this was called: `PUT <id>`, `GET <id>`, `DELETE <id>`, in order. */
  calls(): string[] {
    const file = `${this.memory}.calls`;
    if (!existsSync(file)) return [];
    const calls = readFileSync(file, "utf8").trimEnd().split("\n");
    rmSync(file);
    return calls;
  }

  /** Switches on what goes wrong with the next writes, each once. */
  fail(...faults: readonly Fault[]): void {
    writeFileSync(`${this.memory}.faults`, JSON.stringify(faults));
  }

  /** Faults that have not gone off. */
  pendingFaults(): Fault[] {
    const entries = JSON.parse(readFileSync(`${this.memory}.faults`, "utf8")) as unknown[];
    return entries.map(parseFault);
  }

  /** A resource of somebody else's, which the stack knows nothing of. */
  addOutside(resource: CreatedResource): void {
    const memory = this.recall();
    this.remember({ ...memory, resources: [...memory.resources, resource] });
  }

  removeOutside(id: string): void {
    const memory = this.recall();
    const resources = memory.resources.filter((resource) => resource.id !== id);
    this.remember({ ...memory, resources });
  }

  /** Changes a resource behind the engine's back, as a service does by itself. */
  changeOutside(id: string, change: (resource: CreatedResource) => CreatedResource): void {
    const memory = this.recall();
    const found = memory.resources.filter((resource) => resource.id === id);
    if (found.length !== 1) throw new Error(`${found.length} resources with id ${id}`);
    this.remember({
      ...memory,
      resources: memory.resources.map((one) => (one.id === id ? change(one) : one)),
    });
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  private failure(...args: readonly string[]): string {
    try {
      this.pulumi(...args);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`pulumi ${args[0] ?? ""} did not fail`);
  }

  private of(stack: string): string[] {
    return ["--stack", stack, "--config-file", this.configFile(stack)];
  }

  private configFile(stack: string): string {
    return join(this.home, `Pulumi.${stack}.yaml`);
  }

  private recall(): { settings: unknown; resources: CreatedResource[] } {
    return JSON.parse(readFileSync(this.memory, "utf8")) as {
      settings: unknown;
      resources: CreatedResource[];
    };
  }

  private remember(memory: { settings: unknown; resources: readonly CreatedResource[] }): void {
    writeFileSync(this.memory, JSON.stringify(memory));
  }
}
