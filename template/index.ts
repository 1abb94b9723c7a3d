import { declareStack } from "mlscore";

/** Declares the workspace and the endpoint that the settings in Pulumi.<stack>.yaml describe. */
export = declareStack;
