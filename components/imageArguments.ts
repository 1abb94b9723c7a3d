import { basename } from "node:path";
import type { ImageBuild, ImageServer } from "../config/production/productionTypes";
import { AZURE_SERVER } from "../config/production/scoringServer";
import { MLFLOW_HOST } from "../mlflow/host";

/** What scoring/Dockerfile asks for. */
export function buildArguments(
  build: ImageBuild,
  baseImage: string | undefined,
  releaseId: string,
): Record<string, string> {
  return {
    MODEL: build.model,
    ...serverArguments(build.server),
    RELEASE_ID: releaseId,
    ...(baseImage === undefined ? {} : { BASE_IMAGE: baseImage }),
  };
}

function serverArguments(server: ImageServer): Record<string, string> {
  switch (server.kind) {
    case "script":
      return { SCORING_SCRIPT: server.scoringScript };
    case "mlflow": {
      const { codeDirectory, scoringScript } = MLFLOW_HOST;
      return {
        CODE: basename(codeDirectory),
        SCORING_SCRIPT: scoringScript,
        REQUIREMENTS: server.lock,
        PYTHON: server.python,
        SERVER: AZURE_SERVER,
      };
    }
  }
}
