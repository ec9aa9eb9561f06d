/** Maintainer scripts. None makes a secret: keys, certificates and passwords are made at first start. */
import type { MaintainerScript } from "./deb.ts"

export type Installed = {
  /** Of the package, and of its folder in /opt. */
  readonly name: string
  readonly version: string
  /** Enabled when the package is installed. */
  readonly units: readonly string[]
  /** Removed by `apt-get purge`. */
  readonly dataDirs: readonly string[]
}

/**
 * `current` names the release that runs. `ispvm update` sets ISPVM_UPDATE and switches by itself,
 * after the new release is complete.
 */
const postinst = ({ name, version, units }: Installed): string => `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  systemd-sysusers ${name}.conf
  # After a rollback another release runs, and this one may be gone.
  if [ -d /opt/${name}/releases/${version} ] &&
    { [ -z "\${ISPVM_UPDATE:-}" ] || [ ! -e /opt/${name}/current ]; }; then
    ln -sfn releases/${version} /opt/${name}/.current.new
    mv -fT /opt/${name}/.current.new /opt/${name}/current
  fi
  for unit in ${units.join(" ")}; do
    deb-systemd-helper unmask "$unit" >/dev/null
    if deb-systemd-helper --quiet was-enabled "$unit"; then
      deb-systemd-helper enable "$unit" >/dev/null
    else
      deb-systemd-helper update-state "$unit" >/dev/null
    fi
  done
  if [ -d /run/systemd/system ]; then
    if [ -e /usr/lib/tmpfiles.d/${name}.conf ]; then systemd-tmpfiles --create ${name}.conf; fi
    if [ -e /usr/lib/sysctl.d/10-${name}.conf ]; then
      # Of this key alone, and what the operator's own files say of it. Not in a container.
      /usr/lib/systemd/systemd-sysctl --prefix=/net/core/rmem_max || true
    fi
    systemctl --system daemon-reload >/dev/null
    if [ -z "\${ISPVM_UPDATE:-}" ]; then
      deb-systemd-invoke restart ${units.join(" ")} || true
    fi
  fi
fi
`

const prerm = ({ units }: Installed): string => `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop ${units.toReversed().join(" ")} >/dev/null || true
fi
`

const postrm = ({ name, units, dataDirs }: Installed): string => `#!/bin/sh
set -e
case "$1" in
remove)
  # Releases of updates, which dpkg does not know any more.
  rm -rf /opt/${name}/current /opt/${name}/releases
  rmdir --ignore-fail-on-non-empty /opt/${name} 2>/dev/null || true
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
  for unit in ${units.join(" ")}; do deb-systemd-helper mask "$unit" >/dev/null || true; done
  ;;
purge)
  for unit in ${units.join(" ")}; do
    deb-systemd-helper purge "$unit" >/dev/null || true
    deb-systemd-helper unmask "$unit" >/dev/null || true
  done
  rm -rf ${dataDirs.join(" ")}
  ;;
esac
`

export const maintainerScripts = (
  installed: Installed,
): Readonly<Partial<Record<MaintainerScript, string>>> => ({
  postinst: postinst(installed),
  prerm: prerm(installed),
  postrm: postrm(installed),
})
