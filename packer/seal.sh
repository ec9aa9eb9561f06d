#!/bin/sh
# Nothing that two machines must not share, and no trace of the build. The first boot of the disk
# makes keys, ids, certificates, passwords and the set-up code.
set -eu
systemctl disable ssh.service ssh.socket 2>/dev/null
rm -f /etc/nftables.d/ssh.nft
systemctl enable ispvm-console ispvm-seed 2>/dev/null
systemctl stop ispvm-local-agent.path ispvm-agent ispvm ispvm-database chrony
for name in ispvm ispvm-database ispvm-agent; do
  find "/var/lib/$name" -mindepth 1 -delete
done
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /root/.*history
rm -rf /root/.ansible /var/cache/ispvm /var/cache/ispvm-agent /var/cache/ispvm-console /var/lib/apt/lists/* /var/cache/apt/*.bin /var/tmp/* /tmp/* \
  /var/lib/chrony/* /var/lib/systemd/network/* /var/lib/systemd/timers/*
# Stopping it writes a seed; it does not run at the shutdown then.
systemctl stop systemd-random-seed
rm -f /var/lib/systemd/random-seed
# From here to the end the journal keeps nothing, also of the shutdown; /run ends with the machine.
mkdir -p /run/systemd/journald.conf.d
printf '[Journal]\nStorage=none\n' > /run/systemd/journald.conf.d/seal.conf
systemctl restart systemd-journald
rm -rf /var/log/journal/*
find /var/log -type f -delete
# Systemd fills it in at the first boot, and knows by that word that it is the first.
echo uninitialized > /etc/machine-id
sync
fstrim --all --quiet-unsupported
