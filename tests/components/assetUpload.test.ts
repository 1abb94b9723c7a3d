import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnonymousCredential, ContainerClient } from "@azure/storage-blob";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { deleteFolder, provider, uploadFolder } from "../../components/assetUploadProvider";

/** Against a small fake of blob storage on this machine; Entra ID and Azure's own storage are not proved by it. */

let server: Server;
let client: ContainerClient;
let calls: { method: string; path: string; type: string | undefined; body: string }[] = [];
let answer: (request: IncomingMessage) => { status: number; body?: string } = () => ({
  status: 201,
});
const folder = mkdtempSync(join(tmpdir(), "upload-"));

beforeAll(async () => {
  writeFileSync(join(folder, "score.py"), "code");
  writeFileSync(join(folder, "weights.bin"), "weights");
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const type = request.headers["x-ms-blob-type"] as string | undefined;
      calls.push({ method: request.method ?? "", path: request.url ?? "", type, body });
      const { status, body: text = "" } = answer(request);
      response.writeHead(status, { "content-type": "application/xml" }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new ContainerClient(
    `http://127.0.0.1:${port}/account/assets`,
    new AnonymousCredential(),
  );
});
afterEach(() => {
  calls = [];
  answer = () => ({ status: 201 });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const files = [
  { path: "score.py", source: join(folder, "score.py") },
  { path: "model/weights.bin", source: join(folder, "weights.bin") },
];

describe("uploadFolder", () => {
  it("puts every file once, as a block blob below the folder", async () => {
    await uploadFolder(client, "code/c/1", files);
    expect(calls.sort((a, b) => a.path.localeCompare(b.path))).toEqual([
      {
        method: "PUT",
        path: "/account/assets/code/c/1/model/weights.bin",
        type: "BlockBlob",
        body: "weights",
      },
      { method: "PUT", path: "/account/assets/code/c/1/score.py", type: "BlockBlob", body: "code" },
    ]);
  });

  it("waits for a role that is not felt yet, and goes on", async () => {
    answer = () => ({ status: calls.length <= 2 ? 403 : 201 });
    await uploadFolder(client, "f", [files[0]!], 1);
    expect(calls).toHaveLength(3);
  });

  it("gives up at once on any other refusal", async () => {
    answer = () => ({ status: 404 });
    await expect(uploadFolder(client, "f", [files[0]!], 1)).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(calls).toHaveLength(1);
  });

  it("says which file is missing", async () => {
    const gone = [{ path: "gone.py", source: join(folder, "gone.py") }];
    await expect(uploadFolder(client, "f", gone, 1)).rejects.toThrow("gone.py");
  });
});

describe("deleteFolder", () => {
  it("deletes what lies below the folder and nothing beside it", async () => {
    const names = ["code/c/1/score.py", "code/c/1/a/b.py"];
    const blobs = names.map((name) => `<Blob><Name>${name}</Name><Properties/></Blob>`).join("");
    const list = `<?xml version="1.0"?><EnumerationResults><Blobs>${blobs}</Blobs><NextMarker/></EnumerationResults>`;
    answer = ({ method }) => (method === "GET" ? { status: 200, body: list } : { status: 202 });
    await deleteFolder(client, "code/c/1");
    expect(calls[0]?.path).toContain("prefix=code%2Fc%2F1%2F");
    expect(calls.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual(
      names.map((name) => `DELETE /account/assets/${name}`),
    );
  });
});

describe("the provider", () => {
  const place = {
    subscriptionId: "s",
    resourceGroupName: "rg",
    accountName: "a",
    containerName: "c",
    folder: "code/x/1",
  };
  const diff = (news: object) => provider.diff!("id", place, { ...place, files: [], ...news });

  it("does not care where the files lie on this machine", async () => {
    expect(await diff({ files })).toEqual({ changes: false, replaces: [] });
  });

  it.each(["accountName", "containerName", "folder"])(
    "replaces an upload when its %s changes",
    async (key) => {
      expect(await diff({ [key]: "other" })).toEqual({ changes: true, replaces: [key] });
    },
  );
});
