/** `pg` takes a socket's folder as the host. */
import { parseDatabaseUrl } from "@ispvm/appliance/platform/postgres/database-url"

export const connectionConfig = (url: string) => {
  const { at, database, user, password } = parseDatabaseUrl(url)
  const host = at.kind === "socket" ? at.directory : at.host
  return { host, port: at.port, database, user, password, application_name: "bench jobs" }
}
