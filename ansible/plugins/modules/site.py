#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Sites of the network."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: site
short_description: Manage sites
description: Adds, changes and removes sites. Options that are omitted stay as they are.
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  name:
    description: Name of the site.
    type: str
    required: true
  region:
    description: Name of its region, which must exist. Empty for none.
    type: str
  latitude:
    description: Degrees, north is positive.
    type: float
  longitude:
    description: Degrees, east is positive.
    type: float
  note:
    description: Free text.
    type: str
  state:
    description: Whether it exists. The devices of a removed site stay.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The site is there
  ispvm.monitor.site:
    name: Izmir
    region: West
    latitude: 38.42
    longitude: 27.14
"""

RETURN = r"""
id:
  description: Its id; null after its removal, or where check mode would add it.
  type: str
  returned: success
action:
  description: What was done - create, change, remove or nothing.
  type: str
  returned: success
"""

from ansible_collections.ispvm.monitor.plugins.module_utils.resource import (
    STATE, Resource, ensure, find_one, make_module, resolve, run,
)

FIELDS = ("name", "regionId", "latitude", "longitude", "note")
SITE = Resource("site", "/sites", lambda item: dict((key, item[key]) for key in FIELDS))


def work(module, client):
    params = module.params
    current = find_one(client.items("/sites"), "site", name=params["name"])
    desired = dict(
        (key, params[key])
        for key in ("name", "latitude", "longitude", "note") if params[key] is not None
    )
    if params["region"] is not None and params["state"] == "present":
        desired["regionId"] = resolve(module, client, "/regions", "region", params["region"])
    ensure(module, SITE, current, desired, client)


def main():
    module = make_module(
        dict(
            name=dict(type="str", required=True),
            region=dict(type="str"),
            latitude=dict(type="float"),
            longitude=dict(type="float"),
            note=dict(type="str"),
            state=STATE,
        ),
        required_together=[("latitude", "longitude")],
    )
    run(module, work)


if __name__ == "__main__":
    main()
