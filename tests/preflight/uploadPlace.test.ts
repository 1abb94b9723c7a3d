import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Declared } from "../../preflight/declared";
import { uploadPlace } from "../../preflight/uploadPlace";
import { PRIVATE_INBOUND, sandboxRun, sandboxSettings } from "../stacks";
import { declaredBy } from "./subscriptions";

// Proves what is concluded from addresses; no name is resolved here, and no upload tried.

describe("whether this machine can upload", () => {
  let closed: Declared;
  let open: Declared;
  beforeAll(async () => {
    const network = { network: PRIVATE_INBOUND };
    closed = declaredBy(sandboxSettings(network), await sandboxRun(network));
    open = declaredBy(sandboxSettings(), await sandboxRun());
  });

  const found = async (declared: Declared, ...addresses: string[]) => {
    const asked: string[] = [];
    const findings = await uploadPlace(declared, (host) => {
      asked.push(host);
      return Promise.resolve(addresses);
    });
    return { asked, said: findings.map(({ kind, missing }) => `${kind}: ${missing}`) };
  };

  it("is no question for a public storage account", async () => {
    expect(await found(open, "20.60.1.1")).toEqual({ asked: [], said: [] });
  });

  it("is so where the account's name leads to its private endpoint", async () => {
    expect(await found(closed, "10.70.0.6")).toEqual({
      asked: ["stflood0d1782.blob.core.windows.net"],
      said: [],
    });
  });

  it("is not so where it leads to the internet", async () => {
    const { said } = await found(closed, "20.60.1.1");
    expect(said).toEqual([
      "shortage: this machine cannot upload code and models: stflood0d1782.blob.core.windows.net takes no request from the internet, and resolves to 20.60.1.1 here",
    ]);
  });

  it("is not known before there is an account", async () => {
    const { said } = await found(closed);
    expect(said).toEqual([expect.stringMatching(/^note: .*could not be checked/)]);
  });
});
