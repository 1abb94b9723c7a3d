import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { comment, MARKER } from "../../review/comment";
import type { Review } from "../../review/model";
import { page } from "../../review/page";
import { reportOf } from "../../review/report";
import { findChromium, startReader, type Reader } from "./browser";
import { removeFolders, SAMPLE_CHANGES } from "./sampleChanges";

/**
 * What the comment and the page say first about ten changes as they come up in pull requests, on graphs of whole stacks. It does not
 * prove that Azure would do what the emulator says.
 */

const UNCHANGED = {
  production: "- **`production`**: no change (95 resources)",
  sandbox: "- **`sandbox`**: no change (29 resources)",
};

/** The first screen of each, less the marker: title, counts, and the headlines of the stack that changes. */
const FIRST_SCREENS: Readonly<Record<string, readonly string[]>> = {
  "a public IP address slips in": [
    "## 🛑 Infrastructure review: 2 blocking",
    "- **`production`**: 1 to create, 0 to update, 0 to replace, 0 to delete, 95 unchanged",
    UNCHANGED.sandbox,
    "### `production`",
    "- 🛑 **Public:** public IP address `debug-address`, attached to nothing that the stack declares",
    "- 🛑 **Policy:** `debug-address` belongs to no NAT gateway of this stack (`network-public-addresses`)",
    "- ℹ️ **Cost:** public IP address `debug-address`: tier – → `Standard`; usually 1,302.95 USD → 1,306.60 USD a month (+3.65); with all at its maximum 3,326.51 USD → 3,330.16 USD a month (+3.65)",
  ],
  "the cluster would be replaced": [
    "## 🛑 Infrastructure review: 3 blocking, 1 to review",
    "- **`production`**: 0 to create, 1 to update, 29 to replace, 0 to delete, 65 unchanged",
    UNCHANGED.sandbox,
    "### `production`",
    '- 🛑 **Immutable setting:** `network.podCidr` is "10.248.0.0/16"; this stack was created with "10.244.0.0/16", and a change would replace the cluster and everything that runs on it, or be refused by Azure halfway: set it back, or create a second stack',
    "- 🛑 AKS cluster `cluster` would be **replaced**, because `networkProfile.podCidr` cannot be changed in place, and 28 resources with it; it is protected, so Pulumi would refuse",
    "- 🛑 **Policy:** `cluster` would be replaced, with all it holds (`no-foundation-replacement`)",
    "- ⚠️ **Network:** network security group `network-nodes-rules` would allow different traffic: `AllowCluster, AllowApiServer`",
  ],
  "a role is widened": [
    "## 🛑 Infrastructure review: 1 blocking",
    "- **`production`**: 0 to create, 0 to update, 1 to replace, 0 to delete, 94 unchanged",
    UNCHANGED.sandbox,
    "### `production`",
    "- 🛑 **Wider role:** managed identity `scoring-identity` gets `Storage Blob Data Contributor` on storage account `features` (was `Storage Blob Data Reader` on blob container `features-container`)",
  ],
  "a secret stands in plain text": [
    "## 🛑 Infrastructure review: 2 blocking",
    UNCHANGED.production,
    "- **`sandbox`**: 0 to create, 1 to update, 0 to replace, 0 to delete, 28 unchanged",
    "### `sandbox`",
    "- 🛑 **Secret:** FOLDER/blue.yml:\u200b13: environment_variables.UPSTREAM_API_KEY: looks like a secret in plain text (by its name, hidden); keep it in Key Vault and read it with the endpoint's identity, or give a reference such as &#36;&#123;&#123;keyvault:\u200bhttps&#58;//&#60;vault&#62;.vault.azure.net/secrets/&#60;name&#62;&#125;&#125;",
    "- 🛑 **Policy:** `endpoint-blue` properties.environmentVariables.UPSTREAM_API_KEY contains a key or a password; use an identity instead (`no-key-values`)",
  ],
  "the traffic does not sum to 100": [
    "## 🛑 Infrastructure review: `sandbox` would be refused",
    UNCHANGED.production,
    "- **`sandbox`**: would be refused: 1 problem",
    "### `sandbox`",
    "- 🛑 **Refused:** FOLDER/endpoint.yml:\u200b4: traffic: sums to 110 (blue 90 &#43; green 20); must sum to 100, or to 0 for no traffic at all",
  ],
  "an image has no digest": [
    "## 🛑 Infrastructure review: `production` would be refused",
    "- **`production`**: would be refused: 1 problem",
    UNCHANGED.sandbox,
    "### `production`",
    '- 🛑 **Refused:** Pulumi.production.yaml:\u200bLINE: image.digest: is "crflood.azurecr.io/gauge:latest", and the tag "latest" can be moved; write crflood.azurecr.io/gauge&#64;\u200bsha256:…',
  ],
  "a policy exemption has expired": [
    "## 🛑 Infrastructure review: 2 blocking",
    UNCHANGED.production,
    UNCHANGED.sandbox,
    "### `sandbox`",
    "- 🛑 **Policy:** `workspace` the exemption from workspace-isolation ended on 2026-06-01; data science must fix the resource or set a new last day (`exemption-expired`) (existing finding)",
    '- 🛑 **Policy:** `workspace` managedNetwork.isolationMode is "Disabled"; must be "AllowInternetOutbound" or "AllowOnlyApprovedOutbound" (`workspace-isolation`) (existing finding)',
  ],
  "a subnet is deleted": [
    "## 🛑 Infrastructure review: 1 blocking, 2 to review",
    "- **`production`**: 0 to create, 1 to update, 0 to replace, 2 to delete, 94 unchanged",
    UNCHANGED.sandbox,
    "### `production`",
    "- 🛑 **Network:** subnet `snet-build` of virtual network `network` (`10.60.7.0/28`) would be **deleted**",
    "- ⚠️ diagnostic setting `network-build-rules-diagnostics` would be **deleted**",
    "- ⚠️ network security group `network-build-rules` would be **deleted**",
  ],
  "a resource has another logical name": [
    "## 🛑 Infrastructure review: 1 blocking",
    "- **`production`**: 1 to create, 0 to update, 0 to replace, 1 to delete, 94 unchanged",
    UNCHANGED.sandbox,
    "### `production`",
    '- 🛑 **Renamed:** `log-analytics` → Log Analytics workspace `logs`: Pulumi would delete one resource and create another; add an alias to the new one (`aliases: [{ name: "log-analytics" }]`)',
  ],
  "nothing changes": [
    "## ✅ Infrastructure review: No changes",
    UNCHANGED.production,
    UNCHANGED.sandbox,
  ],
};

const chromium = findChromium("the first screens in tests/review/pictures.test.ts");
const reviews = new Map<string, Promise<Review>>();

/** Evaluated once for the comment and the page. */
function reviewOfChange(name: string): Promise<Review> {
  const review = reviews.get(name) ?? SAMPLE_CHANGES[name]!();
  reviews.set(name, review);
  return review;
}

afterAll(removeFolders);

describe("the first screen of the comment", () => {
  it("is asserted for every one of the ten changes", () => {
    expect(Object.keys(SAMPLE_CHANGES)).toHaveLength(10);
    expect(Object.keys(FIRST_SCREENS)).toEqual(Object.keys(SAMPLE_CHANGES));
  });

  it.each(Object.keys(SAMPLE_CHANGES))("says the right thing when %s", async (name) => {
    const text = comment(reportOf(await reviewOfChange(name)));
    expect(firstScreen(text)).toEqual(FIRST_SCREENS[name]);
  });

  it("never shows a value that looks like a secret, anywhere", async () => {
    const review = await reviewOfChange("a secret stands in plain text");
    expect(comment(reportOf(review))).not.toContain("hunter2");
    expect(await page(reportOf(review))).not.toContain("hunter2");
    expect(JSON.stringify(review)).not.toContain("hunter2");
  });
});

(chromium === undefined ? describe.skip : describe)("the first screen of the page", () => {
  const SCREEN = { width: 1280, height: 800 };
  let reader: Reader;
  beforeAll(async () => {
    reader = await startReader(chromium!, SCREEN);
  });
  afterAll(() => reader.close());

  it.each(Object.keys(SAMPLE_CHANGES))("says the same when %s", async (name) => {
    const one = await reader.open(await page(reportOf(await reviewOfChange(name))));
    const parts = one.locator("h1, .card h3, .counts, .refused, .headlines > li");
    const said: string[] = [];
    for (const part of await parts.all()) {
      const box = await part.boundingBox();
      if (box === null || box.y + box.height > SCREEN.height) continue;
      said.push((await part.innerText()).replace(/\s+/g, " "));
    }
    expect(said.map(spoken).sort()).toEqual(asPage(FIRST_SCREENS[name] ?? []).sort());
    expect(reader.requests).toEqual([]);
    await one.close();
  });
});

/** The lines of a comment as the page says them: a heading, and in each card its counts and headlines. */
function asPage(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !line.startsWith("###"))
    .flatMap((line) => {
      const text = spoken(line);
      const [, stack, counts] = /^(\w+): (.*)$/.exec(text) ?? [];
      if (!line.startsWith("- **`") || stack === undefined || counts === undefined) return [text];
      const [, same] = /^no change \((\d+) resources\)$/.exec(counts) ?? [];
      const none = `0 to create, 0 to update, 0 to replace, 0 to delete, ${same ?? ""} unchanged`;
      const told = (same === undefined ? counts : none).replaceAll(",", "");
      return [stack, told.replace(/^would/, "Would")];
    });
}

const WORDS = { "🛑": "Blocking", "⚠️": "Review", ℹ️: "Note" } as const;

/** Without markup and the signs of counts; the same for a line of a comment and for what the page shows. */
function spoken(line: string): string {
  const words = Object.entries(WORDS).reduce(
    (text, [sign, word]) => text.replace(sign, word),
    // The heading of the page has no sign: its words say it.
    line.replace(/^## \S+ /, "## "),
  );
  return withoutPlaces(words)
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)))
    .replace(/^(## |- (?!\*\*`))|\*\*|`|\u200b|Infrastructure review: |^- (?=\*\*`)/g, "")
    .replace(/(?<=^| )[+~±−](?=\d+ to )/g, "");
}

/** Up to what was compared, without blank lines. */
function firstScreen(text: string): string[] {
  const [head = ""] = text.split("\nCompared with");
  const lines = head.split("\n").filter((line) => line !== "");
  expect(lines[0]).toBe(MARKER);
  return lines.slice(1).map(withoutPlaces);
}

/** Without the folder's made-up name and the settings' line. */
function withoutPlaces(line: string): string {
  return line
    .replace(/\/\S*mlscore-review-endpoint-\w+/, "FOLDER")
    .replace(/(Pulumi\.production\.yaml:\u200b?)\d+/, "$1LINE");
}
