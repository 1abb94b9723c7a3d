import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { azureCredential, signInOf, type Environment } from "../../azure/credential";
import { UserError } from "../../errors";
import { SUBSCRIPTION } from "../stacks";

/** Which identity a run has, in each situation. Does not prove that Entra ID gives it a token. */

const PROJECT = join(__dirname, "..", "..");
const APPLICATION = { ARM_TENANT_ID: "11111111-0000-0000-0000-000000000001", ARM_CLIENT_ID: "app" };
const CERTIFICATE = { ARM_CLIENT_CERTIFICATE_PATH: __filename };
const SECRET = { ARM_CLIENT_SECRET: "hidden" };
const OIDC = { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "assertion" };
const MACHINE = { ARM_USE_MSI: "true" };
/** What a machine with a managed identity and a pod with a workload identity have in their environment. */
const CLOUD_METADATA = {
  IDENTITY_ENDPOINT: "http://127.0.0.1:1",
  MSI_ENDPOINT: "http://127.0.0.1:1",
  AZURE_CLIENT_ID: "other",
  AZURE_TENANT_ID: "other",
  AZURE_CLIENT_SECRET: "other",
  AZURE_FEDERATED_TOKEN_FILE: "/no/token",
};

describe("the credential", () => {
  it.each<[string, Environment, string]>([
    ["nothing", {}, "AzureCliCredential"],
    ["identities of the machine alone", CLOUD_METADATA, "AzureCliCredential"],
    ["an application without a proof", APPLICATION, "AzureCliCredential"],
    ["empty variables", { ARM_CLIENT_SECRET: "", ARM_USE_OIDC: "" }, "AzureCliCredential"],
    ["a switch that is not `true`", { ARM_USE_MSI: "1" }, "AzureCliCredential"],
    ["the managed identity", MACHINE, "ManagedIdentityCredential"],
    ["OIDC", { ...APPLICATION, ...OIDC, ...MACHINE }, "ClientAssertionCredential"],
    ["a secret", { ...APPLICATION, ...SECRET, ...OIDC, ...MACHINE }, "ClientSecretCredential"],
    [
      "a certificate",
      { ...APPLICATION, ...CERTIFICATE, ...SECRET, ...OIDC, ...MACHINE },
      "ClientCertificateCredential",
    ],
    [
      "the SDK's own chain",
      { ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true", ...CERTIFICATE, ...SECRET, ...OIDC, ...MACHINE },
      "DefaultAzureCredential",
    ],
  ])("of an environment with %s is the one that azure-native takes", async (_what, env, kind) => {
    expect((await azureCredential(SUBSCRIPTION, env)).constructor.name).toBe(kind);
  });

  it("is given what the environment says, and no more", () => {
    const application = { tenantId: APPLICATION.ARM_TENANT_ID, clientId: "app" };
    expect(signInOf({ ...APPLICATION, ...SECRET })).toEqual({
      method: "secret",
      ...application,
      secret: "hidden",
    });
    const password = { ARM_CLIENT_CERTIFICATE_PASSWORD: "p" };
    expect(signInOf({ ...APPLICATION, ...CERTIFICATE, ...password })).toEqual({
      method: "certificate",
      ...application,
      path: __filename,
      password: "p",
    });
    expect(signInOf({ ...MACHINE, ARM_CLIENT_ID: "app" })).toEqual({
      method: "managedIdentity",
      clientId: "app",
    });
    expect(signInOf(MACHINE)).toEqual({ method: "managedIdentity" });
  });

  it.each<[string, Environment, string]>([
    ["an application", SECRET, "ARM_TENANT_ID and ARM_CLIENT_ID must be set too"],
    ["a tenant", { ...SECRET, ARM_CLIENT_ID: "app" }, "that ARM_TENANT_ID must be set too"],
    ["a client", { ...OIDC, ARM_TENANT_ID: "t" }, "that ARM_CLIENT_ID must be set too"],
    ["a token", { ...APPLICATION, ARM_USE_OIDC: "true" }, "there is no token"],
  ])("is refused without %s, and nothing else is tried", (_what, environment, words) => {
    expect(() => signInOf(environment)).toThrow(UserError);
    expect(() => signInOf(environment)).toThrow(words);
  });
});

describe("the Azure CLI", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-az-"));
  beforeAll(() => {
    const answer = { accessToken: "of the CLI", expiresOn: "2099-01-01 00:00:00.000000" };
    const script = `#!/bin/sh\necho "$*" >>"${folder}/calls"\necho '${JSON.stringify(answer)}'\n`;
    writeFileSync(join(folder, "az"), script, { mode: 0o755 });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("is asked for the stack's subscription, whose tenant the token is then of", () => {
    // In a process of its own: Jest keeps changes of the environment from the programs that are started.
    const program = `const { azureCredential } = require("./azure/credential.ts");
      azureCredential("${SUBSCRIPTION}")
        .then((credential) => credential.getToken("https://management.azure.com/.default"))
        .then(({ token }) => process.stdout.write(token));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--input-type=commonjs", "--eval", program],
      {
        cwd: PROJECT,
        encoding: "utf8",
        env: {
          ...CLOUD_METADATA,
          ARM_TENANT_ID: "other",
          PATH: [folder, "/usr/bin", "/bin"].join(":"),
        },
      },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("of the CLI");
    expect(readFileSync(join(folder, "calls"), "utf8")).toBe(
      `account get-access-token --output json --resource https://management.azure.com --subscription ${SUBSCRIPTION}\n`,
    );
  });
});

describe("the token that proves a job on GitHub", () => {
  let server: Server;
  let url = "";
  let asked: { readonly path: string | undefined; readonly authorization: string | undefined }[] =
    [];
  let status = 200;
  beforeAll(async () => {
    server = createServer(({ url: path, headers: { authorization } }, response) => {
      asked.push({ path, authorization });
      response.writeHead(status).end('{"value":"job"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const assertion = async (more: Environment = {}) => {
    asked = [];
    const signIn = signInOf({
      ...APPLICATION,
      ARM_USE_OIDC: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer",
      ...more,
    });
    return signIn.method === "oidc" ? signIn.assertion() : undefined;
  };

  it("is asked for with Entra's audience, or another one", async () => {
    expect(await assertion()).toBe("job");
    const first = "/token?api-version=2&audience=api%3A%2F%2FAzureADTokenExchange";
    expect(asked).toEqual([{ path: first, authorization: "Bearer bearer" }]);
    await assertion({ ARM_OIDC_AUDIENCE: "api://other" });
    expect(asked[0]?.path).toContain("audience=api%3A%2F%2Fother");
  });

  it("is not asked for where a variable or a file has it", async () => {
    expect(await assertion({ ARM_OIDC_TOKEN: "given" })).toBe("given");
    expect(await assertion({ ARM_OIDC_TOKEN_FILE_PATH: __filename })).toContain("given");
    expect(asked).toEqual([]);
  });

  it("is an error that tells no secret where GitHub gives none", async () => {
    status = 403;
    await expect(assertion()).rejects.toThrow(/^GitHub returned no OIDC token: HTTP 403$/);
  });
});

it("is made in one place", () => {
  const { stdout } = spawnSync("git", ["grep", "-l", "@azure/identity", "--", "*.ts", ":!tests"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  expect(stdout).toBe("azure/credential.ts\n");
});
