import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { startArmServer, type ArmServer } from "../../emulator/arm/server";
import { storeBackend } from "../../emulator/arm/storeBackend";
import type { AzureStore } from "../../emulator/azure/azureStore";
import { connect, type Arm } from "../../traffic/arm";
import { SUBSCRIPTION } from "../stacks";

/** The emulator's ARM API over HTTPS, and endpoints that azure-ai-ml makes there. */

export const WORKSPACE = { name: "mlw-team", resourceGroup: "rg-ml" };

export function serveArm(store: AzureStore, directory: string): Promise<ArmServer> {
  return startArmServer({
    backend: storeBackend(store),
    directory,
    subscriptionId: SUBSCRIPTION,
    // Without it, azure-ai-ml looks every half a minute.
    retryAfterSeconds: 1,
    scoringToken: () => Promise.reject(new Error("nothing is invoked")),
  });
}

/** A client over HTTPS that trusts the API's own authority. */
export function overHttps({ url, authorityPath, tokenPath }: ArmServer): Arm {
  const ca = readFileSync(authorityPath, "utf8");
  const token = readFileSync(tokenPath, "utf8");
  const http = createDefaultHttpClient();
  return connect({
    url,
    credential: {
      getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 86_400_000 }),
    },
    httpClient: {
      sendRequest: (request) => {
        request.tlsSettings = { ca };
        return http.sendRequest(request);
      },
    },
    retryDelayMs: 1,
  });
}

/** @returns the names of the endpoints */
export async function createdByAzureAiMl(
  python: string,
  { url, authorityPath, tokenPath }: ArmServer,
  home: string,
): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    python,
    [
      join(__dirname, "azure_ai_ml_endpoints.py"),
      ...[SUBSCRIPTION, WORKSPACE.resourceGroup, WORKSPACE.name],
    ],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        ARM_CLOUD_METADATA_URL: `${url}/metadata/endpoints?api-version=2019-05-01`,
        REQUESTS_CA_BUNDLE: authorityPath,
        IDENTITY_ENDPOINT: `${url}/identity`,
        IDENTITY_HEADER: readFileSync(tokenPath, "utf8"),
      },
    },
  );
  return JSON.parse(stdout.trim().split("\n").at(-1)?.replace(/^\.+/, "") ?? "") as string[];
}
