using Grpc.Core;

namespace Mano.GrpcRuntime.Internal;

/// <summary>What both sides refuse, in one place.</summary>
internal static class Failures
{
    public static RpcException ReceivedTooLarge(long limit, string what) =>
        Of(StatusCode.ResourceExhausted, $"A received message is larger ({what}) than the limit of {limit} bytes.");

    public static RpcException SentTooLarge(long size, long limit) =>
        Of(StatusCode.ResourceExhausted, $"A message of {size} bytes is larger than the limit of {limit} bytes for sending.");

    public static RpcException Truncated() =>
        Of(StatusCode.Internal, "The stream ended in the middle of a message.");

    public static RpcException BadCompressedFlag(byte flag) =>
        Of(StatusCode.Internal, $"The compressed flag of a message is {flag}; it must be 0 or 1.");

    public static RpcException CompressedWithoutEncoding() =>
        Of(StatusCode.Internal, "A message is flagged as compressed, and grpc-encoding does not say how.");

    public static RpcException UnknownEncoding(string encoding) =>
        Of(StatusCode.Unimplemented, $"Messages in encoding '{encoding}' cannot be read here; '{GrpcProtocol.AcceptedEncodings}' can.");

    public static RpcException NoMessage() =>
        Of(StatusCode.Internal, "The stream ended without the one message that this call needs.");

    public static RpcException SecondMessage() =>
        Of(StatusCode.Internal, "A second message came where the call has one.");

    public static RpcException Undecodable(Exception cause) =>
        new(new Status(StatusCode.Internal, "A message could not be decoded: its bytes are not of the type that the method takes.", cause));

    public static RpcException Of(StatusCode code, string detail) => new(new Status(code, detail));
}
