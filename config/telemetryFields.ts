import { z } from "zod";
import { oneOf } from "./fields";

const EXPORTERS = ["none", "azure_monitor"] as const;

/** Where deployments send metrics and traces; the words are those of the scoring code's `TELEMETRY`. */
export type Telemetry = (typeof EXPORTERS)[number];

/** `mlscore:telemetry` of a sandbox. */
export const telemetry = oneOf(EXPORTERS).default("none");

/** `mlscore:telemetry` of production, which has no component to send to. */
export const noTelemetry = z
  .unknown()
  .refine(() => false, {
    message:
      "is {value}, and is a setting of sandboxes: production has no Application Insights to send to; remove it",
  })
  .optional();
