import type { Alert } from "../../components/alerts/alert";
import { certificateAlerts } from "../../components/alerts/certificateAlerts";
import { endpointAlerts } from "../../components/alerts/endpointAlerts";
import { nodeAlerts } from "../../components/alerts/nodeAlerts";
import { podAlerts } from "../../components/alerts/podAlerts";
import { requestAlerts } from "../../components/alerts/requestAlerts";

/** The objectives that the tests' alerts are about: 0.5 % may fail, 1 % may be slow. */
export const OBJECTIVES = { goodPercent: 99.5, latencyMs: 1000, fastPercent: 99, periodDays: 30 };

const WATCHED = { endpointName: "flood", objectives: OBJECTIVES };

export const ALERTS: readonly Alert[] = [
  ...requestAlerts(WATCHED, "flood-gateway"),
  ...podAlerts({ namespace: "flood", gatewayNamespace: "flood-gateway" }),
  ...nodeAlerts(),
  ...endpointAlerts(WATCHED),
  ...certificateAlerts(),
];
