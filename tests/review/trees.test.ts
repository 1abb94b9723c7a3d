import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { evaluatedFrom, readableSettings, type Rendered } from "../../review/evaluate";
import { evaluatedTrees, type Trees } from "../../review/trees";
import { baseCommit, whileCheckedOut, workingTree } from "../../review/base";

/** Which sides are evaluated, and that the two sides are what they are when both are always evaluated. */

let repository: string;
let cache: string;
let evaluations: string[];

function git(...args: string[]): string {
  const identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"];
  const done = spawnSync("git", ["-C", repository, ...identity, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim();
}

function write(path: string, text: string): void {
  mkdirSync(join(repository, path, ".."), { recursive: true });
  writeFileSync(join(repository, path), text);
}

function commitAll(): void {
  git("add", "-A");
  git("commit", "-q", "-m", "files");
}

/** An evaluation that reads what one can read: all files but those that the program never opens. */
function rendered(directory: string, stack: string): Promise<Rendered> {
  evaluations.push(`${directory === repository ? "tree" : "commit"} ${stack}`);
  evaluations.sort();
  const text = (path: string) => readFileSync(join(directory, path), "utf8");
  try {
    const settings = text(`Pulumi.${stack}.yaml`);
    if (settings.includes("refused")) {
      return Promise.resolve({ kind: "refused", problems: [settings] });
    }
    const places = ["index.ts", "scoring/code", "scoring/endpoint"].flatMap((place) =>
      statSync(join(directory, place)).isFile()
        ? [place]
        : readdirSync(join(directory, place)).map((name) => `${place}/${name}`),
    );
    const led = /path: (\S+)/.exec(text("scoring/endpoint/blue.yml"))?.[1];
    const files = led === undefined ? places : [...places, join("scoring/endpoint", led)];
    const inputs = Object.fromEntries(files.sort().map((path) => [path, text(path)]));
    const resource = { urn: `urn:${stack}`, type: "t", name: "n", id: "/n", protect: false };
    return Promise.resolve({
      kind: "rendering",
      rendering: {
        resources: [{ ...resource, ignoreChanges: [], inputs }],
        outputs: { settings },
        warnings: [],
      },
    });
  } catch {
    return Promise.resolve({ kind: "absent" });
  }
}

const review = () => evaluatedTrees("HEAD", { repository, cache, render: rendered });

/** As it was before any side was left out. */
async function bothSides(): Promise<Trees> {
  const commit = baseCommit(repository, "HEAD");
  const after = workingTree(repository);
  return whileCheckedOut(repository, commit, async (directory) => {
    const of = async (where: string, stack: string) =>
      evaluatedFrom(await rendered(where, stack), () => readableSettings(where, stack));
    const hasOtherPackages =
      readFileSync(join(directory, "package-lock.json"), "utf8") !==
      readFileSync(join(repository, "package-lock.json"), "utf8");
    const names = readdirSync(directory)
      .concat(readdirSync(repository))
      .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    const stacks = [];
    for (const stack of [...new Set(names)].sort()) {
      const [before, now] = [await of(directory, stack), await of(repository, stack)];
      stacks.push({ stack, before, after: now });
    }
    return { commit, after, hasOtherPackages, stacks };
  });
}

/** What was evaluated for the first review of a change, and for one after it; both with the sides that there are. */
async function evaluatedFor(change: () => void): Promise<readonly (readonly string[])[]> {
  change();
  const all = await bothSides();
  const times: string[][] = [];
  for (let time = 0; time < 2; time++) {
    evaluations = [];
    expect(await review()).toEqual(all);
    times.push(evaluations);
  }
  return times;
}

beforeEach(() => {
  evaluations = [];
  repository = realpathSync(mkdtempSync(join(tmpdir(), "mlscore-repository-")));
  cache = join(repository, "..", `${repository.split("/").at(-1) ?? ""}-cache`);
  git("init", "-q", "-b", "main");
  mkdirSync(join(repository, "node_modules"));
  write(".gitignore", "node_modules\n*.log\n");
  write("package-lock.json", "{}");
  write("Pulumi.a.yaml", "config:\n  mlscore:endpointDirectory: scoring/endpoint\n");
  write("Pulumi.b.yaml", "config:\n  mlscore:endpointDirectory: scoring/endpoint\n");
  write("index.ts", "export {};\n");
  write("scoring/code/score.py", "1\n");
  write("scoring/endpoint/blue.yml", "code: ../code\n");
  write("docs/operations.md", "1\n");
  write("tests/a.test.ts", "1\n");
  commitAll();
});
afterEach(() => {
  for (const folder of [repository, cache]) rmSync(folder, { recursive: true, force: true });
});

const TREE = ["tree a", "tree b"];
const BOTH = ["commit a", "commit b", "tree a", "tree b"];

describe("one side alone is evaluated, and none the next time", () => {
  const changes: readonly (readonly [string, () => void])[] = [
    ["nothing", () => undefined],
    [
      "a document",
      () => {
        write("docs/operations.md", "2\n");
      },
    ],
    [
      "a new document",
      () => {
        write("docs/more/new.md", "2\n");
      },
    ],
    [
      "a test",
      () => {
        write("tests/a.test.ts", "2\n");
      },
    ],
    [
      "the readme, which nobody named",
      () => {
        write("README.md", "2\n");
      },
    ],
    [
      "what tools leave",
      () => {
        write("scoring/__pycache__/score.pyc", "2\n");
      },
    ],
    [
      "the time of a file",
      () => {
        rmSync(join(repository, "index.ts"));
        write("index.ts", "export {};\n");
      },
    ],
    [
      "a document, which is committed",
      () => {
        write("docs/operations.md", "2\n");
        commitAll();
        git("reset", "-q", "--soft", "HEAD~1");
      },
    ],
  ];
  it.each(changes)("when this changes: %s", async (_what, change) => {
    expect(await evaluatedFor(change)).toEqual([TREE, []]);
  });

  it("when the review itself lies in the project", async () => {
    write("out/review.md", "2\n");
    const output = join(repository, "out");
    await evaluatedTrees("HEAD", { repository, cache, render: rendered, output });
    expect(evaluations).toEqual(TREE);
  });
});

describe("both sides are evaluated, and the commit only once", () => {
  const changes: readonly (readonly [string, () => void])[] = [
    [
      "the program",
      () => {
        write("index.ts", "export const a = 1;\n");
      },
    ],
    ["a file that is staged", () => (write("index.ts", "2\n"), git("add", "-A"))],
    [
      "the code",
      () => {
        write("scoring/code/score.py", "2\n");
      },
    ],
    [
      "a file of the code that git does not know",
      () => {
        write("scoring/code/new.py", "2\n");
      },
    ],
    [
      "a file of the code that git ignores",
      () => {
        write("scoring/code/a.log", "2\n");
      },
    ],
    [
      "a file of the code that is gone",
      () => {
        rmSync(join(repository, "scoring/code/score.py"));
      },
    ],
    [
      "a file of the code with a break in its name",
      () => {
        write("scoring/code/a\nb", "2\n");
      },
    ],
    [
      "the endpoint",
      () => {
        write("scoring/endpoint/blue.yml", "code: ../code\nname: blue\n");
      },
    ],
    [
      "the packages",
      () => {
        write("package-lock.json", '{"other": 1}');
      },
    ],
    [
      "the readme of the code",
      () => {
        write("scoring/code/README.md", "2\n");
      },
    ],
  ];
  it.each(changes)("when this changes: %s", async (_what, change) => {
    expect(await evaluatedFor(change)).toEqual([BOTH, TREE]);
  });

  it("of a stack whose settings change, and one side of the others", async () => {
    const change = () => {
      write("Pulumi.a.yaml", "config: {}\n");
    };
    expect(await evaluatedFor(change)).toEqual([["commit a", "tree a", "tree b"], ["tree a"]]);
  });

  it("of a stack that is new or gone, as far as it is there", async () => {
    const change = () => {
      write("Pulumi.c.yaml", "config: {}\n");
      rmSync(join(repository, "Pulumi.a.yaml"));
    };
    const [first, second] = await evaluatedFor(change);
    expect(first).toEqual(["commit a", "tree a", "tree b", "tree c"]);
    expect(second).toEqual(["tree a", "tree c"]);
  });
});

describe("both sides are always evaluated", () => {
  it.each([
    ["in tests/", "path: ../../tests/model\n"],
    ["in docs/, written with an escape", 'path: "../../\\x64ocs/model"\n'],
    ["around the whole project", "path: ../..\nx: 1\n"],
    ["that is an environment in a file which is not YAML", "environment: file:./env\n"],
  ])("where the YAML leads to an asset %s", async (_what, text) => {
    write("tests/model", "1\n");
    write("docs/model", "1\n");
    write("scoring/endpoint/blue.yml", text.replace("path: ../..\n", "code: ../..\n"));
    commitAll();
    const change = () => {
      write("tests/model", "2\n");
      write("docs/model", "2\n");
    };
    expect(await evaluatedFor(change)).toEqual([BOTH, BOTH]);
  });

  it("where the YAML leads out of the project", async () => {
    const other = mkdtempSync(join(tmpdir(), "mlscore-other-"));
    write("scoring/endpoint/blue.yml", `path: ../../../${other.split("/").at(-1) ?? ""}/a\n`);
    writeFileSync(join(other, "a"), "1");
    commitAll();
    expect(await evaluatedFor(() => undefined)).toEqual([BOTH, BOTH]);
    rmSync(other, { recursive: true });
  });

  it("where there are symbolic links", async () => {
    symlinkSync("../docs/operations.md", join(repository, "scoring", "link"));
    commitAll();
    expect(
      await evaluatedFor(() => {
        write("docs/operations.md", "2\n");
      }),
    ).toEqual([BOTH, BOTH]);
  });

  it("where git has been told not to look", async () => {
    git("update-index", "--assume-unchanged", "index.ts");
    const change = () => {
      write("index.ts", "2\n");
    };
    expect(await evaluatedFor(change)).toEqual([BOTH, TREE]);
  });

  it("of a commit that is refused, because the reason may be this machine's", async () => {
    write("Pulumi.a.yaml", "config: { refused: x }\n");
    commitAll();
    const change = () => {
      write("index.ts", "2\n");
    };
    const [, second] = await evaluatedFor(change);
    expect(second).toEqual(["commit a", "tree a", "tree b"]);
  });
});

describe("what is kept of a commit", () => {
  const files = () => readdirSync(cache).map((name) => join(cache, name));

  it("is for this user alone, and ignored when it is damaged", async () => {
    await review();
    expect(files().map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    for (const file of files())
      writeFileSync(file, readFileSync(file, "utf8").replace("urn:", "x"));
    evaluations = [];
    await review();
    expect(evaluations).toEqual(TREE);
  });

  it("has nothing in it that looks like a secret: such a commit is evaluated each time", async () => {
    const key = ["AccountKey", "q7rT2mXv9LcZ8wYb4NsKd6Hf1JpGu3Ea5RoVi0Mx".repeat(2)].join("=");
    write("scoring/code/connection", `${key}==\n`);
    commitAll();
    const change = () => {
      write("index.ts", "2\n");
    };
    expect(await evaluatedFor(change)).toEqual([BOTH, BOTH]);
    expect(() => files()).toThrow("ENOENT");
  });

  it("is not what was edited while it was evaluated", async () => {
    const render = async (directory: string, stack: string) => {
      write("index.ts", "edited meanwhile\n");
      return rendered(directory, stack);
    };
    await evaluatedTrees("HEAD", { repository, cache, render });
    expect(() => files()).toThrow("ENOENT");
  });

  it("is limited in number, the latest first", async () => {
    for (let version = 0; version < 22; version++) {
      write("index.ts", `${version}\n`);
      commitAll();
      await review();
    }
    expect(files().length).toBe(40);
    evaluations = [];
    await review();
    expect(evaluations).toEqual([]);
  });
});
