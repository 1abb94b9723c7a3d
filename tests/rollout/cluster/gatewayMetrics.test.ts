import { describe, expect, it } from "@jest/globals";
import { gatewayMetrics, queriesOf } from "../../../rollout/cluster/gatewayMetrics";
import { prometheusMeter } from "../../../rollout/cluster/prometheusMeter";
import type { Marker } from "../../../rollout/meter";
import { markerSchema } from "../../../rollout/meter";
import { QueryFailure, type Series } from "../../../rollout/querySources";

const NOON = Date.parse("2026-03-01T12:00:00.000Z");

/** Counters of gateway pods as Istio's export them. */
class Gateway {
  now = NOON;
  asked: string[] = [];
  readonly counters = new Map<string, { requests: Map<string, number>; slow: number }>();

  came(pod: string, backend: string, code: string, count: number, slow = 0): void {
    const key = `${pod} ${backend}`;
    const found = this.counters.get(key) ?? { requests: new Map<string, number>(), slow: 0 };
    found.requests.set(code, (found.requests.get(code) ?? 0) + count);
    this.counters.set(key, { ...found, slow: found.slow + slow });
  }

  restart(pod: string): void {
    for (const key of this.counters.keys()) if (key.startsWith(pod)) this.counters.delete(key);
  }

  readonly series = (query: string): Promise<Series[]> => {
    this.asked.push(query);
    return Promise.resolve(
      [...this.counters].flatMap(([key, { requests, slow }]): Series[] => {
        const [pod = "", backend = ""] = key.split(" ");
        const labels = { pod, destination_service_name: backend };
        const total = [...requests.values()].reduce((sum, count) => sum + count, 0);
        return query.includes("_bucket")
          ? [
              { labels: { ...labels, le: "100" }, value: total - slow },
              { labels: { ...labels, le: "250" }, value: total },
              { labels: { ...labels, le: "+Inf" }, value: total },
            ]
          : [...requests].map(([code, value]) => ({
              labels: { ...labels, response_code: code },
              value,
            }));
      }),
    );
  };

  readonly meter = prometheusMeter(
    this.series,
    () => Promise.resolve(gatewayMetrics("approuting-istio", "flood")),
    { now: () => this.now, sleep: () => Promise.resolve() },
  );

  /** A marker as a later process reads it from the record. */
  async begin(): Promise<Marker> {
    return markerSchema.parse(JSON.parse(JSON.stringify(await this.meter.begin())));
  }
}

describe("requests counted by a gateway's counters", () => {
  it("are those since the mark, of all of the gateway's pods", async () => {
    const gateway = new Gateway();
    gateway.came("a", "scoring-stable", "200", 1000);
    gateway.came("a", "scoring-canary", "200", 50);
    const mark = await gateway.begin();
    gateway.came("a", "scoring-stable", "200", 90, 9);
    gateway.came("a", "scoring-canary", "200", 8);
    gateway.came("b", "scoring-canary", "200", 2, 1);
    const window = await gateway.meter.since(mark);
    expect(window.get("stable")?.live).toMatchObject({
      requests: 90,
      errors: 0,
      p95Ms: 250,
      latency: {
        kind: "histogram",
        buckets: [
          { from: 0, to: 100, count: 81 },
          { from: 100, to: 250, count: 9 },
        ],
      },
    });
    expect(window.get("canary")?.live).toMatchObject({ requests: 10, errors: 0 });
  });

  it("have the first error of a status that had none before", async () => {
    const gateway = new Gateway();
    gateway.came("a", "scoring-canary", "200", 50);
    const mark = await gateway.begin();
    gateway.came("a", "scoring-canary", "503", 1);
    const { live } = (await gateway.meter.since(mark)).get("canary") ?? {};
    expect(live).toMatchObject({ requests: 1, errors: 1, byStatus: { "503": 1 } });
  });

  it("are all of a pod's since it was started, when its counters have begun anew", async () => {
    const gateway = new Gateway();
    gateway.came("a", "scoring-canary", "200", 500);
    const mark = await gateway.begin();
    gateway.restart("a");
    gateway.came("a", "scoring-canary", "200", 30);
    expect((await gateway.meter.since(mark)).get("canary")?.live.requests).toBe(30);
  });

  it("are none where nothing is known, which no gate passes", async () => {
    const gateway = new Gateway();
    const window = await gateway.meter.since(await gateway.begin());
    expect(window.get("canary")?.live).toEqual({ requests: 0, errors: 0, byStatus: {} });
  });

  it("look back to the mark, so that pods that have gone are counted", async () => {
    const gateway = new Gateway();
    const mark = await gateway.begin();
    gateway.now += 3600_000;
    await gateway.meter.since(mark);
    expect(gateway.asked.at(-1)).toContain("[3660s]");
  });

  it("are an error in words when Prometheus gives none", async () => {
    const gateway = new Gateway();
    const failing = prometheusMeter(
      () => Promise.reject(new QueryFailure("no answer within 30 s")),
      () => Promise.resolve(gatewayMetrics("istio", "flood")),
      { now: () => NOON, sleep: () => Promise.resolve() },
    );
    expect(gateway.asked).toEqual([]);
    await expect(failing.begin()).rejects.toThrow(
      "the requests cannot be counted: no answer within 30 s",
    );
  });
});

describe("what a class of gateways exports", () => {
  it("is told from what others of the same cluster export", () => {
    const { backend } = gatewayMetrics("traefik", "flood");
    const name = "flood-scoring-canary-http-80@kubernetesgateway";
    expect(backend("canary").test(name)).toBe(true);
    expect(backend("stable").test(name)).toBe(false);
    expect(backend("canary").test("other-scoring-canary-http-80@kubernetesgateway")).toBe(false);
  });

  it("is asked pod by pod, of this namespace alone", () => {
    const { requests, buckets } = queriesOf(gatewayMetrics("approuting-istio", "flood"), 60);
    expect(requests).toBe(
      "sum by (instance, pod, destination_service_name, response_code) (last_over_time(istio_requests_total" +
        '{reporter="source",destination_service_namespace="flood",destination_service_name=~"scoring-stable|scoring-canary"}[60s]))',
    );
    expect(buckets).toContain("istio_request_duration_milliseconds_bucket");
  });

  it("is not guessed", () => {
    expect(() => gatewayMetrics("nginx", "flood")).toThrow(
      "a gateway of the class nginx exports of its requests is not known",
    );
  });
});
