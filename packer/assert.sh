#!/bin/sh
# What has to be true before the disk is sealed.
set -eu
tries=300
until [ "$(curl --insecure --silent --output /dev/null --write-out '%{http_code}' https://localhost/readyz)" = 200 ]; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { journalctl --no-pager --lines=50 --unit='ispvm*'; exit 1; }
  sleep 1
done
# A start that had to be tried again is said, with its reason.
[ "$(systemctl show --property=NRestarts --value ispvm)" = 0 ] ||
  journalctl --no-pager --unit=ispvm --grep='exited|killed|dumped|Failed|error' --lines=20 || true
for unit in ispvm ispvm-database nftables chrony systemd-networkd; do
  systemctl is-active --quiet "$unit" || { echo "$unit is not active" >&2; exit 1; }
done
failed=$(systemctl list-units --failed --plain --no-legend)
[ -z "$failed" ] || { echo "failed: $failed" >&2; exit 1; }
# Reachable from elsewhere are these ports, and SSH as long as Packer is here.
open=$(ss --no-header --listening --tcp --numeric | awk '$4 !~ /^(127\.|\[::1\])/ { sub(/.*:/, "", $4); print $4 }' | sort -nu | tr '\n' ' ')
case "$open" in
"22 80 443 514 8444 8445 " | "22 80 443 8444 8445 ") ;;
*) echo "open TCP ports: $open" >&2; exit 1 ;;
esac
