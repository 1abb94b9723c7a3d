/** In a deployment's `environment_variables`: which server the image starts (scoring/container/serve.py). */
export const SERVER_VARIABLE = "SCORING_SERVER";

/** Azure's own, azureml-inference-server-http. The image starts scorehost where nothing names a server. */
export const AZURE_SERVER = "azmlinfsrv";
