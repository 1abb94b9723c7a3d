import * as pulumi from "@pulumi/pulumi";
import type { OnlineEndpointDefinition, SandboxConfig } from "../config/types";

/**
 * The endpoint as it is declared now: while the sandbox is paused, without deployments and without traffic. Endpoint, keys,
 * assets and roles stay, and the YAML still says what is declared again afterwards.
 */
export async function endpointNow(
  { endpoint, pause }: SandboxConfig,
  stack: string,
): Promise<OnlineEndpointDefinition> {
  if (pause === undefined || endpoint.deployments.length === 0) return endpoint;
  const [why, advice] =
    pause.reason === "paused"
      ? ["mlscore:paused is true", "npm run sandbox -- resume brings them back"]
      : [`the day in mlscore:expires, ${pause.day}, is over`, "a later day brings them back"];
  const names = endpoint.deployments.map(({ name }) => name).join(", ");
  await pulumi.log.warn(
    `Pulumi.${stack}.yaml: ${why}: ${names} are not declared, and the endpoint answers nobody; ${advice}`,
  );
  return { ...endpoint, deployments: [], traffic: {}, mirrorTraffic: {} };
}
