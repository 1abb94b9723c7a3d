import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { gatewayScrapingBody } from "../../../components/scoring/gatewayMetrics";

// Proves what the agent is told; that application routing's proxies have these metrics is an assumption.

describe("the metrics of the gateway", () => {
  const body = gatewayScrapingBody("flood");
  const text = (body.data as Record<string, string>)["prometheus-config"] ?? "";

  it("are told to the agent in the one object that it reads", () => {
    expect(body.metadata).toMatchObject({
      name: "ama-metrics-prometheus-config",
      namespace: "kube-system",
    });
  });

  it("are collected of the gateway's pods at the proxies' port, and only those that alerts read are kept", () => {
    expect(parse(text)).toEqual({
      scrape_configs: [
        {
          job_name: "scoring-gateway",
          scheme: "http",
          metrics_path: "/stats/prometheus",
          kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["flood-gateway"] } }],
          relabel_configs: [
            { target_label: "__tmp_port", replacement: "15020" },
            {
              source_labels: ["__meta_kubernetes_pod_ip", "__tmp_port"],
              separator: ":",
              target_label: "__address__",
            },
            { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
            { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
          ],
          metric_relabel_configs: [
            {
              source_labels: ["__name__"],
              action: "keep",
              regex: "istio_requests_total|istio_request_duration_milliseconds_(bucket|sum|count)",
            },
          ],
        },
      ],
    });
  });

  it("need no $, which the agent would expand", () => {
    expect(text).not.toContain("$");
  });
});
