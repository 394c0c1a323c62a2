using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest;

/// <summary>What the endpoints of this northbound read of a request beyond its body.</summary>
internal static class RestCall
{
    /// <summary>Name of the header; its rules are those of gRPC's metadata <c>idempotency-key</c>, with which it shares its memory.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>The key as it came; null if the caller gave none.</summary>
    public static string? KeyText(this HttpContext context) => context.Request.Headers[IdempotencyHeader] switch
    {
        { Count: 0 } => null,
        { Count: 1 } one => one[0],
        var several => throw Failure.InvalidInput(
            "IDEMPOTENCY_KEY", $"The header {IdempotencyHeader} is there {several.Count} times; a request has one key, or none.", IdempotencyHeader).ToException(),
    };

    /// <summary>The key of a request with a body: what counts is what the body says, not how it is written.</summary>
    public static IdempotencyKey? Key<T>(this HttpContext context, T body, JsonTypeInfo<T> type) => context.Key(JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <summary>The key of a request without one.</summary>
    public static IdempotencyKey? Key(this HttpContext context) => context.Key([]);

    private static IdempotencyKey? Key(this HttpContext context, ReadOnlySpan<byte> body) =>
        CallKeys.Of(context.KeyText(), IdempotencyHeader, $"{context.Request.Method} {context.Request.Path}", body);

    /// <summary>The URL of the API that a resource is of: what of this request's stands before the resource's tree.</summary>
    public static string UrlBefore(this HttpContext context, string tree)
    {
        var url = context.Url();
        return url[..url.LastIndexOf(tree, StringComparison.Ordinal)];
    }

    /// <summary>202: what comes of it is found there.</summary>
    public static void Accept(this HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = location;
    }
}
