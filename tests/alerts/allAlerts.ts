import type { Alert } from "../../components/alerts/alert";
import { certificateAlerts } from "../../components/alerts/certificateAlerts";
import { endpointAlerts } from "../../components/alerts/endpointAlerts";
import { featureAlerts } from "../../components/alerts/featureAlerts";
import { nodeAlerts } from "../../components/alerts/nodeAlerts";
import { podAlerts } from "../../components/alerts/podAlerts";
import { requestAlerts } from "../../components/alerts/requestAlerts";

/** The objectives that the tests' alerts are about: 0.5 % may fail, 1 % may be slow, features may be 36 hours old. */
export const OBJECTIVES = {
  goodPercent: 99.5,
  latencyMs: 1000,
  fastPercent: 99,
  periodDays: 30,
  featureAgeHours: 36,
};

const WATCHED = { endpointName: "flood", objectives: OBJECTIVES };

export const ALERTS: readonly Alert[] = [
  ...requestAlerts(WATCHED, "flood-gateway"),
  ...podAlerts({ namespace: "flood", gatewayNamespace: "flood-gateway" }),
  ...nodeAlerts(),
  ...endpointAlerts(WATCHED),
  ...featureAlerts(WATCHED),
  ...certificateAlerts(),
];
