import { parseAddress } from "../config/production/ranges";
import { ofType, type Declared } from "./declared";
import type { Finding } from "./finding";

/** Addresses that a host name has here; none where it has no address yet. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Whether code and models can be uploaded from this machine: a storage account without public access is reached by its
 * private endpoint alone, so its name has to resolve to a private address here.
 */
export async function uploadPlace(declared: Declared, resolve: Resolve): Promise<Finding[]> {
  if (declared.target !== "sandbox") return [];
  const closed = ofType(declared, "Microsoft.Storage/storageAccounts").filter(
    ({ inputs }) => inputs["publicNetworkAccess"] === "Disabled",
  );
  const findings = await Promise.all(
    closed.map(async ({ name }): Promise<Finding[]> => {
      const host = `${name}.blob.core.windows.net`;
      const addresses = await resolve(host);
      const missing = problem(host, addresses);
      if (missing === undefined) return [];
      return [
        {
          check: "upload-place",
          // Before the first update there is no such name anywhere.
          kind: addresses.length === 0 ? "note" : "shortage",
          key: ["mlscore:network", "level"],
          missing,
          who: "you: run the update on a machine in the network, such as a self-hosted runner (docs/network.md)",
          command: `nslookup ${host}`,
        },
      ];
    }),
  );
  return findings.flat();
}

function problem(host: string, addresses: readonly string[]): string | undefined {
  if (addresses.length === 0) {
    return `whether this machine can upload could not be checked: ${host} has no address yet, and takes no request from the internet`;
  }
  const outside = addresses.filter((address) => "problem" in parseAddress(address));
  if (outside.length === 0) return undefined;
  return `this machine cannot upload code and models: ${host} takes no request from the internet, and resolves to ${outside.join(", ")} here`;
}
