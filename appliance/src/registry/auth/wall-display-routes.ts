import type { WallSession } from "../../api/wall-displays.ts"
import { type Actor, endpoint, publicRoute, type Route, route } from "../../platform/http/http.ts"
import { WALL_PERMISSIONS } from "../../platform/http/wall-access.ts"
import type { WallDisplays } from "./wall-displays.ts"

type Deps = {
  readonly walls: WallDisplays
  readonly organisation: (org: Actor["org"]) => Promise<WallSession["organisation"]>
  readonly facts: () => Pick<WallSession, "version" | "mapTilesUrl">
}
export const wallDisplayRoutes = ({ walls, organisation, facts }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /wall-displays"),
    permission: "walls:read",
    summary: "Wall displays, newest first, without their secrets",
    handle: async (_, actor) => ({ items: await walls.list(actor.org), next: null }),
  }),
  route({
    ...endpoint("POST /wall-displays"),
    permission: "walls:write",
    summary: "Create the link of a wall display; its secret is answered once",
    handle: ({ body }, actor) => walls.create(actor, body),
  }),
  route({
    ...endpoint("POST /wall-displays/{id}/revoke"),
    permission: "walls:write",
    summary: "Revoke a wall display; its next request is rejected",
    handle: ({ params }, actor) => walls.revoke(actor, params.id),
  }),
  publicRoute({
    ...endpoint("POST /wall-sessions"),
    summary: "Exchange the secret of a wall display's link for a session that can only read",
    handle: async ({ body, ctx }) => {
      const { org, ...opened } = await walls.open(body.token, ctx.ip)
      const { version, mapTilesUrl } = facts()
      return {
        ...opened,
        organisation: await organisation(org),
        permissions: [...WALL_PERMISSIONS],
        ...{ version, mapTilesUrl },
      }
    },
  }),
]
