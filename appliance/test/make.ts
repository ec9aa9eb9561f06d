/** Rows for tests, with few required fields. */
import { randomUUID } from "node:crypto"
import type { DeviceInput } from "../src/api/inventory.ts"
import { DeviceInput as DeviceInputSchema } from "../src/api/inventory.ts"
import type { Actor } from "../src/platform/http/http.ts"
import { AccountId, type OrgId } from "../src/platform/ids.ts"
import { createInventory, type Inventory } from "../src/registry/inventory/inventory.ts"
import { createSecrets } from "../src/registry/secrets/secrets.ts"
import type { TestDatabase } from "./database.ts"

/** An actor with all permissions in `org`, without an account. */
export const makeActor = (org: OrgId): Actor => ({
  account: AccountId.parse(randomUUID()),
  org,
  email: "admin@example.net",
  name: "Ada",
  role: "admin",
  address: "192.0.2.1",
})

export const makeInventory = ({ dbs }: Pick<TestDatabase, "dbs">): Inventory =>
  createInventory({
    db: dbs.ui,
    secrets: createSecrets({ key: Buffer.alloc(32, 7) }),
    onError: (error) => {
      throw error
    },
  })

export const makeDevice = (over: Partial<DeviceInput> = {}): DeviceInput =>
  DeviceInputSchema.parse({ name: `r-${randomUUID().slice(0, 8)}`, address: "192.0.2.10", ...over })
