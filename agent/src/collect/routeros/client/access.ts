import type { AssignedDevice } from "@ispvm/wire"

/** Access to the RouterOS API of one device. */
export type RouterOsAccess = NonNullable<AssignedDevice["access"]["routerosApi"]>
