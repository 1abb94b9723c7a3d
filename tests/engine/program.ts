import { join } from "node:path";
import program from "../../index";
import { emulatedReads } from "../../emulator/azure/kubernetesVersions";

/** The program as the engine's tests run it. The engine starts a program in its own folder; ours runs in the project's. */
export = () => {
  process.chdir(join(__dirname, "..", ".."));
  return program(emulatedReads, () => Promise.resolve());
};
