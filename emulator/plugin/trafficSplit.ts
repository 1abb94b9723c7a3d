import type * as pulumi from "@pulumi/pulumi";
import { trafficProvider, type TrafficInputs } from "../../components/trafficProvider";
import { connect } from "../../traffic/arm";
import { emulatedArm } from "../arm/app";
import { inProcess } from "../arm/httpClient";
import { storeBackend } from "../arm/storeBackend";
import { fingerprint, plainInputs } from "../../graph/plainInputs";
import type { EmulatorStore } from "../emulatorStore";

type Wire = Record<string, unknown>;

/** Gives the emulator's memory to some work while nobody else has it. */
export type WithStore = <T>(work: (store: EmulatorStore) => T | Promise<T>) => Promise<T>;

/**
 * The product's own provider of the traffic as a part of the emulator's plug-in: its requests reach the emulator by ARM's
 * protocol, in this process.
 *
 * @param record told of every request, as `METHOD path`
 */
export function trafficPlugin(withStore: WithStore, record: (call: string) => void) {
  const asked = <T>(work: (provider: ReturnType<typeof trafficProvider>) => Promise<T>) =>
    withStore(async (store) => {
      const plane = emulatedArm(storeBackend(store.azure), { retryAfterSeconds: 0 });
      const arm = connect({
        url: "https://emulator.invalid",
        credential: { getToken: () => Promise.resolve(TOKEN) },
        httpClient: inProcess(plane),
        pollDelayMs: 1,
      });
      try {
        return await work(trafficProvider(() => Promise.resolve(arm), { retryDelayMs: 1 }));
      } finally {
        for (const { method, path } of plane.recorded) record(`${method} ${path}`);
      }
    });

  const { diff } = trafficProvider(() => Promise.reject(new Error("a diff makes no calls")));
  return {
    diff: (id: string, _urn: string, olds: Wire, news: Wire) =>
      diff(id, trafficInputs(olds), trafficInputs(news)) as Promise<pulumi.provider.DiffResult>,
    create: (_urn: string, inputs: Wire) =>
      asked(async ({ create }) => {
        const { id, outs } = await create(trafficInputs(inputs));
        return { id, outs: { ...outs } };
      }),
    read: (id: string, _urn: string, props: Wire): Promise<pulumi.provider.ReadResult> =>
      asked(async ({ read }) => {
        const found = await read(id, trafficInputs(props));
        return found.id === undefined || found.id === ""
          ? {}
          : { id: found.id, props: { ...found.props } };
      }),
    update: (id: string, _urn: string, olds: Wire, news: Wire) =>
      asked(async ({ update }) => {
        const { outs } = await update(id, trafficInputs(olds), trafficInputs(news));
        return { outs: { ...outs } };
      }),
    delete: (id: string, _urn: string, props: Wire) =>
      asked((provider) => provider.delete(id, trafficInputs(props))),
  };
}

const TOKEN = { token: "none", expiresOnTimestamp: Number.MAX_SAFE_INTEGER };

/** Inputs and state of a TrafficSplit hold no secret. */
function trafficInputs(wire: Wire): TrafficInputs {
  const { __provider, ...inputs } = plainInputs(wire, fingerprint);
  return inputs as unknown as TrafficInputs;
}
