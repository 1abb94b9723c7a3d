import { z } from "zod";
import { choice, prose, refused, text, textMap, version, wholeNumber } from "./yamlValues";

/**
 * Models, code and environments as a deployment's YAML gives them: by reference (text) or written in place.
 * Sources: Microsoft Learn "CLI (v2) model YAML schema" and "CLI (v2) environment YAML schema"; azure-sdk-for-python
 * `_schema/assets/model.py`, `_schema/assets/environment.py`, `_schema/_deployment/code_configuration_schema.py`.
 */

export const inlineModelSchema = z.strictObject({
  $schema: text().optional(),
  /** @default - made from the endpoint's and the deployment's names */
  name: text().optional(),
  /** @default - made from the content */
  version: version().optional(),
  /** File or folder, relative to the YAML file. */
  path: text("the path of the model file or folder, relative to this file"),
  /** @default custom_model */
  type: choice(["custom_model", "mlflow_model", "triton_model"]).optional(),
  description: prose().optional(),
  tags: textMap().optional(),
  properties: textMap().optional(),
  /** Of the model's life cycle, such as Production (ARM's ModelVersionProperties.stage). */
  stage: text("a stage of the model's life cycle").optional(),
  /** By flavour: its settings. */
  flavors: z.record(z.string(), textMap()).optional(),
});

export const modelSchema = z.union([z.string(), inlineModelSchema]);

export const codeConfigurationSchema = z.strictObject({
  /** Folder, relative to the YAML file; or a registered code asset. */
  code: text("the path of the code folder, relative to this file"),
  /** File below the code folder. */
  scoring_script: text("the scoring script's path below the code folder"),
});

const routeSchema = z.strictObject({
  path: text("a path such as /score"),
  port: wholeNumber(1, 65535, "a TCP port"),
});

/** The CLI wants all three of the first routes; `startup_route` is in the ARM API only (2025-12-01). */
const inferenceConfigSchema = z.strictObject({
  liveness_route: routeSchema,
  readiness_route: routeSchema,
  scoring_route: routeSchema,
  startup_route: routeSchema.optional(),
});

const IN_CONDA_FILE = "belongs in a conda file; put it there and name the file with conda_file";

export const inlineEnvironmentSchema = z.strictObject({
  $schema: text().optional(),
  name: text().optional(),
  version: version().optional(),
  /** Container image; one of `image` and `build` is needed. */
  image: text("a container image").optional(),
  /** Path of a conda file, or its content as a mapping; installed on top of `image`. */
  conda_file: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  build: z
    .strictObject({
      /** Folder of the Docker build context, relative to the YAML file. */
      path: text("the path of the build context folder, relative to this file"),
      /** Below `path`. @default Dockerfile */
      dockerfile_path: text("the Dockerfile's path below the build context").optional(),
    })
    .optional(),
  inference_config: inferenceConfigSchema.optional(),
  /** @default linux */
  os_type: choice(["linux", "windows"]).optional(),
  description: prose().optional(),
  tags: textMap().optional(),
  properties: textMap().optional(),
  channels: refused(IN_CONDA_FILE).optional(),
  dependencies: refused(IN_CONDA_FILE).optional(),
});

export const environmentSchema = z.union([z.string(), inlineEnvironmentSchema]);
