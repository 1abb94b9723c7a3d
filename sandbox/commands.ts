import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { UserError } from "../errors";
import { daysLeft } from "../config/pause";
import type { SandboxConfig } from "../config/types";
import { readStackSettings, stackFile } from "../graph/settings";
import { connectSupervisor } from "../local/endpoint";
import { endpointDirectory } from "../local/state";
import { print, printError } from "../output";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { whileAlone } from "../rollout/recordFile";
import { reporterOn } from "../rollout/reporter";
import { lockPath } from "../rollout/rolloutFiles";
import { configOf, managedTargetOf } from "../rollout/rolloutTarget";
import { purge } from "./purge";
import { PAUSED, writePaused } from "./pausedSetting";
import { assertDeclared, takeDown } from "./takeDown";

export interface SandboxOptions {
  readonly stack: string;
  readonly azure: boolean;
}

/** Days before the last one from which on `expire` warns. */
const WARN_DAYS = 7;

/** Deletes the deployments, and has the settings say so first: no update in between makes them again. */
export async function pause(options: SandboxOptions): Promise<void> {
  const config = await sandboxOf(options);
  await takenDown(options, config, async () => {
    const changed = await writePaused(settingsFile(options.stack), true);
    print(`${stackFile(options.stack)} ${changed ? "says" : "said already"} ${PAUSED}: true.`);
  });
  print(
    `Paused: endpoint, keys, assets and split are kept; resume with: ${again("resume", options)}`,
  );
  if (options.azure) {
    print(
      `Commit ${stackFile(options.stack)}, and run: pulumi up --refresh --stack ${options.stack}`,
    );
  }
}

/** Takes the setting out; what is declared comes back by the update that makes everything. */
export async function resume(options: SandboxOptions): Promise<void> {
  const config = await sandboxOf(options);
  const { stack, azure } = options;
  await whileAlone(lockPath(stack, azure ? "azure" : "local"), async () => {
    if (config.pause?.reason === "expired") {
      throw new UserError(
        `the day in mlscore:expires, ${config.pause.day}, is over; set a later one in ${stackFile(stack)}, and run this again`,
      );
    }
    const changed = await writePaused(settingsFile(stack), false);
    print(`${stackFile(stack)} ${changed ? "does not say" : "did not say"} ${PAUSED}: true.`);
  });
  if (azure) {
    // Without a refresh the state may still have the deployments, and nothing would be made.
    print(`Commit it, and bring the deployments back with: pulumi up --refresh --stack ${stack}`);
    return;
  }
  await upHere(stack);
}

/** Warns before the last day, and takes the deployments down after it; the settings then say by themselves that none are declared. */
export async function expire(options: SandboxOptions, now = new Date()): Promise<void> {
  const config = await sandboxOf(options);
  const expires = readStackSettings(options.stack)["mlscore:expires"];
  if (expires === undefined) {
    print(`${stackFile(options.stack)} has no mlscore:expires: nothing to do.`);
    return;
  }
  const left = daysLeft(expires, now);
  if (left >= 0) {
    const text = `${options.stack} runs until ${expires}, ${String(left)} more day${left === 1 ? "" : "s"}`;
    if (left <= WARN_DAYS) {
      printError(
        `warning: ${text}; then its deployments are deleted. To keep them, set a later mlscore:expires`,
      );
    } else print(`${text}.`);
    return;
  }
  print(`${options.stack} has expired on ${expires}.`);
  await takenDown(options, config, () => Promise.resolve());
}

/** Frees the names of the deleted stack, after its name was typed. */
export async function purgeNames(
  options: SandboxOptions & { readonly confirm: string | undefined },
): Promise<void> {
  const config = await sandboxOf(options);
  const { stack, azure } = options;
  if (!azure) {
    throw new UserError(
      "purge is about what Azure keeps of a deleted stack, and the emulator keeps nothing: add --azure",
    );
  }
  const names = `${config.workspace.name} and ${config.names.keyVault} of ${config.resourceGroup.name}`;
  const typed =
    options.confirm ??
    (await typedName(`Purge ${names}, which cannot be undone? Type the name of the stack: `));
  if (typed !== stack) {
    throw new UserError(`"${typed}" is not the name of the stack, ${stack}: nothing is purged`);
  }
  const { azure: armOf } = await import("../traffic/arm");
  const arm = await armOf({ subscriptionId: config.subscription.id });
  const results = await purge(arm, config);
  for (const { text } of results) print(text);
  if (results.some(({ isTaken }) => isTaken)) process.exitCode = 1;
}

async function typedName(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError("Nobody can be asked here: add --confirm with the name of the stack.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/** @throws UserError for a stack that is no sandbox: production is neither paused nor purged */
async function sandboxOf({ stack, azure }: SandboxOptions): Promise<SandboxConfig> {
  const { "mlscore:target": target } = readStackSettings(stack);
  if (target === "sandbox") {
    const config = await configOf({ stack, azure });
    if (config.target === "sandbox") return config;
  }
  throw new UserError(
    `${stack} is no sandbox (mlscore:target: ${target ?? "missing"}): only a sandbox is paused, resumed, expired or purged.`,
  );
}

async function takenDown(
  options: SandboxOptions,
  config: SandboxConfig,
  before: () => Promise<void>,
): Promise<void> {
  const { stack, azure } = options;
  if (!azure && (await connectSupervisor(endpointDirectory(stack))) === undefined) {
    await whileAlone(lockPath(stack, "local"), before);
    print(`No endpoint of ${stack} runs on this machine.`);
    return;
  }
  const { title, lockFile, arm, place, writeOptions } = await managedTargetOf(
    options,
    config,
    reporterOn(),
  );
  printError(title);
  await whileAlone(lockFile, async () => {
    await assertDeclared(arm, place, config.endpoint);
    await before();
    if (!azure) return;
    const names = await takeDown(arm, place, writeOptions);
    print(names.length === 0 ? "No deployment was there." : `Deleted: ${names.join(", ")}.`);
  });
  // On this machine an update does it all, since it also is what the state is written by.
  if (!azure) await upHere(stack);
}

async function upHere(stack: string): Promise<void> {
  if ((await connectSupervisor(endpointDirectory(stack))) === undefined) {
    print(`Bring the endpoint up with: npm run local -- up --stack ${stack}`);
    return;
  }
  const { up } = await import("../local/up");
  await up({ stack, detach: true });
}

function settingsFile(stack: string): string {
  return join(PROJECT_DIRECTORY, stackFile(stack));
}

function again(command: string, { stack, azure }: SandboxOptions): string {
  return `npm run sandbox -- ${command} --stack ${stack}${azure ? " --azure" : ""}`;
}
