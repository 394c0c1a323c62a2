"""The messages of probe.proto, from the descriptor that the tests hand over: nothing is generated."""

import base64
import os

from google.protobuf import descriptor_pool, message_factory

_pool = descriptor_pool.DescriptorPool()
_pool.AddSerializedFile(base64.b64decode(os.environ["PROBE_DESCRIPTOR"]))


def _message(name):
    descriptor = _pool.FindMessageTypeByName(name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(_pool).GetPrototype(descriptor)


Request = _message("probe.v1.ProbeRequest")
Response = _message("probe.v1.ProbeResponse")
SERVICE = "probe.v1.ProbeService"

# What a google.rpc.Status with one google.rpc.ResourceInfo looks like on the wire: code 5, a message, one detail.
DETAILS = (
    b"\x08\x05\x12\x04gone\x1a\x3c"
    b"\x0a\x2btype.googleapis.com/google.rpc.ResourceInfo"
    b"\x12\x0d\x0a\x05probe\x12\x04mano"
)


def path(method):
    return f"/{SERVICE}/{method}"
