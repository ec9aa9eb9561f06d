#!/bin/sh
# Installs the packages that Packer has copied.
set -eu
dpkg --install /var/tmp/packages/*_amd64.deb
rm -r /var/tmp/packages
