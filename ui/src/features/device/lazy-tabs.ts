/** Tabs of the device page whose code is loaded when the first of them is opened. */
import "./ispvm-device-collection.ts"
import "./ispvm-device-configuration.ts"
import "./ispvm-device-data.ts"
import "./ispvm-device-log.ts"
