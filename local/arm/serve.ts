import { dirname, join } from "node:path";
import type { SupervisorClient } from "../endpoint";
import { endpointDirectory, readState } from "../state";
import { liveBackend } from "./liveBackend";
import { endpointOf } from "../../emulator/arm/paths";
import { startArmServer, type ArmServer } from "../../emulator/arm/server";
import { print } from "../../output";

/** Serves the ARM API of a stack's running endpoint until Ctrl-C, and says how Azure's clients find it. */
export async function serveArm(stack: string, supervisor: SupervisorClient): Promise<void> {
  const endpointId = endpointIdOf(stack);
  const [, , subscriptionId = ""] = endpointId.split("/");
  const armServer = await startArmServer({
    backend: liveBackend(stack, supervisor),
    directory: endpointDirectory(stack),
    subscriptionId,
    scoringToken: async () => (await supervisor.token()).accessToken,
  });
  const stopped = new Promise<void>((resolve) => {
    // Not only once: npm passes on a Ctrl-C that this process has had already, which would interrupt the cleanup.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, resolve);
  });
  print(howToUse(armServer, endpointId));
  await stopped;
  await armServer.close();
}

/** Names files, never what is in them. */
function howToUse({ url, authorityPath, tokenPath }: ArmServer, endpointId: string): string {
  return `The ARM API of the local endpoint listens on ${url}
  Endpoint       ${endpointId}
  Certificate    ${authorityPath}
  Token          ${tokenPath} (readable by you only; deleted when this command ends)

In another shell, azure-ai-ml and Azure's SDKs for JavaScript and Python use it, with DefaultAzureCredential or
ManagedIdentityCredential, and so does the az CLI after az login --identity. Type there first:

  export ARM_CLOUD_METADATA_URL='${url}/metadata/endpoints?api-version=2019-05-01'
  export REQUESTS_CA_BUNDLE='${authorityPath}'
  export SSL_CERT_FILE='${authorityPath}'
  export NODE_EXTRA_CA_CERTS='${authorityPath}'
  export AZURE_CONFIG_DIR='${join(dirname(authorityPath), "az")}'
  export IDENTITY_ENDPOINT='${url}/identity'
  export IDENTITY_HEADER="$(cat '${tokenPath}')"

Running until Ctrl-C.`;
}

function endpointIdOf(stack: string): string {
  const { resources } = readState(stack);
  const found = resources.find(({ type }) => type.endsWith(":OnlineEndpoint"));
  return endpointOf(found?.id ?? "(nothing deployed yet)");
}
