import { statSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { translateCondaFile } from "../../conda/condaPackages";
import { UserError } from "../../errors";
import { MOST_BYTES, readUserFile } from "../../input/userFile";
import { print } from "../../output";
import { isMlflowModel } from "../../mlflow/model";
import { codeFiles } from "../code";
import { modelFiles } from "../model";
import { whileLocked } from "../state";
import { isSame, readRegistered, writeRegistered, type RegisteredAssets } from "./record";
import { LOCAL_FILES, referenceOf, type RegisteredKind } from "./reference";

interface AddOptions {
  readonly stack: string;
  readonly azure?: boolean;
}

/** `model`, `environment` or `code` with add, list and remove: the local files to use for assets that are registered in Azure. */
export function registeredCommand(kind: RegisteredKind, stackOption: () => Option): Command {
  const { noun } = LOCAL_FILES[kind];
  const command = new Command(kind).description(
    `name the local ${noun} to use for a registered ${kind}`,
  );
  const reference = `NAME:VERSION, NAME@LABEL or an id, as the deployment's YAML has it`;
  const add = command
    .command("add")
    .description(`record the local ${noun} of a registered ${kind}; replaces an earlier one`)
    .argument("<reference>", reference)
    .addOption(stackOption());
  if (kind === "model") {
    add
      .argument("[path]", "file or folder that was registered, by the name that it had then")
      .option("--azure", "fetch it from the stack's workspace instead of naming a path")
      .action(addModel);
  } else {
    const named =
      kind === "code"
        ? add.argument("<dir>", "folder with the scoring script, as it was registered")
        : add.argument("<conda-file>", "conda file with the packages of the environment");
    named.action((typed: string, path: string, options: AddOptions) =>
      keep(kind, typed, path, options),
    );
  }
  command
    .command("list")
    .description(`list each registered ${kind} that has a local ${noun}`)
    .addOption(stackOption())
    .action(({ stack }: AddOptions) => {
      const known = [...readRegistered(stack)[kind]];
      if (known.length === 0) print(`No ${kind} is recorded for stack ${stack}.`);
      for (const [name, path] of known) print(`${name}  ${path}${noteOf(kind, path)}`);
    });
  command
    .command("remove")
    .description(`remove a registered ${kind} from the record; its ${noun} is not deleted`)
    .argument("<reference>", reference)
    .addOption(stackOption())
    .action((typed: string, { stack }: AddOptions) => remove(kind, typed, stack));
  return command;
}

async function addModel(typed: string, path: string | undefined, options: AddOptions) {
  if ((path === undefined) === (options.azure !== true)) {
    throw new UserError(
      "Either name the model's file or folder, or give --azure to fetch it from the workspace.",
    );
  }
  if (path !== undefined) return keep("model", typed, path, options);
  const { fetchModel } = await import("./fetch");
  return keep("model", typed, await fetchModel(options.stack, typed), options);
}

async function keep(kind: RegisteredKind, typed: string, path: string, { stack }: AddOptions) {
  const reference = referenceOf(typed, kind);
  const absolute = resolve(path);
  if (kind === "environment") checkCondaFile(path);
  else await checkFiles(kind, path);
  await change(stack, (assets) => withEntry(assets, kind, reference, absolute));
  print(`${kind} ${reference}: ${absolute}${noteOf(kind, absolute)}`);
}

async function remove(kind: RegisteredKind, typed: string, stack: string): Promise<void> {
  const reference = referenceOf(typed, kind);
  await change(stack, (assets) => {
    const known = [...assets[kind].keys()];
    if (known.some((one) => isSame(one, reference))) return withEntry(assets, kind, reference);
    const there = known.length === 0 ? "" : `; there are: ${known.join(", ")}`;
    throw new UserError(`No ${kind} "${reference}" is recorded for stack ${stack}${there}.`);
  });
  print(`${kind} ${reference}: removed from the record`);
}

function change(stack: string, to: (assets: RegisteredAssets) => RegisteredAssets): Promise<void> {
  return whileLocked(stack, () => writeRegistered(to(readRegistered(stack))));
}

/** The record with another path for a reference, or without it. */
function withEntry(
  assets: RegisteredAssets,
  kind: RegisteredKind,
  reference: string,
  path?: string,
): RegisteredAssets {
  const others = [...assets[kind]].filter(([known]) => !isSame(known, reference));
  const own = path === undefined ? [] : ([[reference, path]] as const);
  return { ...assets, [kind]: new Map([...others, ...own]) };
}

/** @throws UserError when the path has no files of a model, or no folder of code */
async function checkFiles(kind: "model" | "code", path: string): Promise<void> {
  const found = kind === "model" ? await modelFiles(path) : await codeFiles(path);
  if (typeof found === "string") throw new UserError(`${path} ${found}.`);
}

/** @throws UserError with everything in the conda file that is not understood */
function checkCondaFile(path: string): void {
  translateCondaFile(readUserFile(path, MOST_BYTES.text).toString(), path);
}

function noteOf(kind: RegisteredKind, path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return " (no longer there)";
  return kind === "model" && isMlflowModel(path) ? " (MLflow model)" : "";
}
