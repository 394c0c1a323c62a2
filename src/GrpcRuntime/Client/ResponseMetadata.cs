using System.Net.Http.Headers;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>Metadata and status out of a response.</summary>
internal static class ResponseMetadata
{
    public static Metadata HeadersOf(HttpResponseMessage response) => Of(response.Headers);

    /// <summary>The trailers; of a trailers-only response its headers.</summary>
    public static Metadata TrailersOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.Contains(GrpcProtocol.StatusHeader) ? Of(response.Headers) : Of(response.TrailingHeaders);

    /// <summary>What the end of the response says: null for OK. Call it once the body is read to its end.</summary>
    public static RpcException? FailureIn(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.Contains(GrpcProtocol.StatusHeader))
        {
            return TrailersOnlyFailure(response);
        }

        return response.TrailingHeaders.NonValidated.Contains(GrpcProtocol.StatusHeader)
            ? FailureIn(response.TrailingHeaders)
            : Failures.Of(StatusCode.Unknown, "The server ended the call without a status.");
    }

    /// <summary>The failure in the headers of a trailers-only response, if they carry one.</summary>
    public static RpcException? TrailersOnlyFailure(HttpResponseMessage response) =>
        response.Headers.NonValidated.Contains(GrpcProtocol.StatusHeader) ? FailureIn(response.Headers) : null;

    private static RpcException? FailureIn(HttpResponseHeaders from)
    {
        var text = from.NonValidated[GrpcProtocol.StatusHeader].ToString();
        if (!GrpcProtocol.TryParseStatus(text, out var code))
        {
            return new RpcException(new Status(StatusCode.Unknown, $"The server ended the call with grpc-status '{text}', which is no number."), Of(from));
        }

        if (code == StatusCode.OK)
        {
            return null;
        }

        var message = from.NonValidated.TryGetValues(GrpcProtocol.MessageHeader, out var encoded) ? StatusMessage.Decode(encoded.ToString()) : "";
        return new RpcException(new Status(code, message), Of(from));
    }

    private static Metadata Of(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                MetadataWire.AddTo(metadata, name, value);
            }
        }

        return metadata;
    }
}
