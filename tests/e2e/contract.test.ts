import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { EndpointKeys } from "../../traffic/liveEndpoint";
import { connectSupervisor, type EndpointStatus } from "../../local/endpoint";
import { scoringPython } from "../python";
import { CommandLine } from "./commandLine";

/**
 * The scoring contract, the suite of scoring/tests/contract, against the sandbox's own endpoint behind its router.
 * Proves what callers see through the local endpoint; Azure's gateway may still differ.
 */

const SCORING = join(__dirname, "..", "..", "scoring");

describe("the endpoint of the sandbox stack", () => {
  const cli = new CommandLine();
  let status: EndpointStatus;
  let keys: EndpointKeys;

  beforeAll(async () => {
    const { status: exit, stdout, stderr } = cli.local("up", "--detach");
    if (exit !== 0) throw new Error(stderr);
    expect(stdout).toContain("sample-request.json → HTTP 200 from");
    const client = await connectSupervisor(join(cli.state, "sandbox", "endpoint"));
    if (client === undefined) throw new Error("no supervisor");
    status = await client.status();
    keys = await client.keys();
  });
  afterAll(() => {
    cli.remove();
  });

  it.each(["multi-model", "compact"])("keeps the scoring contract: %s", (deployment) => {
    const done = spawnSync(
      scoringPython(),
      ["-m", "pytest", "-q", "--no-cov", "-m", "not server", "tests/contract"],
      {
        cwd: SCORING,
        encoding: "utf8",
        env: {
          ...process.env,
          SCORING_URI: status.scoringUri,
          SCORING_KEY: keys.primaryKey,
          SCORING_DEPLOYMENT: deployment,
        },
      },
    );
    const summary = done.stdout.trim().split("\n").at(-1) ?? "";
    if (done.status !== 0) throw new Error(done.stdout);
    expect(summary).toMatch(/^\d{2,} passed/);
    expect(summary).not.toContain("skipped");
  });
});
