import * as pulumi from "@pulumi/pulumi";
import { printError } from "../output";

/** Tells the user who waits for a preview or a command how far it is: in the engine's status line, or on standard error. */
export function tellProgress(text: string): void {
  if (pulumi.runtime.getEngine() === undefined) printError(`info: ${text}`);
  else void pulumi.log.info(text, undefined, undefined, true);
}
