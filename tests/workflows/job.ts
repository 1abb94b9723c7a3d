import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/**
 * Runs the jobs of our workflows, and the composite actions of this repository that they use, without GitHub: scripts by
 * bash, with fakes of `az`, `pulumi`, `gh`, `npm` and `node` on the PATH, which write down who is signed in and which
 * subscription is used. Actions of others are recorded and do nothing, except for azure/login, which signs in. It knows no
 * more of GitHub's expressions than our workflows use.
 */

const GITHUB = join(__dirname, "..", "..", ".github");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly steps: readonly Step[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Values of expressions by what stands between the braces, such as `vars.AZURE_TENANT_ID`. */
export type Context = Readonly<Record<string, string>>;

/** What `Pulumi.<stack>.yaml` of the run's folder says, by stack. */
export const SUBSCRIPTIONS = {
  sandbox: "11111111-1111-1111-1111-111111111111",
  production: "22222222-2222-2222-2222-222222222222",
} as const;

/** One that Azure CLI has chosen by itself, and that is nobody's. */
export const DEFAULT_SUBSCRIPTION = "99999999-9999-9999-9999-999999999999";

/** `who` is signed in; the providers ask for the subscription of the stack's own settings, as azure-native does. */
const FAKES: Readonly<Record<string, string>> = {
  pulumi: `
echo "pulumi $* [as $(cat "$FAKES/who" 2>/dev/null || echo nobody)]" >>"$FAKES/log"
[ "$1" = install ] || echo "$AZURE_TOKEN_CREDENTIALS $AZURE_KEYVAULT_AUTH_VIA_CLI" >>"$FAKES/environment"
stack=$(sed 's/.*--stack \\([a-z]*\\).*/\\1/' <<<"$*")
case "$1" in
  preview | up)
    subscription=$(sed -n 's/^ *azure-native:subscriptionId: *//p' "Pulumi.$stack.yaml")
    az account get-access-token --subscription "\${subscription:-none}"
    if [ -n "\${PULUMI_FAILS:-}" ]; then exit 1; fi ;;
esac
case "$1" in preview) cat "$FAKES/$stack.json" ;; esac`,
  az: `echo "az $* [as $(cat "$FAKES/who" 2>/dev/null || echo nobody)]" >>"$FAKES/log"`,
  gh: `echo "gh $*" >>"$FAKES/log"`,
  // The plan is written and compared by the real command; a review is a file.
  npm: `
echo "npm $* [as $(cat "$FAKES/who" 2>/dev/null || echo nobody)]" >>"$FAKES/log"
[ "$1" = run ] && shift; [ "$1" = --silent ] && shift
case "$1" in
  plan) shift 2; exec "$NODE" --import "$TSX" "$REPOSITORY/review/planCli.ts" "$@" ;;
  preflight) [ -z "\${PREFLIGHT_FAILS:-}" ] || exit 1 ;;
  review) mkdir -p review-out && echo review >review-out/review.md ;;
esac`,
  node: `echo "node $* [as $(cat "$FAKES/who" 2>/dev/null || echo nobody)]" >>"$FAKES/log"`,
  npx: `echo "npx $*" >>"$FAKES/log"`,
};

const REPOSITORY = join(GITHUB, "..");

export class JobRun {
  readonly folder = mkdtempSync(join(tmpdir(), "mlscore-job-"));
  readonly fakes = join(this.folder, "fakes");
  status = 0;
  /** What the scripts printed. */
  printed = "";

  constructor() {
    mkdirSync(this.fakes);
    for (const [name, script] of Object.entries(FAKES)) this.fake(name, script);
    for (const [stack, subscription] of Object.entries(SUBSCRIPTIONS)) {
      this.write(
        `Pulumi.${stack}.yaml`,
        `config:\n  azure-native:subscriptionId: ${subscription}\n`,
      );
      this.preview(stack, "same");
    }
  }

  /** Makes the previews of a stack from now on show this step for its resource group. */
  preview(stack: string, op: string, owner = "tests"): void {
    const type = "azure-native:resources:ResourceGroup";
    const urn = `urn:pulumi:${stack}::mlscore::${type}::resource-group`;
    const newState = { urn, type, custom: true, inputs: { tags: { owner } } };
    this.write(`fakes/${stack}.json`, JSON.stringify({ steps: [{ op, urn, newState }] }));
  }

  /** Copies what a job uploaded, the artifact's folder, to where the next one downloads it to. */
  artifact(from: string, to: string): void {
    cpSync(join(this.folder, from), join(this.folder, to), { recursive: true });
  }

  /** Replaces a program by a script. */
  fake(name: string, script: string): void {
    const file = join(this.fakes, name);
    writeFileSync(file, `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(file, 0o755);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Everything that happened, a line for each. */
  log(): string[] {
    return readFileSync(join(this.fakes, "log"), "utf8").trimEnd().split("\n");
  }

  /** The environment in which Pulumi ran, for the state and its secrets. */
  environment(): string[] {
    return readFileSync(join(this.fakes, "environment"), "utf8").trimEnd().split("\n");
  }

  /** Runs the job until a step fails, and then what is always run. */
  run(workflow: string, job: string, context: Context, env: Readonly<Record<string, string>> = {}) {
    const text = readFileSync(join(GITHUB, "workflows", workflow), "utf8");
    const { jobs, env: common = {} } = parse(text) as {
      readonly jobs: Readonly<Record<string, Job>>;
      readonly env?: Readonly<Record<string, string>>;
    };
    const found = jobs[job];
    if (found === undefined) throw new Error(`${workflow} has no job ${job}`);
    this.steps(found.steps, context, { ...common, ...found.env, ...env });
    return this;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private steps(steps: readonly Step[], context: Context, env: Readonly<Record<string, string>>) {
    for (const step of steps) {
      if (this.status !== 0 && step.if !== "always()") continue;
      const inputs = resolved(step.with ?? {}, context);
      const variables = { ...resolved(env, context), ...resolved(step.env ?? {}, context) };
      if (step.run !== undefined) this.script(step.run, variables);
      else if (step.uses?.startsWith("./") === true) this.action(step.uses, inputs, variables);
      else this.foreign(step.uses ?? "", inputs);
    }
  }

  private action(
    path: string,
    inputs: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>>,
  ) {
    const file = join(GITHUB, "..", path, "action.yml");
    const action = parse(readFileSync(file, "utf8")) as {
      readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
      readonly runs: { readonly steps: readonly Step[] };
    };
    const given = Object.entries(action.inputs).map(([name, input]) => [
      `inputs.${name}`,
      inputs[name] ?? input.default ?? "",
    ]);
    this.steps(action.runs.steps, Object.fromEntries(given) as Context, env);
  }

  private foreign(uses: string, inputs: Readonly<Record<string, string>>) {
    const [name = ""] = uses.split("@");
    const said = Object.entries(inputs).map(([key, value]) => ` ${key}=${value}`);
    writeFileSync(join(this.fakes, "log"), `${name}${said.join("")}\n`, { flag: "a" });
    if (name === "azure/login") writeFileSync(join(this.fakes, "who"), inputs["client-id"] ?? "");
  }

  private script(script: string, env: Readonly<Record<string, string>>) {
    const done = spawnSync("bash", ["-e", "-c", script], {
      cwd: this.folder,
      encoding: "utf8",
      // Node's own pipe is a socket, and a bash that is started on one reads the user's .bashrc.
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${this.fakes}:/usr/local/bin:/usr/bin:/bin`,
        FAKES: this.fakes,
        NODE: process.execPath,
        TSX: require.resolve("tsx"),
        REPOSITORY,
        GITHUB_STEP_SUMMARY: join(this.folder, "summary"),
        ...env,
      },
    });
    // A job that has failed has failed, whatever its last steps do.
    if (this.status === 0) this.status = done.status ?? 1;
    this.printed += done.stdout + done.stderr;
  }
}

/** Texts with their expressions replaced; one that is not in the context is a mistake of the test or of the workflow. */
function resolved(
  texts: Readonly<Record<string, unknown>>,
  context: Context,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      String(text).replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_all, name: string) => {
        const value = context[name];
        if (value === undefined) throw new Error(`nobody says what ${name} is`);
        return value;
      }),
    ]),
  );
}
