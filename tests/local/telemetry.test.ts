import { describe, expect, it } from "@jest/globals";
import { telemetryArgument, telemetryFile, withTelemetry } from "../../local/telemetry";
import { deployment } from "./endpoint/support/endpoint";

const blue = deployment("blue", {
  environmentVariables: { TELEMETRY: "none", OTEL_SERVICE_NAME: "theirs", OTHER: "kept" },
});
const OFTEN = {
  OTEL_SERVICE_NAME: "blue",
  OTEL_TRACES_SAMPLER_ARG: "1",
  OTEL_METRIC_EXPORT_INTERVAL: "5000",
  OTEL_BSP_SCHEDULE_DELAY: "1000",
  OTHER: "kept",
};

describe("a deployment with telemetry", () => {
  it("writes to a file of the stack's state", () => {
    expect(telemetryFile("sandbox")).toMatch(/\/sandbox\/endpoint\/telemetry\.jsonl$/);
    expect(withTelemetry(blue, "file", "sandbox").environmentVariables).toEqual({
      ...OFTEN,
      TELEMETRY: "file",
      TELEMETRY_FILE: telemetryFile("sandbox"),
    });
  });

  it.each([
    ["otlp", 4318],
    ["otlp:4999", 4999],
  ])("sends by %s to a collector on this machine", (where, port) => {
    expect(withTelemetry(blue, where, "sandbox").environmentVariables).toEqual({
      ...OFTEN,
      TELEMETRY: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    });
  });

  it("is another revision than without, and for each place, so that `up` replaces it", () => {
    const revisions = ["file", "otlp", "otlp:4999"].map(
      (where) => withTelemetry(blue, where, "sandbox").revision,
    );
    expect(new Set([blue.revision, ...revisions]).size).toBe(4);
  });
});

describe("--telemetry", () => {
  it.each(["file", "otlp", "otlp:1", "otlp:65535"])("takes %s", (text) => {
    expect(telemetryArgument(text)).toBe(text);
  });

  it.each([
    "",
    "none",
    "azure_monitor",
    "otlp:",
    "otlp:0",
    "otlp:65536",
    "otlp:example.org",
    "file:1",
  ])("refuses %j", (text) => {
    expect(() => telemetryArgument(text)).toThrow("It must be file, otlp or otlp:PORT.");
  });
});
