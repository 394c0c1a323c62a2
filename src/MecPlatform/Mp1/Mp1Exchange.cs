using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Mano.MecPlatform.Mp1;

/// <summary>Reading and writing of one Mp1 exchange.</summary>
internal static class Mp1Exchange
{
    /// <summary>The largest body of Mp1 is a traffic rule; 64 KiB hold a thousand filters.</summary>
    private const long MaxBody = 64 * 1024;

    public static readonly string TooLarge = $"Request body too large: Mp1 takes up to {MaxBody} bytes.";

    public static string Instance(this HttpContext context) => context.Named("appInstanceId");

    public static string Named(this HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>The URL of this request without its query, as the client sees it.</summary>
    public static string Url(this HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}";

    /// <summary>The body; a wrong content type, too many bytes, or JSON of another shape are refused.</summary>
    public static async Task<T> ReadBody<T>(this HttpContext context, JsonTypeInfo<T> type)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var given) || !given.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw Failure.InvalidInput(
                Mp1Failures.WrongContentType, $"The body's content type is '{context.Request.ContentType}'; application/json is needed.").ToException();
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBody;
        }

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

    public static async Task WriteBody<T>(this HttpContext context, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, type), context.RequestAborted);
    }

    /// <summary>Names a representation: another body, another tag.</summary>
    public static string EtagOf<T>(T body, JsonTypeInfo<T> type) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, type)).AsSpan(0, 8))}\"";

    /// <summary>Refuses (412) if the client changes another representation than the present one.</summary>
    public static void RequireMatch(this HttpContext context, string etag)
    {
        var wanted = context.Request.Headers.IfMatch;
        if (wanted.Count > 0 && !wanted.SelectMany(w => w!.Split(',', StringSplitOptions.TrimEntries)).Any(w => w == "*" || w == etag))
        {
            throw Failure.Conflict(Mp1Failures.StaleEtag, $"If-Match says {wanted}, the resource is at {etag}: read it again.").ToException();
        }
    }

    public static ApplicationView FindInstance(this HttpContext context, Applications applications) => InstanceIds.Find(applications, context.Instance());

    private static string Article(string type) => (type[0] is 'A' or 'E' or 'I' or 'O' ? "an " : "a ") + type;
}
