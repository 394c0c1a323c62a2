"""The VIM contract in Python, from the descriptor set that `mano vim contract DIR` writes (DIR/vim.binpb).

Any protoc makes the same: protoc --include_imports --descriptor_set_out=vim.binpb -I DIR mano/vim/v1/vim.proto mano/common/v1/failure.proto
"""

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, message_factory, timestamp_pb2  # noqa: F401

SERVICE = "mano.vim.v1.VimAdapterService"


class Contract:
    def __init__(self, path):
        self.pool = descriptor_pool.Default()
        with open(path, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file
        for proto in files:
            if not proto.name.startswith("google/protobuf/"):
                self.pool.AddSerializedFile(proto.SerializeToString())
        self.service = self.pool.FindServiceByName(SERVICE)

    def __getattr__(self, name):
        """contract.Compute is the message mano.vim.v1.Compute; contract.CAPABILITY_POWER the value of an enum."""
        for enum in ("Capability", "ImageFormat"):
            values = self.pool.FindEnumTypeByName("mano.vim.v1." + enum).values_by_name
            if name in values:
                return values[name].number
        return self.message("mano.vim.v1." + name)

    def message(self, full_name):
        descriptor = self.pool.FindMessageTypeByName(full_name)
        if hasattr(message_factory, "GetMessageClass"):
            return message_factory.GetMessageClass(descriptor)
        return message_factory.MessageFactory(self.pool).GetPrototype(descriptor)

    def handlers(self, adapter):
        """One handler for each call of the service; a Refused becomes a status with a mano.common.v1.Failure in its details."""
        kinds = {(False, False): grpc.unary_unary_rpc_method_handler, (True, False): grpc.stream_unary_rpc_method_handler,
                 (False, True): grpc.unary_stream_rpc_method_handler}
        handlers = {}
        for method in self.service.methods:
            stream_in, stream_out = method.name == "EnsureImage", method.name == "WatchComputes"
            request, response = self.message(method.input_type.full_name), self.message(method.output_type.full_name)
            handlers[method.name] = kinds[stream_in, stream_out](
                self.answering(getattr(adapter, method.name), stream_out), request.FromString, response.SerializeToString)
        return grpc.method_handlers_generic_handler(SERVICE, handlers)

    def answering(self, call, streams):
        def answer(request, context):
            try:
                return call(request, context)
            except Refused as refused:
                self.abort(context, refused)

        def stream(request, context):
            yield from call(request, context)

        return stream if streams else answer

    def abort(self, context, refused):
        failure = self.message("mano.common.v1.Failure")(
            reason=refused.reason, message=refused.message, subject=refused.subject, retryable=refused.retryable,
            faults=[dict(path=path, message=message, severity=2) for path, message in refused.faults])
        status = self.message("google.rpc.Status")(code=refused.code.value[0], message=refused.message)
        status.details.add().Pack(failure)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(refused.code, refused.message)


class Refused(Exception):
    """What a call answers instead: a row of a table in vim.proto."""

    def __init__(self, code, reason, message, subject="", retryable=False, faults=()):
        super().__init__(message)
        self.code, self.reason, self.message, self.subject, self.retryable, self.faults = code, reason, message, subject, retryable, list(faults)
