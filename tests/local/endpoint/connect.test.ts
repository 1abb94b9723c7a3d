import { performance } from "node:perf_hooks";
import { expect, it } from "@jest/globals";
import { connectToInstance } from "../../../local/endpoint/connect";
import { targetOf, startUpstream } from "./support/upstream";

it("blames no instance when it was this process that was busy", async () => {
  const upstream = await startUpstream();
  const { pool } = targetOf("blue", { sockets: [upstream.socketPath] });
  const admission = pool.enter();
  if (typeof admission === "string") throw new Error(admission);
  const connecting = connectToInstance(admission, new AbortController().signal);
  // The connection begins in a microtask, and is made by the kernel while nothing here runs.
  await Promise.resolve();
  await Promise.resolve();
  const busyUntil = performance.now() + 1_100;
  while (performance.now() < busyUntil);
  const connection = await connecting;
  expect(connection).not.toBe("not-ready");
  if (typeof connection !== "string") connection.socket.destroy();
  admission.leave();
  await upstream.close();
});
