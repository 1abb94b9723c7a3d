/** What went wrong with a file or folder, in words; anything that is not a file-system error is a bug and rethrown. */
export function readFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "does not exist";
    case "ENOTDIR":
      return "does not exist: a part of the path is a file, not a folder";
    case "EISDIR":
      return "is a folder; a file is needed";
    case "EACCES":
    case "EPERM":
      return "may not be read; check its permissions";
    case "ELOOP":
      return "is a symbolic link that leads back to itself";
    case "ENAMETOOLONG":
      return "has a path that is too long for this machine";
    default:
      if (typeof code === "string" && error instanceof Error) return `cannot be read (${code})`;
      throw error;
  }
}
