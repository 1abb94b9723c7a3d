import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { AnonymousCredential, ContainerClient } from "@azure/storage-blob";
import { fetchModel, type AzureClients } from "../../../local/registered/fetch";
import { ArmError, type Arm } from "../../../traffic/arm";
import { folderWith } from "../../config/azureml/harness";

/** Models of a workspace from a fake of ARM and a fake of blob storage on loopback; that Azure answers so is not proved. */

const WORKSPACE =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
const STORE = "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/blobs/paths";

let blobs: Record<string, string>;
let arm: Record<string, unknown>;
/** Answers to blobs instead of their content. */
let refuse: ((blob: string) => { status: number; body?: string } | undefined) | undefined;
let server: Server;
let downloads: string[];
let opened: string[];

const md5 = (text: string) => createHash("md5").update(text).digest("base64");

function listing(prefix: string): string {
  const entries = Object.entries(blobs)
    .filter(([name]) => name.startsWith(prefix))
    .map(
      ([name, text]) =>
        `<Blob><Name>${name}</Name><Properties><Content-Length>${text.length}</Content-Length><Content-MD5>${md5(text)}</Content-MD5><BlobType>BlockBlob</BlobType></Properties></Blob>`,
    );
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Prefix>${prefix}</Prefix><Blobs>${entries.join("")}</Blobs><NextMarker/></EnumerationResults>`;
}

beforeEach(async () => {
  blobs = {
    "models/flood/weights.bin": "weights",
    "models/flood/deep/MLmodel": "flavors",
    "models/flood-2/other.bin": "other",
  };
  arm = {
    [`${WORKSPACE}/models/flood/versions/3`]: {
      properties: { modelUri: `${STORE}/models/flood/` },
    },
    [`${WORKSPACE}/models/flood`]: { properties: { latestVersion: "3" } },
    [`${WORKSPACE}/datastores/blobs`]: {
      properties: { datastoreType: "AzureBlob", accountName: "acc", containerName: "models" },
    },
  };
  refuse = undefined;
  downloads = [];
  opened = [];
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
    if (searchParams.get("comp") === "list") {
      const refused = refuse?.("");
      response.writeHead(refused?.status ?? 200, { "content-type": "application/xml" });
      response.end(refused === undefined ? listing(searchParams.get("prefix") ?? "") : "");
      return;
    }
    const name = decodeURIComponent(pathname.replace(/^\/models\//, ""));
    downloads.push(name);
    const { status, body = "" } = refuse?.(name) ?? { status: 200, body: blobs[name] };
    response.writeHead(status, { "content-length": body.length, etag: '"1"' }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const clients: AzureClients = {
  arm: (subscriptionId) => {
    expect(subscriptionId).toBe("s");
    const get = (path: string) => {
      const body = arm[path];
      if (body instanceof Error) return Promise.reject(body);
      return Promise.resolve(body === undefined ? undefined : { body, etag: undefined });
    };
    return Promise.resolve({ get } as Partial<Arm> as Arm);
  },
  openContainer: ({ url }) => {
    opened.push(url);
    const { port } = server.address() as AddressInfo;
    const place = `http://127.0.0.1:${port}/models`;
    const retryOptions = { maxTries: 1 };
    return Promise.resolve(new ContainerClient(place, new AnonymousCredential(), { retryOptions }));
  },
  workspaceOf: () => Promise.resolve(WORKSPACE),
};

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe("a model that is fetched from the workspace", () => {
  it.each(["flood:3", "azureml:flood@latest", `azureml:${WORKSPACE}/models/flood/versions/3`])(
    "is all below its URI, once: %s",
    async (reference) => {
      const cache = folderWith({});
      const path = await fetchModel("sandbox", reference, clients, cache);
      expect(path.endsWith("/files/flood")).toBe(true);
      expect(filesBelow(path)).toEqual(["deep/MLmodel", "weights.bin"]);
      expect(readFileSync(join(path, "weights.bin"), "utf8")).toBe("weights");
      expect(opened).toEqual(["https://acc.blob.core.windows.net/models"]);
      expect(downloads.sort()).toEqual(["models/flood/deep/MLmodel", "models/flood/weights.bin"]);
      expect(await fetchModel("sandbox", reference, clients, cache)).toBe(path);
      expect(downloads).toHaveLength(2);
    },
  );

  it("is one file where its URI is that of one", async () => {
    arm[`${WORKSPACE}/models/flood/versions/3`] = {
      properties: { modelUri: `${STORE}/models/flood/weights.bin` },
    };
    const path = await fetchModel("sandbox", "flood:3", clients, folderWith({}));
    expect(readFileSync(path, "utf8")).toBe("weights");
  });

  it.each([
    ["other bytes", { status: 200, body: "WEIGHTS" }],
    ["fewer bytes", { status: 200, body: "wei" }],
  ])("is not taken when %s arrive, and is fetched anew", async (_what, answer) => {
    const cache = folderWith({});
    refuse = (blob) => (blob.endsWith("weights.bin") ? answer : undefined);
    await expect(fetchModel("sandbox", "flood:3", clients, cache)).rejects.toThrow(
      'The blob "models/flood/weights.bin" arrived damaged; run this again.',
    );
    expect(filesBelow(join(cache, "models"))).toEqual([]);
    refuse = undefined;
    const path = await fetchModel("sandbox", "flood:3", clients, cache);
    expect(filesBelow(path)).toEqual(["deep/MLmodel", "weights.bin"]);
  });

  it("is not mistaken for complete after a command that was killed in the middle", async () => {
    const cache = folderWith({});
    const path = await fetchModel("sandbox", "flood:3", clients, cache);
    // As a killed command leaves it: files, and no mark that they are all.
    rmSync(join(dirname(dirname(path)), "ready"));
    rmSync(join(path, "deep"), { recursive: true });
    mkdirSync(join(path, "half"));
    writeFileSync(join(path, "half", "part.bin"), "pa");
    expect(await fetchModel("sandbox", "flood:3", clients, cache)).toBe(path);
    expect(filesBelow(path)).toEqual(["deep/MLmodel", "weights.bin"]);
  });

  it("is not written outside its folder, whatever its blobs are called", async () => {
    blobs["models/flood/../../escape"] = "x";
    await expect(fetchModel("sandbox", "flood:3", clients, folderWith({}))).rejects.toThrow(
      "has a name that no file here may have",
    );
  });

  it.each([
    ["there is none", "flood:4", {}, `There is no model ${WORKSPACE}/models/flood/versions/4.`],
    ["it is in a registry", "azureml://registries/r/models/m/versions/1", {}, "is in no workspace"],
    ["its label is another", "flood@champion", {}, "of labels, only latest is followed here"],
    [
      "its datastore is no blob container",
      "flood:3",
      { [`${WORKSPACE}/datastores/blobs`]: { properties: { datastoreType: "AzureFile" } } },
      "which is a AzureFile; only blobs are fetched",
    ],
    [
      "its URI is another",
      "flood:3",
      { [`${WORKSPACE}/models/flood/versions/3`]: { properties: { modelUri: "https://x/y" } } },
      "which is no path of a datastore",
    ],
    [
      "nothing is there",
      "flood:3",
      {
        [`${WORKSPACE}/models/flood/versions/3`]: { properties: { modelUri: `${STORE}/gone` } },
      },
      "where there is nothing",
    ],
    [
      "ARM refuses",
      "flood:3",
      {
        [`${WORKSPACE}/models/flood/versions/3`]: new ArmError(403, "AuthorizationFailed", "no"),
      },
      "flood:3: AuthorizationFailed: no",
    ],
  ])("says so when %s", async (_when, reference, changes, words) => {
    Object.assign(arm, changes);
    await expect(fetchModel("sandbox", reference, clients, folderWith({}))).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(words) as unknown,
    });
  });

  it("names the role when storage refuses", async () => {
    refuse = () => ({ status: 403 });
    await expect(fetchModel("sandbox", "flood:3", clients, folderWith({}))).rejects.toThrow(
      "acc.blob.core.windows.net refuses to be read; you need the role Storage Blob Data Reader",
    );
  });
});
