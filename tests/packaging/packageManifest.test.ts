import { describe, expect, it } from "@jest/globals";
import { packageManifest } from "../../packaging/packageManifest";

const PROJECT = {
  name: "sample",
  version: "1.2.3",
  description: "A sample",
  license: "Apache-2.0",
  engines: { node: ">=20.19" },
  exports: { ".": "./dist/package.js" },
  dependencies: {
    "@azure/identity": "4.13.1",
    "@pulumi/azure-native": "3.28.0",
    "@pulumi/kubernetes": "4.34.2",
    "@pulumi/pulumi": "3.270.0",
    hono: "4.13.19",
    zod: "4.6.7",
  },
};

describe("packageManifest", () => {
  it("has what the modules import, each package once, and nothing else of the project", () => {
    const modules = [
      ...["zod", "@azure/identity", "@pulumi/kubernetes/core/v1", "@pulumi/kubernetes"],
      ...["@pulumi/pulumi", "@pulumi/pulumi/errors", "@pulumi/azure-native/storage"],
    ];
    expect(packageManifest(PROJECT, modules)).toEqual({
      name: "sample",
      version: "1.2.3",
      description: "A sample",
      license: "Apache-2.0",
      private: true,
      engines: { node: ">=20.19" },
      exports: { ".": "./dist/package.js" },
      dependencies: { "@azure/identity": "4.13.1", "@pulumi/kubernetes": "4.34.2", zod: "4.6.7" },
      peerDependencies: { "@pulumi/azure-native": "^3.28.0", "@pulumi/pulumi": "^3.270.0" },
    });
  });

  it("refuses a module of a package that the project only has by accident", () => {
    expect(() => packageManifest(PROJECT, ["@scope/other/sub"])).toThrow(
      "@scope/other is imported and no dependency of sample",
    );
  });
});
