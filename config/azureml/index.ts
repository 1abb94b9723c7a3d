export { readDeploymentFile } from "./deployment";
export { readEndpointDirectory } from "./directory";
export { readEndpointFile } from "./endpoint";
