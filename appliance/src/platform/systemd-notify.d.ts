declare module "systemd-notify" {
  type Options = {
    readonly ready?: boolean
    readonly status?: string
    readonly pid?: number
    readonly booted?: boolean
  }
  /** Runs systemd's own command of that name; rejects with what that says. */
  const notify: (options: Options) => Promise<void>
  export default notify
}
