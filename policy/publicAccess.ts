/** Where each service keeps its switch for the public network; without the switch it is open (Azure's defaults). */
export const SERVICE_SWITCHES: Readonly<Record<string, string>> = {
  "azure-native:containerregistry:Registry": "publicNetworkAccess",
  "azure-native:keyvault:Vault": "properties.publicNetworkAccess",
  "azure-native:storage:StorageAccount": "publicNetworkAccess",
  "azure-native:machinelearningservices:Workspace": "publicNetworkAccess",
  "azure-native:machinelearningservices:OnlineEndpoint": "properties.publicNetworkAccess",
};

/** The same for what logs and metrics are sent to. */
export const MONITORING_SWITCHES: Readonly<Record<string, readonly string[]>> = {
  "azure-native:operationalinsights:Workspace": [
    "publicNetworkAccessForIngestion",
    "publicNetworkAccessForQuery",
  ],
  "azure-native:applicationinsights:Component": [
    "publicNetworkAccessForIngestion",
    "publicNetworkAccessForQuery",
  ],
  "azure-native:monitor:AzureMonitorWorkspace": ["publicNetworkAccess"],
  "azure-native:monitor:DataCollectionEndpoint": ["networkAcls.publicNetworkAccess"],
};
