import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = join(__dirname, "..", "..");
/** As the npm scripts start them, but without what Pulumi's SDK loads and never uses, which halves their time. */
export const NODE_OPTIONS = ["--import", "tsx", "--import", "./review/lazyModules.mjs"];

export interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The project's commands with a state folder of their own, so that a developer's running endpoint is left alone. */
export class CommandLine {
  readonly state = mkdtempSync(join(tmpdir(), "mlscore-e2e-"));
  private readonly options;

  /**
   * @param cwd the project, or a copy of it
   * @param variables of the environment, beside this process's
   */
  constructor(cwd = PROJECT, variables: Readonly<Record<string, string>> = {}) {
    const own = { MLSCORE_STATE: this.state, NO_COLOR: "1" };
    this.options = { cwd, env: { ...process.env, ...variables, ...own } };
  }

  local(...args: string[]): Done {
    return this.run("local/cli.ts", args);
  }

  render(...args: string[]): Done {
    return this.run("render/cli.ts", args);
  }

  /** The same beside whatever this process is doing, such as sending requests. */
  async beside(script: string, ...args: string[]): Promise<Done> {
    const child = spawn(process.execPath, [...NODE_OPTIONS, script, ...args], {
      ...this.options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += String(text)));
    child.stderr.on("data", (text) => (stderr += String(text)));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, stdout, stderr };
  }

  /** Starts `up` in the foreground, as `npm start` does. */
  start(...args: string[]) {
    return spawn(process.execPath, ["--import", "tsx", "local/cli.ts", "up", ...args], {
      ...this.options,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Command lines of processes that were started with this state folder. */
  processes(): string[] {
    const { stdout } = spawnSync("ps", ["axeww", "-o", "pid=,stat=,command="], {
      encoding: "utf8",
    });
    return stdout
      .split("\n")
      .filter(
        (line) =>
          line.includes(this.state) && !/ Z/.test(line.slice(0, 14)) && !line.includes("ps axeww"),
      );
  }

  remove(): void {
    this.local("down");
    rmSync(this.state, { recursive: true, force: true });
  }

  private run(script: string, args: readonly string[]): Done {
    const command = [...NODE_OPTIONS, script, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      ...this.options,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }
}
