import type { Sequence } from "./sequence";
import { BLUE, CREATED, ENDPOINT, GREEN, putDeployment, putEndpoint } from "./sequences/requests";

/** VM size of the fixture's instances: the one of Azure's own samples; the smaller ones may be too small to start. */
export const INSTANCE_TYPE = "Standard_DS3_v2";

/** Instances that exist at most at the same time: one of blue, and two of green while it is scaled. */
export const MOST_INSTANCES = 3;

/** The endpoint with `blue` and `green`, an instance each, that the sequences with traffic need. */
export const fixture: Sequence = {
  id: "fixture",
  title: "The endpoint with two deployments that other sequences work on",
  needsFixture: false,
  steps: [
    { name: "the endpoint", request: putEndpoint(ENDPOINT), expected: CREATED },
    {
      name: "the deployment blue",
      request: putDeployment(BLUE),
      expected: CREATED,
      proves: ["deployment-container-alone"],
    },
    {
      name: "the deployment green",
      request: putDeployment(GREEN),
      expected: CREATED,
      proves: ["deployment-container-alone"],
    },
  ],
};

/**
 * The environment of both deployments: a small web server that answers every path's root, so that nothing has to be built
 * or uploaded (Microsoft Learn, Deploy a container image with an online endpoint: inference_config).
 */
export const ENVIRONMENT = {
  name: "conformance",
  version: "1",
  body: {
    properties: {
      image: "mcr.microsoft.com/azuredocs/aci-helloworld:latest",
      osType: "Linux",
      inferenceConfig: {
        livenessRoute: { path: "/", port: 80 },
        readinessRoute: { path: "/", port: 80 },
        scoringRoute: { path: "/", port: 80 },
      },
    },
  },
};
