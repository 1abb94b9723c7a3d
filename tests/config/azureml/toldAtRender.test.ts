import { describe, expect, it } from "@jest/globals";
import { readEndpointDirectory } from "../../../config/azureml/directory";
import { registryProblems } from "../../../config/registryRights";
import { DEPLOYMENT, folderWith, lines, SOUND } from "./harness";

const IMAGE = "registry.example.com/base:1.2";

async function said(deployment: string, conda = SOUND["conda.yml"] ?? ""): Promise<string[]> {
  const folder = folderWith({ ...SOUND, "blue-deployment.yml": deployment, "conda.yml": conda });
  return lines((await readEndpointDirectory(folder)).problems, folder);
}

const withSize = (size: string) => DEPLOYMENT.replace("Standard_DS3_v2", size);

describe("what Azure would refuse later is told with its line", () => {
  it.each([
    ["Standard_DS3_v3", "did you mean Standard_D4s_v3, or Standard_DS3_v2?"],
    ["Standard_ES4_v5", "did you mean Standard_E4s_v5?"],
    ["Standard_DS9_v2", "version 2 has the numbers 1 to 5 and 11 to 15"],
    ["Standard_D3s_v3", "did you mean Standard_D4s_v3?"],
  ])("the unknown size %s", async (size, hint) => {
    expect(await said(withSize(size))).toEqual([
      expect.stringMatching(
        /^error blue-deployment\.yml:12 instance_type: is ".*", a size that does not exist/,
      ),
    ]);
    expect((await said(withSize(size))).join()).toContain(hint);
  });

  it.each([
    ...["Standard_DS3_v2", "Standard_D4s_v3", "Standard_E4ds_v5", "Standard_F4s_v2"],
    ...[
      "Standard_NC6s_v3",
      "Standard_NC24ads_A100_v4",
      "Standard_NC4as_T4_v3",
      "Standard_DC1s_v3",
      "Standard_ND96asr_v4",
    ],
  ])("takes the size %s", async (size) => {
    expect(await said(withSize(size))).toEqual([]);
  });

  it.each([
    [`"'${IMAGE}'"`, "with quotes in the name itself"],
    [`${IMAGE}:latest`, "which has two tags; keep one"],
    ["registry.example.com/Base:1.2", "in lower case"],
    [`${IMAGE}@sha256:123`, "64 lower-case hex digits"],
    ["registry.example.com/base:-1", "a tag has up to 128"],
  ])("the image %s", async (image, hint) => {
    const [line, ...others] = await said(DEPLOYMENT.replace(IMAGE, image));
    expect(others).toEqual([]);
    expect(line).toMatch(/^error blue-deployment\.yml:10 environment\.image: is /);
    expect(line).toContain(hint);
  });

  it.each(["__VERSION__", "{{VERSION}}", "#{VERSION}#", "<VERSION>", "$(Version)"])(
    "the placeholder %s in a conda file",
    async (placeholder) => {
      const conda = `dependencies:\n  - python=3.12\n  - pip:\n      - "flask==${placeholder}"\n`;
      expect(await said(DEPLOYMENT, conda)).toEqual([
        `error conda.yml:4 dependencies.1.pip.0: has the placeholder "${placeholder}"; replace it with the value`,
      ]);
    },
  );

  it("the placeholder of a variable, and not as a secret", async () => {
    const variables =
      "environment_variables:\n  STORE_CONNECTION_STRING: __STORE__\n  LOG: __LOG_CONTAINER__\n  N: a__B__\n";
    expect(await said(DEPLOYMENT + variables)).toEqual([
      "warning blue-deployment.yml:15 environment_variables.STORE_CONNECTION_STRING: its value looks like a placeholder; the container gets it as it is",
      'warning blue-deployment.yml:16 environment_variables.LOG: "__LOG_CONTAINER__" looks like a placeholder; the container gets it as it is',
    ]);
  });

  it.each<[string, number]>([
    ["otherteam.azurecr.io/dune/serve:1.4", 1],
    ["own.azurecr.io/dune/serve:1.4", 0],
    ["mcr.microsoft.com/azureml/minimal:1", 0],
  ])("the registry of %s, on which the identity has no right", async (image, count) => {
    const folder = folderWith({
      ...SOUND,
      "blue-deployment.yml": DEPLOYMENT.replace(IMAGE, image),
    });
    const { definition } = await readEndpointDirectory(folder);
    const found = lines(registryProblems(definition!, "own"), folder);
    expect(found).toHaveLength(count);
    if (count === 1)
      expect(found[0]).toMatch(
        /^warning blue-deployment\.yml:10 environment\.image: is in the registry otherteam\.azurecr\.io: .*role AcrPull/,
      );
  });
});
