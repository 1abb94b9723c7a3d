import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ZodError, prettifyError } from "zod";
import { whileWriting } from "../../errors";
import { close, listen, sameSecret } from "../../httpServer";
import { errorAnswer, refused } from "./answers";
import { emulatedArm, type EmulatedArm, type EmulatedArmOptions } from "./app";
import type { ArmBackend } from "./backend";
import { loopbackCertificate } from "./certificate";
import { DroppedConnection, parseFault } from "./faults";
import {
  cloudMetadata,
  identityToken,
  newToken,
  subscriptions,
  type Tokens,
} from "./cloudMetadata";

export interface ArmServerOptions extends EmulatedArmOptions {
  readonly backend: ArmBackend;
  /** Absolute; a folder of this API is made in it, readable by its owner only, and removed by close(). */
  readonly directory: string;
  /** The one that its clients find. */
  readonly subscriptionId: string;
  /** A token that the endpoint takes, for one with aad_token; its identity is this machine's user. */
  readonly scoringToken: () => Promise<string>;
}

/** The control plane over HTTPS on 127.0.0.1. */
export interface ArmServer extends EmulatedArm {
  readonly url: string;
  /** Certificate of the authority that clients have to trust, as PEM. */
  readonly authorityPath: string;
  /** The bearer token; it is nowhere else. */
  readonly tokenPath: string;
  close(): Promise<void>;
}

/** Bytes that ARM takes in a request (Microsoft Learn "Azure Resource Manager limits"): 4 MB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Serves the API for other processes and languages. Everything but the cloud's metadata needs the token. Besides ARM there
 * are, for tests in other languages, POST and DELETE of /faults; they are not ARM's.
 *
 * The server's key never leaves this process's memory.
 */
export async function startArmServer({
  backend,
  directory,
  subscriptionId,
  scoringToken,
  ...options
}: ArmServerOptions): Promise<ArmServer> {
  const { authority, certificate, key } = await loopbackCertificate();
  const token = newToken(subscriptionId);
  const folder = await whileWriting(directory, () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return mkdtempSync(join(directory, "arm-"));
  });
  const authorityPath = join(folder, "authority.pem");
  const tokenPath = join(folder, "token");
  await whileWriting(folder, () => {
    writeFileSync(authorityPath, authority, { mode: 0o600 });
    writeFileSync(tokenPath, token, { mode: 0o600 });
  });

  const plane = emulatedArm(backend, options);
  const app = withCloudMetadata(plane, subscriptionId, {
    arm: token,
    scoring: scoringToken,
  });
  const server = createAdaptorServer({
    fetch: (request, env) => answerOrDrop(app, request, env as HttpBindings),
    createServer,
    serverOptions: { key, cert: certificate, minVersion: "TLSv1.2" },
  }) as Server;
  await listen(server, { port: 0, host: "127.0.0.1", exclusive: true });
  const { port } = server.address() as AddressInfo;

  return {
    ...plane,
    url: `https://127.0.0.1:${port}`,
    authorityPath,
    tokenPath,
    async close() {
      await close(server, 0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withCloudMetadata(plane: EmulatedArm, subscriptionId: string, tokens: Tokens): Hono {
  const app = new Hono();
  const tooLarge = () =>
    errorAnswer(413, "RequestContentTooLarge", "a request may have 4 MB at most");
  app.onError((error) => {
    // Not an answer to give, but one to leave out.
    if (error instanceof DroppedConnection) throw error;
    return error instanceof ZodError
      ? errorAnswer(400, "InvalidRequestContent", prettifyError(error))
      : refused(error);
  });
  app.get("/metadata/endpoints", (c) => c.json(cloudMetadata(new URL(c.req.url).origin)));
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.use(async (c, next) => {
    const identity = c.req.path === "/identity";
    const given = identity
      ? c.req.header("x-identity-header")
      : /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given !== undefined && sameSecret(given, tokens.arm)) return next();
    return errorAnswer(401, "AuthenticationFailed", "send the token in the API's token file", {
      "www-authenticate": 'Bearer error="invalid_token"',
    });
  });
  app.get("/subscriptions", (c) => c.json(subscriptions(subscriptionId)));
  app.get("/identity", async (c) => {
    return c.json(await identityToken(c.req.query("resource") ?? "", tokens));
  });
  app.post("/faults", async (c) => {
    const given: unknown = await c.req.json();
    for (const fault of (Array.isArray(given) ? given : [given]).map(parseFault)) {
      plane.faults.add(fault);
    }
    return c.json({ pending: plane.faults.pending() });
  });
  app.delete("/faults", (c) => {
    plane.faults.clear();
    return c.json({ pending: [] });
  });
  app.all("*", (c) => plane.fetch(c.req.raw));
  return app;
}

async function answerOrDrop(app: Hono, request: Request, { incoming }: HttpBindings) {
  try {
    return await app.fetch(request);
  } catch (error) {
    if (!(error instanceof DroppedConnection)) throw error;
    incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
}
