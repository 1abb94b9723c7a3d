/** The caller's trace (W3C Trace Context) reaches the instance, on a second try and in a mirrored copy too. */
import { afterEach, expect, it } from "@jest/globals";

import { CREDENTIALS, startRouter, until } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

const TRACE = {
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  tracestate: "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
};

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function upstream(): Promise<FakeUpstream> {
  const started = await startUpstream();
  open.push(started);
  return started;
}

function traceOf({ received }: FakeUpstream): unknown[] {
  return received.map(({ headers: { traceparent, tracestate } }) => ({ traceparent, tracestate }));
}

it("is passed on unchanged, and is not made up", async () => {
  const blue = await upstream();
  const router = await startRouter();
  open.push(router);
  router.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });

  const answer = await router.call({ body: "{}", headers: TRACE });
  await router.call({ body: "{}" });

  expect(traceOf(blue)).toEqual([TRACE, { traceparent: undefined, tracestate: undefined }]);
  expect(answer.headers).not.toHaveProperty("traceparent");
});

it("is in the request that is sent again because its kept connection was closed", async () => {
  const blue = await upstream();
  let connections = 0;
  // Asked when a request is routed: the router cannot have seen the end of the connection when it writes to it.
  const random = () => {
    connections += blue.sockets.size;
    for (const socket of blue.sockets) socket.destroy();
    return 0;
  };
  const router = await startRouter({ random });
  open.push(router);
  router.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
  const head = `POST /score HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${CREDENTIALS.primaryKey}\r\n`;
  const trace = `traceparent: ${TRACE.traceparent}\r\ntracestate: ${TRACE.tracestate}\r\n`;
  const request = `${head}${trace}Connection: close\r\nContent-Length: 5\r\n\r\nwhole`;

  for (const _call of [1, 2, 3]) expect(await router.raw(request)).toMatch(/^HTTP\/1\.1 200 /);

  expect([connections, blue.connections()]).toEqual([2, 3]);
  expect(traceOf(blue)).toEqual([TRACE, TRACE, TRACE]);
});

it("is in the copy for a mirror", async () => {
  const [blue, green] = [await upstream(), await upstream()];
  // Always below the percentage, so that every request is mirrored.
  const router = await startRouter({ random: () => 0 });
  open.push(router);
  const targets = [
    targetOf("blue", { sockets: [blue.socketPath] }),
    targetOf("green", { sockets: [green.socketPath] }),
  ];
  router.route(targets, { blue: 100 }, { green: 50 });

  await router.call({ body: "{}", headers: TRACE });
  await until(() => green.received.length === 1);

  expect([traceOf(blue), traceOf(green)]).toEqual([[TRACE], [TRACE]]);
});
