/**
 * A router in a process of its own, of this checkout or another: routerProcess.ts CHECKOUT KEY LOG SOCKET SOCKET. Nine of ten
 * requests go to the first socket. Prints its port.
 */
import { join } from "node:path";

import type * as accessLogs from "../../local/endpoint/accessLog";
import type * as routers from "../../local/endpoint/router";
import type * as targets from "../../local/endpoint/routingTarget";

async function main(): Promise<void> {
  const [checkout = "", key = "", log = "", ...sockets] = process.argv.slice(2);
  const load = async (name: string): Promise<unknown> =>
    import(join(checkout, "local", "endpoint", `${name}.ts`));
  const { createAccessLog } = (await load("accessLog")) as typeof accessLogs;
  const { createRouter } = (await load("router")) as typeof routers;
  const { createRoutingTarget } = (await load("routingTarget")) as typeof targets;
  const router = createRouter({
    credentials: { primaryKey: key, secondaryKey: `${key}2`, tokenSecret: key },
    accessLog: createAccessLog(log),
  });
  const deployments = sockets.map((socketPath, index) => {
    const target = createRoutingTarget({
      name: `deployment-${index}`,
      instanceCount: 1,
      maxConcurrentRequestsPerInstance: 100,
      requestTimeoutMs: 60_000,
    });
    target.pool.add({
      socketPath,
      unreachable: () => undefined,
      verify: () => Promise.resolve(),
    });
    return target;
  });
  router.setTable({
    endpoint: "bench",
    authMode: "Key",
    callers: [],
    targets: new Map(deployments.map((target) => [target.name, target])),
    traffic: { "deployment-0": 90, "deployment-1": 10 },
    mirrorTraffic: {},
  });
  console.log(await router.listen(0));
}

void main();
