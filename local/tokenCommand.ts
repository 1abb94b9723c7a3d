import { Command, InvalidArgumentError, type Option } from "commander";
import type { SupervisorClient, TokenRequest } from "./endpoint";
import { printError, printKey } from "../output";

interface TokenOptions {
  readonly stack: string;
  readonly for?: string;
  readonly memberOf?: string;
  readonly expires?: number;
  readonly newKey?: boolean;
}

/** `token`: what `az ml online-endpoint get-credentials --query accessToken` prints for an endpoint in Azure. */
export function tokenCommand(
  stackOption: () => Option,
  running: (stack: string) => Promise<SupervisorClient>,
): Command {
  return new Command("token")
    .description("print a token for the running endpoint, if it takes tokens")
    .addOption(stackOption())
    .option("--for <object-id>", "object id of a user or service principal (default: you)")
    .option("--member-of <object-id>", "object id of a group that it is a member of")
    .option(
      "--expires <seconds>",
      "seconds until it expires; negative: it has expired already",
      seconds,
    )
    .option("--new-key", "sign it with a new key, as after a key rollover of Entra ID")
    .action(async (options: TokenOptions) => {
      const token = await (await running(options.stack)).token(requestOf(options));
      printKey(token.accessToken);
      printError(`Expires ${new Date(token.expiryTimeUtc * 1000).toISOString()}`);
    });
}

function requestOf({ for: objectId, memberOf, expires, newKey }: TokenOptions): TokenRequest {
  return {
    ...(objectId === undefined ? {} : { objectId }),
    ...(memberOf === undefined ? {} : { memberOf }),
    ...(expires === undefined ? {} : { expiresIn: expires }),
    ...(newKey === undefined ? {} : { newKey }),
  };
}

function seconds(text: string): number {
  if (/^-?\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of seconds.");
}
