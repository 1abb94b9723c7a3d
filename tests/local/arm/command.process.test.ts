import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startLiveStack, type LiveStack } from "./liveStack";
import { VERSION } from "../../armHarness";

/** `npm run local -- arm`, as its own process beside an endpoint that runs. */

const PROJECT = join(__dirname, "..", "..", "..");

let stack: LiveStack;
beforeAll(async () => {
  stack = await startLiveStack();
});
afterAll(() => stack.close());

const servers = () => readdirSync(stack.directory).filter((name) => name.startsWith("arm-"));

/** Starts the command and waits for what it says at last, or for its end. */
async function arm(last: string, state = process.env["MLSCORE_STATE"]) {
  const command = spawn(process.execPath, ["--import", "tsx", "local/cli.ts", "arm"], {
    cwd: PROJECT,
    // Jest's own environment is not what a child would get.
    env: { ...process.env, MLSCORE_STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  command.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(command, "close") as Promise<[number]>;
  for await (const chunk of command.stdout) {
    output += String(chunk);
    if (output.includes(last)) break;
  }
  return {
    command,
    output,
    exit: async () => ({ code: (await ended)[0], errors }),
  };
}

/** What a shell would have after the lines that the command tells people to type. */
function exported(output: string): Record<string, string> {
  const lines = [...output.matchAll(/^ {2}export (\w+)=(?:'(.*)'|"\$\(cat '(.*)'\)")$/gm)];
  return Object.fromEntries(
    lines.map(([, name = "", text, file]) => [name, text ?? readFileSync(file ?? "", "utf8")]),
  );
}

function get(url: string, ca: string, headers: Record<string, string>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request(url, { ca: readFileSync(ca), headers, agent: false }, (res) => {
      let text = "";
      res.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      res.on("end", () => {
        resolve(JSON.parse(text));
      });
    })
      .on("error", reject)
      .end();
  });
}

describe("npm run local -- arm", () => {
  it("serves the ARM API until Ctrl-C, tells nothing secret, and leaves nothing", async () => {
    const { command, output, exit } = await arm("Running until Ctrl-C.");
    const environment = exported(output);
    expect(Object.keys(environment)).toEqual([
      "ARM_CLOUD_METADATA_URL",
      "REQUESTS_CA_BUNDLE",
      "SSL_CERT_FILE",
      "NODE_EXTRA_CA_CERTS",
      "AZURE_CONFIG_DIR",
      "IDENTITY_ENDPOINT",
      "IDENTITY_HEADER",
    ]);
    expect(output).toContain(`Endpoint       ${stack.endpointId}\n`);
    const token = environment["IDENTITY_HEADER"] ?? "";
    expect(token).toMatch(/^[\w.-]{40,}$/);
    const { primaryKey, secondaryKey } = stack.running.supervisor.keys();
    for (const secret of [token, primaryKey, secondaryKey]) expect(output).not.toContain(secret);

    const ca = environment["REQUESTS_CA_BUNDLE"] ?? "";
    const identity = `${environment["IDENTITY_ENDPOINT"] ?? ""}?api-version=2019-08-01&resource=arm`;
    const { access_token } = (await get(identity, ca, { "x-identity-header": token })) as {
      access_token: string;
    };
    const { origin } = new URL(identity);
    const endpoint = await get(`${origin}${stack.endpointId}?${VERSION}`, ca, {
      authorization: `Bearer ${access_token}`,
    });
    expect(endpoint).toMatchObject({ properties: { traffic: { blue: 90, green: 10 } } });

    expect(servers()).toHaveLength(1);
    // As npm passes it on: more than once.
    command.kill("SIGINT");
    command.kill("SIGINT");
    expect(await exit()).toEqual({ code: 0, errors: "" });
    expect(servers()).toEqual([]);
    expect(existsSync(ca)).toBe(false);
  });

  it("needs an endpoint that runs", async () => {
    const { exit, output } = await arm("never", join(stack.directory, "elsewhere"));
    expect({ ...(await exit()), output }).toEqual({
      code: 1,
      errors:
        "No endpoint of stack sandbox runs on this machine. Start it with: npm run local -- up --detach\n",
      output: "",
    });
  });
});
