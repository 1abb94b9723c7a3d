/** Absolute folder of the project; paths in settings are relative to it. */
export const PROJECT_DIRECTORY = __dirname;
