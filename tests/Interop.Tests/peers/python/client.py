"""A foreign gRPC client: client.py HOST:PORT CASE. Exit code 0 and "ok CASE", or a traceback."""

import sys
import time

import grpc

import probe
from probe import Request

MANY = 10_000
FOREIGN = "größer als 100%41 ✓\nzweite Zeile"
channel = grpc.insecure_channel(sys.argv[1])


def method(kind, name):
    return getattr(channel, kind)(
        probe.path(name), request_serializer=Request.SerializeToString, response_deserializer=probe.Response.FromString)


unary = method("unary_unary", "Unary")
client_stream = method("stream_unary", "ClientStream")
server_stream = method("unary_stream", "ServerStream")
duplex = method("stream_stream", "Duplex")


def expect(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def case_unary():
    response = unary(Request(text="grüße", number=7, payload=bytes(range(256))))
    expect((response.text, response.number, response.payload), ("grüße", 7, bytes(range(256))))


def case_client_stream():
    response = client_stream(Request(number=i) for i in range(MANY))
    expect((response.count, response.sum), (MANY, MANY * (MANY - 1) // 2))


def case_server_stream():
    expect([r.number for r in server_stream(Request(responses=MANY))], list(range(MANY)))


def case_duplex():
    expect([r.number for r in duplex(Request(number=i) for i in range(MANY))], list(range(MANY)))


def case_slow_reader():
    read = 0
    for _ in server_stream(Request(responses=MANY, response_size=4096)):
        if read == 0:
            print("reading stops", flush=True)
            sys.stdin.readline()
        read += 1
    expect(read, MANY)


def case_deadline():
    unary(Request())
    expect(failure(lambda: unary(Request(hang=True), timeout=5)).code(), grpc.StatusCode.DEADLINE_EXCEEDED)


def case_cancel():
    call = duplex(iter([Request(number=1), Request(hang=True)]))
    expect(next(call).number, 1)
    call.cancel()
    expect(failure(lambda: next(call)).code(), grpc.StatusCode.CANCELLED)
    sys.stdin.readline()


def case_error_message():
    error = failure(lambda: unary(Request(fail_code=9, fail_message=FOREIGN)))
    expect((error.code(), error.details()), (grpc.StatusCode.FAILED_PRECONDITION, FOREIGN))


def case_failure_in_a_stream():
    call = server_stream(Request(responses=10, fail_after=3, fail_code=8, fail_message="enough"))
    read = []
    error = failure(lambda: read.extend(r.number for r in call))
    expect((read, error.code(), error.details()), ([0, 1, 2], grpc.StatusCode.RESOURCE_EXHAUSTED, "enough"))


def case_metadata():
    sent = [("echo-text", "plain text"), ("echo-bytes-bin", bytes(range(256))), ("echo-one-bin", b"\x00")]
    _, call = unary.with_call(Request(echo_metadata=True), metadata=sent)
    for received in (call.initial_metadata(), call.trailing_metadata()):
        expect(sorted((key, value) for key, value in received if key.startswith("echo-")), sorted(sent))


def case_details():
    error = failure(lambda: unary(Request(fail_code=5, fail_message="gone", fail_details=True)))
    expect((error.code(), error.details()), (grpc.StatusCode.NOT_FOUND, "gone"))
    expect(dict(error.trailing_metadata())["grpc-status-details-bin"], probe.DETAILS)


def case_gzip():
    text = "a" * 10_000
    expect(unary(Request(text=text, gzip=True), compression=grpc.Compression.Gzip).text, text)
    requests = (Request(number=i, text=text) for i in range(100))
    expect(client_stream(requests, compression=grpc.Compression.Gzip).count, 100)


def case_over_limit():
    error = failure(lambda: unary(Request(payload=bytes(5 * 1024 * 1024))))
    expect(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
    error = failure(lambda: unary(Request(response_size=5 * 1024 * 1024)))
    expect(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
    expect(unary(Request(text="next")).text, "next")


def case_unknown_method():
    for path in (probe.path("Missing"), "/probe.v1.Nobody/Unary"):
        call = channel.unary_unary(path, request_serializer=Request.SerializeToString)
        expect(failure(lambda: call(Request())).code(), grpc.StatusCode.UNIMPLEMENTED)


def case_trailers_only():
    error = failure(lambda: unary(Request(fail_code=7)))
    expect((error.code(), error.details()), (grpc.StatusCode.PERMISSION_DENIED, ""))
    expect([r for r in server_stream(Request())], [])


def case_huge_metadata():
    sent = [(f"big-{i}", "x" * 1024) for i in range(1024)]
    error = failure(lambda: unary(Request(), metadata=sent, timeout=20))
    assert error.code() != grpc.StatusCode.DEADLINE_EXCEEDED, error
    expect(unary(Request(text="next"), wait_for_ready=True, timeout=20).text, "next")


started = time.monotonic()
globals()[f"case_{sys.argv[2]}"]()
print(f"ok {sys.argv[2]} {time.monotonic() - started:.2f} s", flush=True)
