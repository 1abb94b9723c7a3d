/** Supervisors as processes: found again, only one at a time, and gone without a trace. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { UserError } from "../../../errors";
import {
  connectSupervisor,
  endEverything,
  spawnSupervisor,
  type SupervisorClient,
} from "../../../local/endpoint";
import { socketPathOf, statePaths } from "../../../local/endpoint/stateDirectory";
import { callEndpoint, until } from "./support/router";
import {
  CACHE_DIRECTORY,
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  expectNothingLeft,
  groupMembers,
  isAlive,
  isGroupStopped,
  processes,
  startEndpoint,
} from "./support/endpoint";

let folder: string;
const spawned: SupervisorClient[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "endpoint-test-"));
});
afterEach(async () => {
  for (const { pid } of spawned.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  await closeAndExpectNothingLeft();
  rmSync(folder, { recursive: true, force: true });
});

async function spawnOne(stateDirectory = folder, port?: number): Promise<SupervisorClient> {
  const options = { stateDirectory, cacheDirectory: CACHE_DIRECTORY };
  const client = await spawnSupervisor({ ...options, ...(port !== undefined && { port }) });
  spawned.push(client);
  return client;
}

const BLUE = endpoint([deployment("blue")], { blue: 100 });

async function score(client: SupervisorClient): Promise<number> {
  const [{ port }, { primaryKey }] = [await client.status(), await client.keys()];
  return (await callEndpoint(port, primaryKey, { body: "{}" })).status;
}

describe("a detached supervisor", () => {
  it("is applied to, asked and stopped from other processes, and leaves nothing", async () => {
    await spawnOne();
    const client = (await connectSupervisor(folder))!;
    const phases: string[] = [];
    await client.apply(BLUE, ({ phase }) => phases.push(phase));
    expect(phases.filter((phase) => phase !== "environment")).toEqual([
      "starting",
      "ready",
      "traffic",
    ]);
    expect(await score(client)).toBe(200);
    const status = await client.status();
    expect(status).toMatchObject({ name: "test-ep", pid: client.pid, traffic: { blue: 100 } });
    expect(statSync(join(folder, "control.sock")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await client.stop();
    expect(isAlive(client.pid)).toBe(false);
    expect(groupMembers(status.deployments[0]!.instances[0]!.pid!)).toEqual([]);
    expectNothingLeft(folder, status.port);
    expect(await connectSupervisor(folder)).toBeUndefined();
  });

  it("passes on a user's mistake as one", async () => {
    const client = await spawnOne();
    const broken = endpoint([deployment("blue", { scoringScript: "none.py" })], { blue: 100 });
    await expect(client.apply(broken, () => undefined)).rejects.toThrow(UserError);
    await expect(client.token()).rejects.toThrow("is called with a key, not with a token");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends everything on %s", async (signal) => {
    const client = await spawnOne();
    await client.apply(BLUE, () => undefined);
    const status = await client.status();
    const { pid } = status.deployments[0]!.instances[0]!;
    process.kill(client.pid, signal);
    await until(() => !isAlive(client.pid));
    expect(groupMembers(pid!)).toEqual([]);
    expectNothingLeft(folder, status.port);
  });

  it("ends at once on a second SIGINT, with a request under way", async () => {
    const client = await spawnOne();
    await client.apply(BLUE, () => undefined);
    const status = await client.status();
    const { primaryKey } = await client.keys();
    const slow = callEndpoint(status.port, primaryKey, { body: '{"sleep":9}' }).catch(() => "cut");
    await until(async () => (await client.status()).deployments[0]!.inFlight === 1);
    process.kill(client.pid, "SIGINT");
    // What comes at once is the same Ctrl-C, relayed by a parent.
    process.kill(client.pid, "SIGINT");
    // Pressed again and again: the first one that comes later than a relayed one ends it at once.
    await until(() => {
      if (isAlive(client.pid)) process.kill(client.pid, "SIGINT");
      return !isAlive(client.pid);
    });
    await expect(slow).resolves.toBe("cut");
    await until(() => groupMembers(status.deployments[0]!.instances[0]!.pid!).length === 0);
  });

  it("that is killed takes its instances along; its successor has the same port and keys", async () => {
    const client = await spawnOne();
    await client.apply(BLUE, () => undefined);
    const [status, keys] = [await client.status(), await client.keys()];
    process.kill(client.pid, "SIGKILL");
    await until(() => groupMembers(status.deployments[0]!.instances[0]!.pid!).length === 0);
    expect(await connectSupervisor(folder)).toBeUndefined();
    expectNothingLeft(folder, status.port);
    const next = await spawnOne();
    expect((await next.status()).port).toBe(status.port);
    expect(await next.keys()).toEqual(keys);
  });

  it("that is killed leaves a stopped instance, which the next one to look for it ends", async () => {
    const client = await spawnOne();
    await client.apply(BLUE, () => undefined);
    const status = await client.status();
    const { pid } = status.deployments[0]!.instances[0]!;
    // Stopped, it cannot notice that its supervisor has gone.
    process.kill(-pid!, "SIGSTOP");
    await until(() => isGroupStopped(pid!));
    process.kill(client.pid, "SIGKILL");
    await until(() => !isAlive(client.pid));
    expect(groupMembers(pid!)).not.toEqual([]);
    expect(await connectSupervisor(folder)).toBeUndefined();
    await until(() => groupMembers(pid!).length === 0);
    expectNothingLeft(folder, status.port);
  });

  it("that is killed while it installs leaves no pip, and nothing that looks like a complete environment", async () => {
    const cacheDirectory = join(folder, "cache");
    const client = await spawnSupervisor({ stateDirectory: folder, cacheDirectory });
    spawned.push(client);
    let installing = false;
    const apply = client.apply(BLUE, () => {
      installing = true;
    });
    apply.catch(() => undefined);
    const installers = () => processes().filter((line) => line.includes(cacheDirectory));
    // The supervisor itself has the folder in its command line, too.
    await until(() => installing && installers().length > 1);
    process.kill(client.pid, "SIGKILL");
    await expect(apply).rejects.toThrow();
    await until(() => installers().length === 0);
    const built = readdirSync(join(cacheDirectory, "environments"));
    const inUse = built.filter((name) =>
      existsSync(join(cacheDirectory, "environments", name, "ready")),
    );
    expect(inUse).toEqual([]);
  });
});

describe("a supervisor that is closed", () => {
  it("while it starts a deployment gives up, says so, and leaves nothing", async () => {
    const running = await startEndpoint({ folder });
    const hanging = deployment("blue", { scoringScript: "hangs_in_init.py" });
    const apply = running.apply(endpoint([hanging], { blue: 100 }));
    apply.catch(() => undefined);
    await until(() => running.events.some(({ phase }) => phase === "starting"));
    const logs = join(folder, "logs");
    await until(() =>
      readdirSync(logs).some((name) =>
        readFileSync(join(logs, name), "utf8").includes("in init()"),
      ),
    );
    const closed = closeAndExpectNothingLeft();
    await expect(apply).rejects.toThrow("the endpoint was stopped meanwhile");
    await closed;
  });
});

describe("two supervisors", () => {
  it("never share a state directory", async () => {
    await startEndpoint({ folder });
    await expect(startEndpoint({ folder })).rejects.toThrow(UserError);
    await expect(spawnOne()).rejects.toThrow(
      `an endpoint already runs with the state folder ${folder}`,
    );
  });

  it("never both start when they are started at once", async () => {
    const results = await Promise.allSettled([
      startEndpoint({ folder }),
      startEndpoint({ folder }),
      startEndpoint({ folder }),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a supervisor cannot start", () => {
  it("on a port that is in use, and says so", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    await expect(startEndpoint({ folder, port })).rejects.toThrow(`port ${port} is in use`);
    await expect(spawnOne(folder, port)).rejects.toThrow(`port ${port} is in use`);
    other.close();
  });

  it("where its state cannot be written", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const start of [
      startEndpoint({ folder: join(file, "state") }),
      spawnOne(join(file, "state")),
    ]) {
      await expect(start).rejects.toThrow(
        /the folder for the endpoint's state, .* cannot be written/,
      );
    }
  });
});

describe("ending everything", () => {
  it.each(["", "{", "[]", '{"port":"many"}', "null", undefined])(
    "finds an endpoint whose record is %p, by its socket",
    async (text) => {
      const client = await spawnOne();
      const { port } = await client.status();
      const record = join(folder, "supervisor.json");
      if (text === undefined) rmSync(record);
      else writeFileSync(record, text);
      expect(await endEverything(folder)).toBe(true);
      expect(isAlive(client.pid)).toBe(false);
      expectNothingLeft(folder, port);
      expect(await endEverything(folder)).toBe(false);
    },
  );

  it("finds an endpoint that has lost every file, by its processes", async () => {
    const client = await spawnOne();
    await client.apply(BLUE, () => undefined);
    const status = await client.status();
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    expect(await endEverything(folder)).toBe(true);
    expect(isAlive(client.pid)).toBe(false);
    expect(groupMembers(status.deployments[0]!.instances[0]!.pid!)).toEqual([]);
    expectNothingLeft(folder, status.port);
  });

  it("ends a supervisor that does not answer", async () => {
    const client = await spawnOne();
    const { port } = await client.status();
    process.kill(client.pid, "SIGSTOP");
    expect(await endEverything(folder)).toBe(true);
    await until(() => !isAlive(client.pid));
    expectNothingLeft(folder, port);
  });

  it("leaves an endpoint with another state directory alone", async () => {
    const client = await spawnOne(join(folder, "a"));
    expect(await endEverything(folder)).toBe(false);
    expect(await endEverything(join(folder, "a b"))).toBe(false);
    expect(isAlive(client.pid)).toBe(true);
    await client.stop();
  });
});

describe("a state directory", () => {
  it("may lie too deep for a socket", async () => {
    const deep = join(folder, "x".repeat(100), "y".repeat(100));
    mkdirSync(deep, { recursive: true });
    const running = await startEndpoint({ folder: deep });
    const socketPath = socketPathOf(statePaths(deep));
    expect(socketPath.length).toBeLessThan(104);
    expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700);
    expect((await connectSupervisor(deep))!.pid).toBe(process.pid);
    await running.supervisor.close();
    expect(() => statSync(dirname(socketPath))).toThrow("ENOENT");
  });

  it("of a dead supervisor does not make anybody else's process end", async () => {
    const innocent = process.pid;
    writeFileSync(join(folder, "processes.json"), JSON.stringify({ "some-token": innocent }));
    writeFileSync(join(folder, "supervisor.json"), JSON.stringify({ port: 1, pid: innocent }));
    expect(await connectSupervisor(folder)).toBeUndefined();
    expect(isAlive(innocent)).toBe(true);
  });
});
