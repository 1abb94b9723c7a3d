import type * as k8s from "@pulumi/kubernetes/types/input";
import { commonLabels, gatewayNamespaceName } from "./labels";

/** Port and path of the metrics of Istio's proxies (Istio, "Prometheus", Option 1: metrics merging). */
export const PROXY_METRICS = { port: 15020, path: "/stats/prometheus" } as const;

/** What the alerts and dashboards read; everything else of the proxies is dropped, since each series costs money. */
const KEPT = "istio_requests_total|istio_request_duration_milliseconds_(bucket|sum|count)";

/**
 * Lets the cluster's agent of managed Prometheus collect what the gateway's proxies count: it reads further targets from this
 * one object in kube-system (Azure Monitor, "Create custom Prometheus scrape job from your Kubernetes cluster using
 * ConfigMap"; AKS, "Collect metrics for Istio service mesh add-on workloads in Azure Managed Prometheus").
 */
export function gatewayScrapingBody(endpointName: string): k8s.core.v1.ConfigMap {
  return {
    metadata: {
      name: "ama-metrics-prometheus-config",
      namespace: "kube-system",
      labels: commonLabels(endpointName),
    },
    data: { "prometheus-config": scrapeConfig(gatewayNamespaceName(endpointName)) },
  };
}

/** The port need not be declared on the container. Without `$`, which the agent would expand. */
function scrapeConfig(namespace: string): string {
  return `scrape_configs:
  - job_name: scoring-gateway
    scheme: http
    metrics_path: ${PROXY_METRICS.path}
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: [${namespace}]
    relabel_configs:
      - target_label: __tmp_port
        replacement: "${PROXY_METRICS.port}"
      - source_labels: [__meta_kubernetes_pod_ip, __tmp_port]
        separator: ":"
        target_label: __address__
      - source_labels: [__meta_kubernetes_namespace]
        target_label: namespace
      - source_labels: [__meta_kubernetes_pod_name]
        target_label: pod
    metric_relabel_configs:
      - source_labels: [__name__]
        action: keep
        regex: ${KEPT}
`;
}
