/** Every address of the screens. Links are made here and nowhere else, so that a page can move without a search. */
export const paths = {
  overview: "/",
  map: "/map",
  graph: "/graph",
  devices: "/devices",
  device: (id: string) => `/devices/${id}`,
  deviceImport: "/devices/import",
  deviceNew: "/devices/new",
  devicesBy: (filter: Readonly<Record<string, string>>) => `/devices?${new URLSearchParams(filter)}`,
  incidents: "/incidents",
  incident: (id: string) => `/incidents/${id}`,
  agents: "/agents",
  agent: (id: string) => `/agents?${new URLSearchParams({ agent: id })}`,
  mapAt: (site: string) => `/map?${new URLSearchParams({ site })}`,
} as const
