export { readDeploymentFile, type DeploymentContext } from "./deployment";
export { readEndpointDirectory } from "./directory";
export { readEndpointFile, type EndpointFile } from "./endpoint";
