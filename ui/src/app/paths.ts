/** All addresses of the UI. Links are built only here, so that a page can move without a search. */
export const paths = {
  overview: "/",
  map: "/map",
  graph: "/graph",
  devices: "/devices",
  device: (id: string) => `/devices/${id}`,
  /** A row of a table on its tab of the device page, found by `text`. */
  deviceRow: (
    id: string,
    { tab, table, text, key }: Readonly<Record<"tab" | "table" | "text" | "key", string>>,
  ) => `/devices/${id}?${new URLSearchParams({ tab, part: table, q: text, row: key })}`,
  /** An interface is identified by its name, which may contain a slash. */
  interface: (device: string, name: string) =>
    `/devices/${device}/interface?${new URLSearchParams({ name })}`,
  links: "/links",
  link: (id: string) => `/links/${id}`,
  discovery: "/discovery",
  deviceImport: "/devices/import",
  deviceNew: "/devices/new",
  devicesBy: (filter: Readonly<Record<string, string>>) =>
    `/devices?${new URLSearchParams(filter)}`,
  incidents: "/incidents",
  incident: (id: string) => `/incidents/${id}`,
  incidentsBy: (filter: Readonly<Record<string, string>>) =>
    `/incidents?${new URLSearchParams(filter)}`,
  maintenance: "/maintenance",
  maintenanceBy: (filter: Readonly<Record<string, string>>) =>
    `/maintenance?${new URLSearchParams(filter)}`,
  probes: "/probes",
  probesBy: (query: Readonly<Record<string, string>>) => `/probes?${new URLSearchParams(query)}`,
  handover: "/handover",
  deviceNewOn: (agent: string) => `/devices/new?${new URLSearchParams({ agent })}`,
  deviceAccess: (device: string) => `/devices/new?${new URLSearchParams({ device })}`,
  deviceConnect: (device: string, kind = "") =>
    `/devices/${device}/connect${kind === "" ? "" : `?kind=${kind}`}`,
  deviceCompanion: (device: string) => `/devices/${device}?tab=companion`,
  deviceDiagnostics: (device: string, run: string) =>
    `/devices/${device}?${new URLSearchParams({ tab: "diagnostics", run })}`,
  deviceNewSelf: "/devices/new?mode=self",
  settings: "/settings",
  alertRules: "/settings/alert-rules",
  alertRule: (id: string) => `/settings/alert-rules/${id}`,
  alertRuleNew: "/settings/alert-rules/new",
  audit: "/settings/audit",
  health: "/settings/health",
  notifications: "/notifications",
  channelNew: "/notifications?add=1",
  notificationsBy: (query: Readonly<Record<string, string>>) =>
    `/notifications?${new URLSearchParams(query)}`,
  /** The token is in the fragment, which browsers send to nobody. */
  wall: (token = "") => (token === "" ? "/wall" : `/wall#${token}`),
  runbook: (id: string) => `/runbooks/${id}`,
  agents: "/agents",
  agentNew: "/agents?new=1",
  agent: (id: string) => `/agents?${new URLSearchParams({ agent: id })}`,
  agentPage: (id: string, tab = "") => `/agents/${id}${tab === "" ? "" : `?tab=${tab}`}`,
  mapBy: (query: Readonly<Record<string, string>>) => `/map?${new URLSearchParams(query)}`,
  graphBy: (query: Readonly<Record<string, string>>) => `/graph?${new URLSearchParams(query)}`,
  mapAt: (site: string) => `/map?${new URLSearchParams({ site })}`,
} as const
