/** What went wrong with a file or folder, in words; anything that is not a file-system error is a bug and rethrown. */
export function fileProblem(error: unknown): string {
  const code = fileErrorCode(error);
  switch (code) {
    case undefined:
      throw error;
    case "ENOENT":
      return "does not exist";
    case "ENOTDIR":
      return "does not exist: a part of the path is a file, not a folder";
    case "EISDIR":
      return "is a folder; a file is needed";
    case "EACCES":
    case "EPERM":
      return "cannot be read; check its permissions";
    case "ELOOP":
      return "is a symbolic link that points back to itself";
    case "ENAMETOOLONG":
      return "has a path that is too long for this machine";
    default:
      return `cannot be read (${code})`;
  }
}

/** Node's code of a file-system error, such as ENOENT; undefined for any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  const isCoded = typeof error === "object" && error !== null && "code" in error;
  return isCoded && typeof error.code === "string" ? error.code : undefined;
}
