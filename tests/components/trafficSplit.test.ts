import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { commandByHand, type TrafficInputs } from "../../components/trafficProvider";
import { dynamicProvider } from "../../components/dynamicProvider";

const TRAFFIC_PROVIDER = dynamicProvider("trafficProvider");
const inputs: TrafficInputs = {
  subscriptionId: "sub",
  resourceGroupName: "rg",
  workspaceName: "ws",
  endpointName: "flood",
  traffic: { blue: 90, green: 10 },
  mirrorTraffic: {},
};

/** What `create` answers in a process that knows nothing but the text and the project's folder. */
function createFrom(text: string): string {
  const call = `exports.handler().create(${JSON.stringify(inputs)}).catch((error) => console.log(error.message))`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", `${text}\n${call}`], {
    cwd: join(__dirname, "..", ".."),
    encoding: "utf8",
  });
  return stdout + stderr;
}

describe("the traffic's provider", () => {
  it("is found from the text that the engine gets, and says how to set the traffic by hand", () => {
    expect(createFrom(TRAFFIC_PROVIDER)).toBe(
      "Endpoint and deployments are up, but this version does not write their traffic yet. Set it with: " +
        "az ml online-endpoint update --subscription sub --resource-group rg --workspace-name ws --name flood " +
        '--traffic "blue=90 green=10"\n',
    );
  });

  it("never changes its text, which would replace every split that was made with another", () => {
    expect(TRAFFIC_PROVIDER).toBe(
      'exports.handler = () =>\n  require("tsx/cjs/api").require("./components/trafficProvider.ts", process.cwd() + "/index.ts").provider;',
    );
  });

  it("names mirrored traffic only where there is some", () => {
    expect(commandByHand(inputs)).not.toContain("mirror");
    expect(commandByHand({ ...inputs, mirrorTraffic: { green: 10 } })).toMatch(
      /--traffic "blue=90 green=10" --mirror-traffic "green=10"$/,
    );
  });
});
