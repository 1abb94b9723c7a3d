import { join } from "node:path";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/**
 * What serves an MLflow model that has no scoring script of its own, on the local endpoint and in the image, in Azure's words
 * for it: a folder with code, and the script's path below it.
 */
export const MLFLOW_HOST = {
  codeDirectory: join(PROJECT_DIRECTORY, "scoring", "mlflow"),
  scoringScript: "mlflow_score.py",
} as const;

/**
 * Packages that the script needs beside the inference server, added without a word as Azure adds them to those of the model
 * (how-to-deploy-mlflow-models, "Packages and dependencies"; the versions there are the image's). MLflow brings pandas.
 */
export const MLFLOW_REQUIREMENTS: readonly string[] = ["mlflow"];

/** Python of the image that scoring/Dockerfile builds on, where no other one is named. */
export const IMAGE_PYTHON = "3.11";
