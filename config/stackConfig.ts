import type { ProductionConfig } from "./production/productionTypes";
import type { SandboxConfig } from "./types";

export type StackConfig = SandboxConfig | ProductionConfig;
