using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Mano.Mesh.Rest;

/// <summary>Reading and writing of one REST exchange. What cannot be read is refused with what would be right.</summary>
public static class RestExchange
{
    /// <summary>The content type of every body that is not said to be of another.</summary>
    public const string Json = "application/json";

    /// <summary>A body of more is refused unless its reader asks for more: 64 KiB hold the longest request of MEC 010-2 and 011.</summary>
    public const long MostBytes = 64 * 1024;

    /// <summary>A part of the path.</summary>
    public static string Named(this HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>Where this server is, as the client sees it: <c>http://host:port</c>.</summary>
    public static string Origin(this HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    /// <summary>The URL of this request without its query, as the client sees it.</summary>
    public static string Url(this HttpContext context) => context.Origin() + context.Request.Path.ToUriComponent();

    /// <summary>The body; a wrong content type, too many bytes, or JSON of another shape are refused.</summary>
    public static async Task<T> ReadBody<T>(this HttpContext context, JsonTypeInfo<T> type, params string[] also)
    {
        context.RequireContentType([Json, .. also]);
        context.AllowBytes(MostBytes);
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new JsonException("The body is null.");
        }
        catch (JsonException wrong)
        {
            throw Failure.InvalidInput("BAD_JSON", $"The body is not {Article(typeof(T).Name)}: {wrong.Message}").ToException();
        }
    }

    /// <summary>The body, or null if there is none.</summary>
    public static async Task<T?> ReadBodyIfAny<T>(this HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        context.Request is { ContentType: null, ContentLength: null or 0 } && context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }
            ? null
            : await context.ReadBody(type);

    /// <summary>Refuses (415) a body of another type.</summary>
    public static void RequireContentType(this HttpContext context, params string[] known)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var given) || !known.Contains(given.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            throw Failure.InvalidInput(
                RestFailures.WrongContentType,
                $"The body's content type is '{context.Request.ContentType}'; {string.Join(" or ", known)} is needed.").ToException();
        }
    }

    /// <summary>How long the body may be at most; null: as long as it likes.</summary>
    public static void AllowBytes(this HttpContext context, long? most)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most;
        }
    }

    /// <summary>The first of the types offered that the client takes; refuses (406) if it takes none.</summary>
    public static string RequireAccept(this HttpContext context, params string[] offered) =>
        context.Taken(offered) ?? throw Failure.InvalidInput(RestFailures.NotAcceptable, context.NoneTaken(offered)).ToException();

    /// <summary>What to say to a client that takes none of the types offered.</summary>
    public static string NoneTaken(this HttpContext context, params string[] offered) =>
        $"Accept says '{context.Request.Headers.Accept}'; {context.Request.Path} gives {string.Join(" or ", offered)}.";

    /// <summary>The first of the types offered that the client takes; null if it takes none.</summary>
    public static string? Taken(this HttpContext context, params string[] offered)
    {
        var wanted = context.Request.Headers.Accept;
        if (wanted.Count == 0 || wanted.All(string.IsNullOrWhiteSpace))
        {
            return offered[0];
        }

        if (!MediaTypeHeaderValue.TryParseList(wanted, out var accepted))
        {
            throw Failure.InvalidInput("BAD_ACCEPT", $"Accept says '{wanted}', which is no list of media types; {context.Request.Path} gives {string.Join(" or ", offered)}.", "Accept").ToException();
        }

        return offered.FirstOrDefault(o => accepted.Any(a => a.Quality is null or > 0 && MediaTypeHeaderValue.Parse(o).IsSubsetOf(Plain(a))));
    }

    public static async Task WriteBody<T>(this HttpContext context, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, type), context.RequestAborted);
    }

    /// <summary>The body with its tag; or 304 without it if the client has just that.</summary>
    public static Task WriteTagged<T>(this HttpContext context, T body, JsonTypeInfo<T> type)
    {
        var etag = EtagOf(body, type);
        context.Response.Headers.ETag = etag;
        if (Names(context.Request.Headers.IfNoneMatch, etag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return context.WriteBody(body, type);
    }

    /// <summary>Names a representation: another body, another tag.</summary>
    public static string EtagOf<T>(T body, JsonTypeInfo<T> type) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, type)).AsSpan(0, 8))}\"";

    /// <summary>Refuses (412) if the client changes another representation than the present one.</summary>
    public static void RequireMatch(this HttpContext context, string etag)
    {
        var wanted = context.Request.Headers.IfMatch;
        if (wanted.Count > 0 && !Names(wanted, etag))
        {
            throw Failure.Conflict(RestFailures.StaleEtag, $"If-Match says {wanted}, the resource is at {etag}: read it again.").ToException();
        }
    }

    private static bool Names(Microsoft.Extensions.Primitives.StringValues tags, string etag) =>
        tags.SelectMany(w => w!.Split(',', StringSplitOptions.TrimEntries)).Any(w => w == "*" || w == etag);

    /// <summary>Without its parameters: a charset or a quality makes no other type.</summary>
    private static MediaTypeHeaderValue Plain(MediaTypeHeaderValue type) => new(type.MediaType);

    private static string Article(string type) => (type[0] is 'A' or 'E' or 'I' or 'O' ? "an " : "a ") + type;
}
