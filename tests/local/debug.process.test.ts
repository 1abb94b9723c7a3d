import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectSupervisor, type SupervisorClient } from "../../local/endpoint";
import { CommandLine } from "../e2e/commandLine";
import { ENDPOINT_DIRECTORY } from "../stacks";
import { callEndpoint, until } from "./endpoint/support/router";

/** `up --debug` with a client of the Debug Adapter Protocol, as an editor is one. */

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The base protocol: a header with the length, then JSON (Debug Adapter Protocol, "Base protocol"). */
class Client {
  readonly seen: Message[] = [];
  private rest = Buffer.alloc(0);
  private sequence = 0;

  constructor(private readonly socket: Socket) {
    socket.on("data", (part: Buffer) => {
      this.rest = Buffer.concat([this.rest, part]);
      for (;;) {
        const [head = "", length] =
          /^Content-Length: (\d+)\r\n\r\n/.exec(this.rest.toString("latin1")) ?? [];
        const end = head.length + Number(length);
        if (length === undefined || this.rest.length < end) return;
        this.seen.push(JSON.parse(this.rest.subarray(head.length, end).toString()) as Message);
        this.rest = this.rest.subarray(end);
      }
    });
  }

  send(command: string, args: object = {}): void {
    this.sequence += 1;
    const text = JSON.stringify({ seq: this.sequence, type: "request", command, arguments: args });
    this.socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  async event(name: string): Promise<Message> {
    return this.find(({ type, event }) => type === "event" && event === name);
  }

  async response(to: string): Promise<Message> {
    return this.find(({ type, command }) => type === "response" && command === to);
  }

  private async find(wanted: (message: Message) => boolean): Promise<Message> {
    await until(
      () => this.seen.some(wanted),
      () => this.seen,
    );
    return this.seen.find(wanted)!;
  }
}

interface Attach {
  readonly connect: { readonly host: string; readonly port: number };
  readonly pathMappings: readonly { readonly localRoot: string; readonly remoteRoot: string }[];
}

describe("npm run local -- up --debug", () => {
  const cli = new CommandLine();
  const folder = mkdtempSync(join(tmpdir(), "debugged-"));
  const script = join(folder, "code", "score.py");
  let client: SupervisorClient;
  let attach: Attach;

  beforeAll(async () => {
    cpSync(ENDPOINT_DIRECTORY, folder, { recursive: true });
    const blue = readFileSync(join(folder, "blue.yml"), "utf8");
    // A limit that a person at a breakpoint would soon exceed.
    writeFileSync(join(folder, "blue.yml"), blue.replace("timeout_ms: 90000", "timeout_ms: 1000"));
    const up = await cli.beside(
      "local/cli.ts",
      "up",
      "--detach",
      "--debug",
      "blue",
      "--endpoint",
      folder,
    );
    if (up.status !== 0) throw new Error(up.stderr);
    const printed = /^\{[\s\S]*?^\}/m.exec(up.stdout)?.[0] ?? "";
    const { configurations } = JSON.parse(printed) as { configurations: [Attach] };
    [attach] = configurations;
    expect(up.stdout).toContain(
      `The debugger of blue listens at 127.0.0.1:${attach.connect.port}.`,
    );
    client = (await connectSupervisor(join(cli.state, "sandbox", "endpoint")))!;
  });
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true });
  });

  it("stops at a breakpoint in the user's script, past the time limit, and goes on", async () => {
    const socket = connect(attach.connect);
    const editor = new Client(socket);
    editor.send("initialize", { adapterID: "test", pathFormat: "path", linesStartAt1: true });
    await editor.response("initialize");
    editor.send("attach", attach);
    await editor.event("initialized");
    const line =
      readFileSync(script, "utf8")
        .split("\n")
        .findIndex((one) => one.includes("return [")) + 1;
    editor.send("setBreakpoints", { source: { path: script }, breakpoints: [{ line }] });
    const { body: set } = await editor.response("setBreakpoints");
    expect(set).toMatchObject({ breakpoints: [{ verified: true, line }] });
    editor.send("configurationDone");
    await editor.response("attach");

    const [{ port }, { primaryKey }] = [await client.status(), await client.keys()];
    const sentAt = Date.now();
    const answer = callEndpoint(port, primaryKey, {
      body: '{"data": [1]}',
      headers: { "content-type": "application/json", "azureml-model-deployment": "blue" },
    });
    const { body: stopped } = await editor.event("stopped");
    expect(stopped).toMatchObject({ reason: "breakpoint" });
    editor.send("stackTrace", { threadId: stopped?.["threadId"], levels: 1 });
    const { body: trace } = await editor.response("stackTrace");
    expect(trace).toMatchObject({ stackFrames: [{ name: "run", line, source: { path: script } }] });
    await until(() => Date.now() - sentAt > 1_500);
    // The comprehension of that line is a frame of its own, which would stop as well.
    editor.send("setBreakpoints", { source: { path: script }, breakpoints: [] });
    editor.send("continue", { threadId: stopped?.["threadId"] });
    expect(await answer).toMatchObject({ status: 200, body: "[2]" });
    const blue = (await client.status()).deployments.find(({ name }) => name === "blue");
    expect(blue?.instances).toMatchObject([{ restarts: 0 }]);
    socket.destroy();
  });

  it("debugs that deployment alone, and leaves no debugger behind", async () => {
    const { deployments } = await client.status();
    const logs = deployments.map(({ name, instances }) => [name, instances.length]);
    expect(logs).toEqual([
      ["blue", 1],
      ["green", 1],
    ]);
    cli.local("down");
    const refused = await new Promise((resolve) => {
      connect(attach.connect)
        .once("error", resolve)
        .once("connect", () => {
          resolve("connected");
        });
    });
    expect(refused).toMatchObject({ code: "ECONNREFUSED" });
  });
});
