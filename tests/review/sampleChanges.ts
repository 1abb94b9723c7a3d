import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Evaluated } from "../../review/compare";
import type { Review } from "../../review/model";
import { ENDPOINT_DIRECTORY, PRODUCTION } from "../stacks";
import { production, reviewed, reviewOf, sandbox, withInputs, withResource } from "./graphs";

const folders: string[] = [];

/** The fixture's endpoint as the policy pack wants it, and with a change. */
function endpointFolder(file = "endpoint.yml", change = (yaml: string) => yaml): string {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-review-endpoint-"));
  folders.push(folder);
  cpSync(ENDPOINT_DIRECTORY, folder, { recursive: true });
  const edit = (name: string, by: (yaml: string) => string) => {
    const path = join(folder, name);
    writeFileSync(path, by(readFileSync(path, "utf8")));
  };
  for (const name of ["blue.yml", "green.yml"]) {
    edit(name, (yaml) => yaml.replace(/inference:1$/m, `inference@sha256:${"1".repeat(64)}`));
  }
  edit("blue.yml", (yaml) => yaml.replace(/^ {2}UPSTREAM_API_KEY:.*\n/m, ""));
  edit(file, change);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

const NETWORK = { network: { isolationMode: "AllowInternetOutbound" } };

/** Evaluated once for all changes: nothing changes an evaluation. */
const bases: { production?: Promise<Evaluated>; sandbox?: Promise<Evaluated>; folder?: string } =
  {};

function productionBase(): Promise<Evaluated> {
  return (bases.production ??= production());
}

function sandboxBase(): Promise<Evaluated> {
  bases.folder ??= endpointFolder();
  return (bases.sandbox ??= sandbox({ ...NETWORK, endpointDirectory: bases.folder }));
}

async function ofProduction(change: (base: Evaluated) => Evaluated | Promise<Evaluated>) {
  const base = await productionBase();
  const other = await sandboxBase();
  return reviewOf(
    reviewed("production", base, await change(base)),
    reviewed("sandbox", other, other),
  );
}

async function ofSandbox(change: (base: Evaluated) => Evaluated | Promise<Evaluated>) {
  const base = await sandboxBase();
  const other = await productionBase();
  return reviewOf(
    reviewed("production", other, other),
    reviewed("sandbox", base, await change(base)),
  );
}

const { network } = PRODUCTION;

/** Ten changes as they come up in pull requests, each as the review gets it. */
export const SAMPLE_CHANGES: Readonly<Record<string, () => Promise<Review>>> = {
  "a public IP address slips in": () =>
    ofProduction((base) =>
      withResource(base, "network-outbound-address", "PublicIPAddress", (address) => [
        address,
        {
          ...withInputs(address, { publicIpAddressName: "pip-debug" }),
          name: "debug-address",
          urn: address.urn.replace(/[^:]+$/, "debug-address"),
          id: address.id?.replace(/[^/]+$/, "pip-debug"),
        },
      ]),
    ),
  "the cluster would be replaced": () =>
    ofProduction(() => production({ network: { ...network, podCidr: "10.248.0.0/16" } })),
  "a role is widened": () =>
    ofProduction((base) =>
      withResource(base, "scoring-identity-features-reader", "RoleAssignment", (grant) =>
        withInputs(grant, {
          roleDefinitionId: String(grant.inputs["roleDefinitionId"]).replace(
            /[^/]+$/,
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
          ),
          scope: String(grant.inputs["scope"]).replace(/\/blobServices\/.*$/, ""),
        }),
      ),
    ),
  "a secret stands in plain text": () =>
    ofSandbox(() =>
      sandbox({
        ...NETWORK,
        endpointDirectory: endpointFolder("blue.yml", (yaml) =>
          yaml
            .replace(/^environment_variables:\n/m, "$&  UPSTREAM_API_KEY: hunter2\n")
            .replace("per_instance: 3", "per_instance: 1"),
        ),
      }),
    ),
  "the traffic does not sum to 100": () =>
    ofSandbox(() =>
      sandbox({
        ...NETWORK,
        endpointDirectory: endpointFolder("endpoint.yml", (yaml) =>
          yaml.replace("green: 10", "green: 20"),
        ),
      }),
    ),
  "an image has no digest": () =>
    ofProduction(() => production({ image: { digest: "crflood.azurecr.io/gauge:latest" } })),
  "a policy exemption has expired": async () => {
    const folder = endpointFolder();
    const base = await sandbox({
      endpointDirectory: folder,
      policyExemptions: [
        {
          rule: "workspace-isolation",
          resource: "workspace",
          owner: "data science",
          reason: "the managed network is being set up",
          expires: "2026-06-01",
        },
      ],
    });
    const other = await productionBase();
    return reviewOf(reviewed("production", other, other), reviewed("sandbox", base, base));
  },
  "a subnet is deleted": async () => {
    const before = await production({
      network: { ...network, subnets: { ...network.subnets, build: "10.60.7.0/28" } },
    });
    const after = await productionBase();
    const other = await sandboxBase();
    return reviewOf(reviewed("production", before, after), reviewed("sandbox", other, other));
  },
  "a resource has another logical name": () =>
    ofProduction((base) =>
      withResource(base, "log-analytics", "Workspace", (workspace) => ({
        ...workspace,
        name: "logs",
        urn: workspace.urn.replace(/[^:]+$/, "logs"),
      })),
    ),
  "nothing changes": () => ofProduction((base) => base),
};
