"""Options that every module of this collection has."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the appliance, as in a browser.
      - Without it, the environment variable C(ISPVM_URL) is used.
    type: str
  token:
    description:
      - API token, created on the Settings page.
      - Without it, the environment variable C(ISPVM_API_TOKEN) is used.
    type: str
  ca_path:
    description: File with the certificate of the appliance's authority, or of your own.
    type: path
  validate_certs:
    description: Whether the certificate of the appliance is checked.
    type: bool
    default: true
  timeout:
    description: Seconds that one request may take.
    type: int
    default: 30
attributes:
  check_mode:
    support: full
    description: Reports what would change, and changes nothing.
  diff_mode:
    support: full
    description: Shows each changed field before and after.
notes:
  - Tested with ansible-core 2.14 and a real appliance.
"""
