import { describe, expect, it } from "@jest/globals";
import { skipLoudly } from "../cluster/cluster";
import { ALERTS } from "./allAlerts";
import { FAULTS } from "./faults";
import { MINUTES_OF_A_DAY, ORDINARY_DAY } from "./ordinaryDay";
import { testRules, whyNoPromtool } from "./promtool";

/**
 * The cluster's rules in Prometheus' own test of rules. Not proved: that managed Prometheus evaluates them alike, and that
 * the cluster has the metrics.
 */

const PROMETHEUS = ALERTS.filter(({ prometheus }) => prometheus !== undefined);

/** Kept by managed Prometheus by default (Azure Monitor, "Default Prometheus metrics configuration"), of what is read here. */
const KEPT = new Set(
  `container_cpu_usage_seconds_total container_memory_working_set_bytes kube_daemonset_status_desired_number_scheduled
  kube_daemonset_status_number_ready kube_deployment_spec_replicas kube_deployment_status_replicas_ready
  kube_deployment_status_replicas_updated kube_horizontalpodautoscaler_spec_max_replicas
  kube_horizontalpodautoscaler_status_current_replicas kube_horizontalpodautoscaler_status_desired_replicas kube_job_failed
  kube_node_spec_taint kube_node_status_allocatable kube_node_status_condition kube_pod_container_resource_limits
  kube_pod_container_resource_requests kube_pod_container_status_last_terminated_reason
  kube_pod_container_status_restarts_total kube_pod_container_status_waiting_reason kube_pod_status_phase kube_resourcequota
  kube_statefulset_status_replicas kube_statefulset_status_replicas_ready kubelet_pod_worker_duration_seconds_bucket
  kubelet_volume_stats_capacity_bytes kubelet_volume_stats_used_bytes node_cpu_seconds_total node_filesystem_avail_bytes
  node_filesystem_size_bytes node_memory_MemAvailable_bytes node_memory_MemTotal_bytes rest_client_requests_total`.split(
    /\s+/,
  ),
);
/** Collected because the stack says so (components/scoring/gatewayMetrics.ts). */
const OWN = /^istio_(?:requests_total|request_duration_milliseconds_(?:bucket|count|sum))$/;

describe("the cluster's alerts", () => {
  it("read metrics that are collected, and no other", () => {
    const read = PROMETHEUS.flatMap(({ prometheus }) =>
      [
        ...(prometheus?.expression ?? "").matchAll(
          /\b(?:container|kube|kubelet|node|rest|istio)_\w+/g,
        ),
      ].map(([metric]) => metric),
    );
    expect(read.length).toBeGreaterThan(50);
    expect(read.filter((metric) => !KEPT.has(metric) && !OWN.test(metric))).toEqual([]);
    expect([...KEPT].filter((metric) => !read.includes(metric))).toEqual([]);
  });

  it("each have a fault that makes them fire", () => {
    expect(FAULTS.map(({ name }) => name).sort()).toEqual(
      PROMETHEUS.map(({ name }) => name).sort(),
    );
  });
});

const skipped = skipLoudly("tests/alerts, Prometheus rules", whyNoPromtool());

(skipped ? describe.skip : describe)("the rules in Prometheus", () => {
  it("fire at their fault, and no other with them than what follows from it", () => {
    expect(testRules(FAULTS)).toEqual({ ok: true, output: expect.stringContaining("SUCCESS") });
  });

  it("are silent over an ordinary day", () => {
    const day = { name: "day", series: ORDINARY_DAY, at: MINUTES_OF_A_DAY - 1, firing: [] };
    expect(testRules([{ ...day, since: "the beginning" }])).toEqual({
      ok: true,
      output: expect.stringContaining("SUCCESS"),
    });
  });

  it("are told apart from those that do not fire", () => {
    const [first] = FAULTS;
    expect(testRules([{ ...first!, firing: [] }]).ok).toBe(false);
    expect(testRules([{ ...first!, firing: ["NodeNotReady"] }]).ok).toBe(false);
  });
});
