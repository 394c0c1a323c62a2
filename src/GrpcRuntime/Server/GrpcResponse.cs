using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mano.GrpcRuntime.Server;

/// <summary>Status and metadata on a response.</summary>
internal static class GrpcResponse
{
    /// <summary>Whether the request can be served as gRPC; else it gets the HTTP status that says why not.</summary>
    public static bool IsGrpc(HttpContext context)
    {
        if (!GrpcProtocol.IsGrpcContentType(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }

        return true;
    }

    /// <summary>Answers without a body: status in the headers ("trailers-only").</summary>
    public static void Refuse(HttpContext context, StatusCode code, string detail)
    {
        if (IsGrpc(context))
        {
            context.Response.ContentType = GrpcProtocol.ContentType;
            Write(context.Response.Headers, new Status(code, detail), trailers: null);
        }
    }

    /// <summary>Puts the status where it belongs: in the trailers, or where nothing was sent yet in the headers.</summary>
    public static void End(HttpContext context, in Status status, bool messageWritten, Metadata? own, Metadata? thrown)
    {
        var target = messageWritten || context.Response.HasStarted
            ? context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : context.Response.Headers;
        Write(target, status, own);
        Add(target, thrown);
    }

    public static void Add(IHeaderDictionary target, Metadata? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        foreach (var entry in metadata)
        {
            if (!GrpcProtocol.IsReserved(entry.Key))
            {
                target.Append(entry.Key, MetadataWire.ValueOf(entry));
            }
        }
    }

    private static void Write(IHeaderDictionary target, in Status status, Metadata? trailers)
    {
        target[GrpcProtocol.StatusHeader] = GrpcProtocol.StatusText(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            target[GrpcProtocol.MessageHeader] = StatusMessage.Encode(status.Detail);
        }

        Add(target, trailers);
    }
}
