"""A foreign gRPC server that does what the request says. Prints "listening PORT", then what it sees of cancelled calls."""

import sys
import threading
import time
from concurrent import futures

import grpc

import probe


def say(line):
    print(line, flush=True)


def wait_for_end(context, method):
    ended = threading.Event()
    if not context.add_callback(ended.set):
        ended.set()
    ended.wait(60)
    say(f"cancelled {method}")


def begin(request, context):
    if request.echo_metadata:
        echoed = [(key, value) for key, value in context.invocation_metadata() if key.startswith("echo-")]
        context.send_initial_metadata(echoed)
        context.set_trailing_metadata(echoed)
    if request.gzip:
        context.set_compression(grpc.Compression.Gzip)


def obey(request, context, method):
    if request.hang:
        remaining = context.time_remaining()
        say("deadline none" if remaining is None or remaining > 1e6 else "deadline set")
        wait_for_end(context, method)
    if request.stubborn_ms:
        time.sleep(request.stubborn_ms / 1000)
    if request.throw_message:
        raise ValueError(request.throw_message)
    if request.fail_code:
        if request.fail_details:
            context.set_trailing_metadata([("grpc-status-details-bin", probe.DETAILS)])
        code = next(code for code in grpc.StatusCode if code.value[0] == request.fail_code)
        context.abort(code, request.fail_message)


def answer(request, number):
    payload = bytes(request.response_size) if request.response_size else request.payload
    return probe.Response(text=request.text, number=number, payload=payload)


def unary(request, context):
    begin(request, context)
    obey(request, context, "Unary")
    return answer(request, request.number)


def client_stream(requests, context):
    response = probe.Response()
    for request in requests:
        obey(request, context, "ClientStream")
        response.text = request.text
        response.count += 1
        response.sum += request.number
    return response


def server_stream(request, context):
    begin(request, context)
    for number in range(request.responses):
        if request.fail_after and number == request.fail_after:
            obey(request, context, "ServerStream")
        yield answer(request, number)
    if not request.fail_after:
        obey(request, context, "ServerStream")


def duplex(requests, context):
    # A generator sees the end of its call as the end of its requests.
    context.add_callback(lambda: say("ended Duplex"))
    for request in requests:
        obey(request, context, "Duplex")
        yield answer(request, request.number)


def handler(kind, function):
    return kind(function, request_deserializer=probe.Request.FromString, response_serializer=probe.Response.SerializeToString)


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(probe.SERVICE, {
        "Unary": handler(grpc.unary_unary_rpc_method_handler, unary),
        "ClientStream": handler(grpc.stream_unary_rpc_method_handler, client_stream),
        "ServerStream": handler(grpc.unary_stream_rpc_method_handler, server_stream),
        "Duplex": handler(grpc.stream_stream_rpc_method_handler, duplex),
    })])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    say(f"listening {port}")
    sys.stdin.read()
    server.stop(0)


main()
