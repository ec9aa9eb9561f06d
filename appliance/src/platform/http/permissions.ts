/** Which role holds which permission: the table in api/shared.ts, asked. */
import { PERMISSIONS, type Permission, type Role } from "../../api/shared.ts"
import type { Actor } from "./http.ts"

const hasRole = (role: Role, permission: Permission): boolean => {
  const roles: readonly Role[] = PERMISSIONS[permission]
  return roles.includes(role)
}
/** With an API token: what both the token and the role of its account allow. */
export const may = (
  { role, token }: Pick<Actor, "role" | "token">,
  permission: Permission,
): boolean =>
  hasRole(role, permission) && (token === undefined || token.permissions.includes(permission))
export const permissionsOf = (role: Role): string[] =>
  Object.entries(PERMISSIONS)
    .filter(([, roles]: [string, readonly Role[]]) => roles.includes(role))
    .map(([permission]) => permission)
