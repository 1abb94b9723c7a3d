import { fork, type ChildProcess } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { V8_OPTIONS } from "../runner/v8Options";

const PROJECT = join(__dirname, "..", "..");

export interface EvaluationService {
  readonly socketPath: string;
  close(): void;
}

/**
 * Evaluates stacks for all suites of a run: each request once, however many ask, over a UNIX socket with a line for each
 * request and each answer. The evaluating process starts with the first request; when it dies, its requests fail.
 *
 * @param folder of the run
 */
export function startEvaluationService(folder: string, env: NodeJS.ProcessEnv): EvaluationService {
  const answers = new Map<string, Promise<string>>();
  const pending = new Map<number, (answer: string) => void>();
  let evaluator: ChildProcess | undefined;
  let lastId = 0;

  function ask(request: string): Promise<string> {
    evaluator ??= start();
    const child = evaluator;
    const id = (lastId += 1);
    return new Promise((resolve) => {
      pending.set(id, resolve);
      child.send({ id, request });
    });
  }

  function start(): ChildProcess {
    const loaders = ["tsx", join(PROJECT, "review", "lazyModules.mjs")];
    const child = fork(join(__dirname, "evaluator.ts"), {
      cwd: PROJECT,
      env: { ...env, TMPDIR: folder },
      execArgv: [...V8_OPTIONS, ...loaders.flatMap((loader) => ["--import", loader])],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", ({ id, answer }: { id: number; answer: string }) => {
      pending.get(id)?.(answer);
      pending.delete(id);
    });
    child.once("exit", (code, signal) => {
      evaluator = undefined;
      const message = `the evaluating process ended (${signal ?? `exit code ${code ?? "none"}`})`;
      for (const give of pending.values()) {
        give(JSON.stringify({ warnings: [], error: { name: "Error", message } }));
      }
      pending.clear();
      answers.clear();
    });
    return child;
  }

  function serve(socket: Socket): void {
    socket.on("error", () => undefined);
    createInterface({ input: socket }).on("line", (line) => {
      const { cached, request } = JSON.parse(line) as { cached: boolean; request: string };
      const answer = (cached ? answers.get(request) : undefined) ?? ask(request);
      if (cached) answers.set(request, answer);
      void answer.then((text) => socket.end(text));
    });
  }

  const socketPath = join(folder, "evaluations.sock");
  const server = createServer(serve).listen(socketPath);
  return {
    socketPath,
    close() {
      server.close();
      evaluator?.kill("SIGKILL");
    },
  };
}
