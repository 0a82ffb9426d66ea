"""MiniStack with a line on standard error for each call that its IAM denies: it neither logs nor counts them itself.

With TLS it would listen on port 443 too, which nothing here asks for.
"""

import sys

import ministack.app as emulator
from ministack.core import iam_actions

answer_denied = iam_actions.access_denied_response
answer_unknown = emulator._credential_failure


def say(service, action, who, resource):
    print(f"DENIED {service} {action} to {who} on {resource}", file=sys.stderr, flush=True)


def denied(service, action, principal, *args, **kwargs):
    say(service, action, principal, kwargs.get("resource_arn"))
    return answer_denied(service, action, principal, *args, **kwargs)


def unknown(service, action, *args, **kwargs):
    say(service, action, "unknown credentials", None)
    return answer_unknown(service, action, *args, **kwargs)


iam_actions.access_denied_response = denied
emulator._credential_failure = unknown
emulator._port_is_bindable = lambda host, port: False
emulator.main()
