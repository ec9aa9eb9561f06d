/** Which role holds which permission: the table in api/shared.ts, asked. */
import { PERMISSIONS, type Permission, type Role } from "../../api/shared.ts"

export const may = (role: Role, permission: Permission): boolean => {
  const roles: readonly Role[] = PERMISSIONS[permission]
  return roles.includes(role)
}
export const permissionsOf = (role: Role): string[] =>
  Object.entries(PERMISSIONS)
    .filter(([, roles]: [string, readonly Role[]]) => roles.includes(role))
    .map(([permission]) => permission)
