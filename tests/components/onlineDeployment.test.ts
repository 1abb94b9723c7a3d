import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { onlineDeploymentProperties } from "../../components/onlineDeployment";
import { isoDuration, milliseconds } from "../../config/isoDuration";
import type { OnlineDeploymentDefinition } from "../../config/types";

const minimal: OnlineDeploymentDefinition = {
  file: "/blue.yml",
  name: "blue",
  tags: {},
  properties: {},
  environmentVariables: {},
  instanceType: "Standard_DS3_v2",
  instanceCount: 1,
  requestSettings: { requestTimeoutMs: 5000, maxConcurrentRequestsPerInstance: 1 },
  appInsightsEnabled: false,
};

describe("isoDuration", () => {
  it.each([
    [180_000, "PT3M"],
    [5000, "PT5S"],
    [600_000, "PT10M"],
    [90_000, "PT1M30S"],
    [1500, "PT1.5S"],
    [3_600_000, "PT1H"],
    [0, "PT0S"],
  ])("writes %d ms as %s", (milliseconds, text) => {
    expect(isoDuration(milliseconds)).toBe(text);
  });

  it("is read back as the same number of milliseconds", () => {
    fc.assert(
      fc.property(fc.nat(200_000_000), (value) => {
        expect(milliseconds(isoDuration(value), -1)).toBe(value);
      }),
    );
  });
});

describe("onlineDeploymentProperties", () => {
  it("says nothing of what the YAML does not say", () => {
    expect(onlineDeploymentProperties(minimal, {})).toEqual({
      endpointComputeType: "Managed",
      instanceType: "Standard_DS3_v2",
      scaleSettings: { scaleType: "Default" },
      appInsightsEnabled: false,
      environmentVariables: {},
      properties: {},
      requestSettings: { requestTimeout: "PT5S", maxConcurrentRequestsPerInstance: 1 },
    });
  });

  it("passes every optional setting on in ARM's shape", () => {
    const properties = onlineDeploymentProperties(
      {
        ...minimal,
        description: "canary",
        modelMountPath: "/models",
        egressPublicNetworkAccess: "Disabled",
        requestSettings: { ...minimal.requestSettings, maxQueueWaitMs: 500 },
        livenessProbe: { initialDelaySeconds: 600, timeoutSeconds: 2, successThreshold: 1 },
        readinessProbe: { periodSeconds: 10, failureThreshold: 30 },
        startupProbe: { initialDelaySeconds: 1 },
        dataCollector: {
          collections: {
            model_inputs: { enabled: true, samplingRate: 0.5, clientId: "c", dataId: "d" },
            model_outputs: { enabled: false },
          },
          rollingRate: "Hour",
          captureHeaders: ["x-request-id"],
        },
      },
      { model: "/m", environmentId: "/e", codeId: "/unused" },
    );
    expect(properties).toMatchObject({
      description: "canary",
      modelMountPath: "/models",
      egressPublicNetworkAccess: "Disabled",
      model: "/m",
      environmentId: "/e",
      requestSettings: { maxQueueWait: "PT0.5S" },
      livenessProbe: { initialDelay: "PT10M", timeout: "PT2S", successThreshold: 1 },
      readinessProbe: { period: "PT10S", failureThreshold: 30 },
      startupProbe: { initialDelay: "PT1S" },
      dataCollector: {
        collections: {
          model_inputs: {
            dataCollectionMode: "Enabled",
            samplingRate: 0.5,
            clientId: "c",
            dataId: "d",
          },
          model_outputs: { dataCollectionMode: "Disabled" },
        },
        rollingRate: "Hour",
        requestLogging: { captureHeaders: ["x-request-id"] },
      },
    });
    expect(properties).not.toHaveProperty("codeConfiguration");
  });
});
