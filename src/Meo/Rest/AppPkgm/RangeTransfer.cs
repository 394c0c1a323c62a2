using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>Sends a file, or the part of it that is asked for (RFC 9110 clause 14): one range; several are answered with the whole, as the RFC allows.</summary>
internal static class RangeTransfer
{
    private const int Buffer = 128 * 1024;

    /// <param name="context">The request.</param>
    /// <param name="file">The content.</param>
    /// <param name="type">Its type.</param>
    /// <param name="etag">Names it: the same content, the same tag.</param>
    public static async Task Send(HttpContext context, Stream file, string type, string etag)
    {
        var headers = context.Request.GetTypedHeaders();
        var response = context.Response;
        response.Headers.ETag = etag;
        response.Headers.AcceptRanges = "bytes";
        if (headers.IfNoneMatch.Any(t => t.Tag == "*" || t.Tag == etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (from, count) = RangeOf(headers, file.Length, etag) ?? (0, file.Length);
        if (count < 0)
        {
            response.Headers.ContentRange = $"bytes */{file.Length}";
            throw new Failure(
                FailureKind.OutOfRange, "RANGE", $"Range says '{context.Request.Headers.Range}'; the content has {file.Length} bytes, 0 to {file.Length - 1}.").ToException();
        }

        if (count != file.Length)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{from + count - 1}/{file.Length}";
        }

        response.ContentType = type;
        response.ContentLength = count;
        file.Position = from;
        await StreamCopyOperation.CopyToAsync(file, response.Body, count, Buffer, context.RequestAborted);
    }

    /// <summary>Null for the whole; a count below zero if there are no such bytes.</summary>
    private static (long From, long Count)? RangeOf(RequestHeaders headers, long length, string etag)
    {
        if (headers.Range is not { Ranges.Count: 1 } range || range.Unit != "bytes" || !Matches(headers.IfRange, etag))
        {
            return null;
        }

        var wanted = range.Ranges.First();
        var from = wanted.From ?? Math.Max(0, length - wanted.To!.Value);
        var to = wanted.From is null ? length - 1 : Math.Min(wanted.To ?? (length - 1), length - 1);
        return from > to ? (0, -1) : (from, to - from + 1);
    }

    private static bool Matches(RangeConditionHeaderValue? condition, string etag) => condition is null || condition.EntityTag?.Tag == etag;
}
