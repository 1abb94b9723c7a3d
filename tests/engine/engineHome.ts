import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version as azureNativeVersion } from "@pulumi/azure-native/package.json";
import { version as dockerVersion } from "@pulumi/docker/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";

const PROJECT = join(__dirname, "..", "..");

/** Fills an engine's folder: the project that loads this one, and a launcher of the emulator for every provider. */
export function writeHome(home: string): void {
  for (const folder of ["project", "state", "bin"]) mkdirSync(join(home, folder));
  const tsx = join(PROJECT, "node_modules/tsx/dist/loader.mjs");
  writeFileSync(
    join(home, "project", "Pulumi.yaml"),
    readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8")
      .replace("--import tsx", `--import ${tsx}`)
      .replace("./lazyModules.mjs", join(PROJECT, "lazyModules.mjs"))
      .replace("main: index.ts", `main: ${join(__dirname, "program.ts")}`),
  );
  const versions = {
    "azure-native": azureNativeVersion,
    docker: dockerVersion,
    kubernetes: kubernetesVersion,
  };
  const plugins = Object.entries(versions).map(([name, version]) => {
    return [join(home, "plugins", `resource-${name}-v${version}`), name] as const;
  });
  for (const [folder, name] of [...plugins, [join(home, "bin"), "pulumi-nodejs"] as const]) {
    mkdirSync(folder, { recursive: true });
    const launcher =
      `#!/bin/sh\nexport MLSCORE_EMULATOR_PACKAGE=${name}\n` +
      `exec "${process.execPath}" --import "${tsx}" "${join(PROJECT, "emulator/plugin/provider.ts")}" "$@"\n`;
    writeFileSync(join(folder, `pulumi-resource-${name}`), launcher, { mode: 0o755 });
  }
}
