import { readFileSync } from "node:fs";
import { UserError } from "../errors";

/** What is in a file that the user named. @throws UserError when it cannot be read */
export function readUserFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
