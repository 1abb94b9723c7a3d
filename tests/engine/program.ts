import { join } from "node:path";
import { UserError } from "../../errors";
import program from "../../index";
import { emulatedReads } from "../../emulator/azure/kubernetesVersions";

/** The program as the engine's tests run it. The engine starts a program in its own folder; ours runs in the project's. */
export = async () => {
  process.chdir(join(__dirname, "..", ".."));
  const outputs = await program(emulatedReads, () => Promise.resolve());
  if (process.env["MLSCORE_TEST_USER"] !== undefined) throw new UserError("it cannot do so");
  if (process.env["MLSCORE_TEST_BUG"] !== undefined) throw new TypeError("a bug");
  return outputs;
};
