import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { UserError } from "../errors";
import { fileErrorCode, fileProblem } from "./fileProblems";

/** Bytes; what the files of people may hold, by what they are. */
export const MOST_BYTES = {
  /** Settings, endpoints, deployments, conda environments, ignore lists, tokens. */
  text: 1024 * 1024,
  /** Sample requests and bodies: more than an endpoint takes, so that it is the endpoint that refuses. */
  request: 256 * 1024 * 1024,
  /** Previews, plans, records, and state that this project has written itself. */
  document: 256 * 1024 * 1024,
} as const;

/** A file that cannot be read as one; a user's mistake. */
export class UnreadableFile extends UserError {
  constructor(
    file: string,
    /** What is wrong, after the file's name: "does not exist". */
    readonly problem: string,
    /** Node's code, where the file system gave one. */
    readonly code?: string,
  ) {
    super(`${file} ${problem}`);
  }
}

/**
 * What is in a file that a person can name or has put in a place where this project looks.
 *
 * Only regular files are read, and no more than `most` bytes of them: a named pipe would wait for a writer that never
 * comes, and a device has no end.
 *
 * @throws UnreadableFile
 */
export function readUserFile(file: string, most: number): Buffer {
  let descriptor: number | undefined;
  try {
    // Before opening, which alone does something to some devices …
    checkReadable(file, statSync(file), most);
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    // … and after it, since another file may have taken the place.
    checkReadable(file, fstatSync(descriptor), most);
    return contentOf(file, descriptor, most);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(file, fileProblem(error), fileErrorCode(error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same as text; undefined when there is no such file. @throws UnreadableFile */
export function readTextIfThere(file: string, most: number): string | undefined {
  try {
    return readUserFile(file, most).toString();
  } catch (error) {
    if (error instanceof UnreadableFile && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function checkReadable(file: string, status: Stats, most: number): void {
  if (!status.isFile()) throw new UnreadableFile(file, `is ${kindOf(status)}; a file is needed`);
  if (status.size > most) throw tooLarge(file, most);
}

/** What is at a path that is no regular file, in words. */
function kindOf(status: Stats): string {
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a named pipe";
  if (status.isSocket()) return "a socket";
  return "a device";
}

/** Read to the end and not to the size: files of /proc have none, and others grow. */
function contentOf(file: string, descriptor: number, most: number): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, most + 1 - length));
    const count = readSync(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
    length += count;
    if (length > most) throw tooLarge(file, most);
  }
}

const CHUNK_BYTES = 1024 * 1024;

function tooLarge(file: string, most: number): UnreadableFile {
  const limit = most >= 1024 * 1024 ? `${most / (1024 * 1024)} MiB` : `${most / 1024} KiB`;
  return new UnreadableFile(file, `is larger than ${limit}, the most that is read`);
}
