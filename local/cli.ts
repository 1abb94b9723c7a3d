import { rm } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../errors";
import { durationSeconds } from "./argumentTypes";
import { ask } from "./endpointClient";
import { endpointFolder, sampleRequest } from "./endpointFolder";
import { runCommand } from "../command";
import { captureCommand } from "./capture/captureCommand";
import { replayCommand } from "./capture/replayCommand";
import { connectSupervisor, endEverything, type SupervisorClient } from "./endpoint";
import { followLogs } from "./followLogs";
import { faultCommand } from "./faultCommand";
import { loadCommand } from "./load/command";
import { tailOfFormerLog, tailOfLogs } from "./logs";
import { registeredCommand } from "./registered/command";
import { statusText } from "./statusText";
import {
  assetDirectory,
  endpointDirectory,
  readState,
  rolloutRecord,
  stateFile,
  whileLocked,
} from "./state";
import { telemetryArgument } from "./telemetry";
import { tokenCommand } from "./tokenCommand";
import type { UpOptions } from "./up";
import { print, printAnswer, printError, printKey } from "../output";
import { shownPath } from "../projectDirectory";

interface LogOptions {
  readonly stack: string;
  readonly follow?: boolean;
  /** Milliseconds. */
  readonly since?: number;
}

const stackOption = () =>
  new Option("--stack <name>", "stack, as in Pulumi.<name>.yaml").default("sandbox");

const program = new Command("npm run local --")
  .description("Runs a stack's online endpoint on this machine, with no cloud.")
  .showHelpAfterError("(--help lists commands and options)");

program
  .command("up")
  .description("evaluate the stack and start its endpoint, or update the running one")
  .addOption(stackOption())
  .option(
    "--endpoint <dir>",
    "folder with Azure ML endpoint and deployment YAML, instead of the stack's own",
  )
  .option("--all", "also start deployments without live or mirrored traffic")
  .option("--detach", "return when the endpoint is ready, and leave it running")
  .addOption(
    new Option("--watch", "bring up what is saved, beside what runs, until Ctrl-C").conflicts(
      "detach",
    ),
  )
  .addOption(
    new Option(
      "--debug <deployment>",
      "run this deployment under a debugger, without time limits",
    ).conflicts("watch"),
  )
  .option(
    "--telemetry <where>",
    "write metrics and traces: file, or otlp[:PORT] for a collector on this machine",
    telemetryArgument,
  )
  .option(
    "--port <number>",
    "port of the scoring URI on 127.0.0.1 (default: the last one, or a free one)",
    port,
  )
  .action(async (options: UpOptions) => {
    // Loaded by the one command that evaluates: Pulumi's SDK takes longer to load than the others take.
    const { up } = await import("./up");
    await up(options);
  });

program
  .command("status")
  .description("show deployments, instances, traffic and request counters")
  .addOption(stackOption())
  .option("--json", "print the status as JSON")
  .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
    const status = await (await running(stack)).status();
    print(json === true ? JSON.stringify(status, null, 2) : statusText(status));
  });

program
  .command("page")
  .description("print a link, which works once, to the endpoint's status page")
  .addOption(stackOption())
  .action(async ({ stack }: { stack: string }) => {
    printKey(await (await running(stack)).statusLink());
  });

program
  .command("invoke")
  .description("send a request to the running endpoint and print the response")
  .addOption(stackOption())
  .option(
    "--request <file>",
    "JSON file with the request body (default: sample-request.json beside the endpoint's YAML)",
  )
  .option("--endpoint <dir>", "folder with the endpoint's YAML, if it was named to up as well")
  .option("--deployment <name>", "send it to this deployment, regardless of traffic")
  .action(invoke);

program
  .command("logs")
  .description("print the last lines of each instance's log")
  .addOption(stackOption())
  .argument("[deployment]", "show only this deployment")
  .option(
    "--since <duration>",
    "all lines of the last 30s, 10m or 2h, instead of the last ones",
    ago,
  )
  .option("-f, --follow", "also print new lines as they come, until the endpoint ends or Ctrl-C")
  .action(async (deployment: string | undefined, { stack, follow, since: span }: LogOptions) => {
    const since = span === undefined ? undefined : Date.now() - span;
    const client = await connectSupervisor(endpointDirectory(stack));
    const status = await client?.status();
    const runs = status?.deployments.some(({ name }) => name === deployment) ?? false;
    if (deployment !== undefined && !runs) {
      const former = tailOfFormerLog(endpointDirectory(stack), deployment, since);
      if (former !== undefined) {
        print(former);
        return;
      }
    }
    if (status === undefined) throw notRunning(stack);
    const { resources } = readState(stack);
    const declared = resources
      .filter(({ type }) => type.endsWith(":OnlineDeployment"))
      .map(({ inputs }) => String(inputs["deploymentName"]));
    const lines = tailOfLogs(status, deployment, declared, since);
    if (follow === true && client !== undefined) await followLogs(client, deployment, since);
    else print(lines);
  });

program.addCommand(loadCommand(stackOption, running));
program.addCommand(captureCommand(stackOption, running));
program.addCommand(replayCommand(stackOption, running));
program.addCommand(faultCommand(stackOption, running));
program.addCommand(tokenCommand(stackOption, running));
program.addCommand(registeredCommand("model", stackOption));
program.addCommand(registeredCommand("environment", stackOption));
program.addCommand(registeredCommand("code", stackOption));

program
  .command("arm")
  .description("serve the endpoint's ARM API over HTTPS on 127.0.0.1, for Azure's own clients")
  .addOption(stackOption())
  .action(async ({ stack }: { stack: string }) => {
    const { serveArm } = await import("./arm/serve");
    await serveArm(stack, await running(stack));
  });

program
  .command("down")
  .description("stop the endpoint and delete the stack's local state")
  .addOption(stackOption())
  .action(async ({ stack }: { stack: string }) => {
    const stopped = await endEverything(endpointDirectory(stack));
    // The lock lies in the folder, so its content goes under the lock and the folder itself stays.
    await whileLocked(stack, async () => {
      for (const path of [
        stateFile(stack),
        rolloutRecord(stack),
        assetDirectory(stack),
        endpointDirectory(stack),
      ]) {
        await rm(path, { recursive: true, force: true });
      }
    });
    print(stopped ? "Stopped." : `Nothing of stack ${stack} was running.`);
  });

async function invoke(options: {
  readonly stack: string;
  readonly request?: string;
  readonly endpoint?: string;
  readonly deployment?: string;
}): Promise<void> {
  const client = await running(options.stack);
  const request = options.request ?? (await ownSample(options.stack, options.endpoint));
  const answer = await ask(client, request, options.deployment);
  printAnswer(answer.body);
  printError(
    `HTTP ${answer.status}${answer.deployment === undefined ? "" : ` from ${answer.deployment}`}`,
  );
  if (answer.status >= 400) process.exitCode = 1;
}

/** @throws UserError when there is none beside the YAML */
async function ownSample(stack: string, endpoint: string | undefined): Promise<string> {
  const { readStackSettings } = await import("../graph/settings");
  const folder = endpointFolder(readStackSettings(stack, endpoint));
  const sample = sampleRequest(folder);
  if (sample !== undefined) return sample;
  throw new UserError(
    `${shownPath(folder)} has no sample-request.json; name a file with --request, or with --endpoint the folder that was named to up`,
  );
}

async function running(stack: string): Promise<SupervisorClient> {
  const client = await connectSupervisor(endpointDirectory(stack));
  if (client !== undefined) return client;
  throw notRunning(stack);
}

function notRunning(stack: string): UserError {
  return new UserError(
    `No endpoint of stack ${stack} runs on this machine. Start it with: npm run local -- up --detach`,
  );
}

function ago(text: string): number {
  if (/^\d{1,6}[smh]$/.test(text)) return durationSeconds(text) * 1000;
  throw new InvalidArgumentError("It must be a time such as 30s, 10m or 2h.");
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65535) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 65535.");
}

void runCommand(program);
