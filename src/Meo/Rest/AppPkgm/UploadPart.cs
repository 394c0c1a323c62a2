using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// A part of an upload, as a PUT with Content-Range says it (RFC 9110 clause 14.5, which leaves it to both sides to agree on that):
/// | Content-Range        | is                        | answered with                                       |
/// | <c>bytes 0-9/30</c>  | a part, and more follows  | 308 and <c>Range: bytes=0-9</c>: what is here       |
/// | <c>bytes 10-29/30</c> | the last part            | 202, or what is wrong with the whole                |
/// | <c>bytes */30</c>    | a question, without body  | 308 and how much is here; 202 if it is onboarded    |
/// </summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Its last byte; -1 for a question.</param>
/// <param name="Total">Bytes of the whole.</param>
internal sealed record UploadPart(long From, long To, long Total)
{
    /// <summary>How much is here?</summary>
    public bool IsQuestion => To < 0;

    public bool IsLast => To == Total - 1;

    /// <summary>Null if the request is a whole.</summary>
    public static UploadPart? Of(HttpRequest request)
    {
        var text = request.Headers.ContentRange.ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (!ContentRangeHeaderValue.TryParse(text, out var range) || range.Unit != "bytes" || range.Length is not { } total || total == 0)
        {
            throw Wrong(text, "bytes FIRST-LAST/TOTAL is needed, or bytes */TOTAL to ask how much is here");
        }

        var part = range is { From: { } from, To: { } to } ? new UploadPart(from, to, total) : new UploadPart(0, -1, total);
        return part.IsQuestion || request.ContentLength is null || request.ContentLength == part.To - part.From + 1
            ? part
            : throw Wrong(text, $"the body has {request.ContentLength} bytes, and the range {part.To - part.From + 1}");
    }

    /// <summary>What arrives, and not more: more would be another part's.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Exactly(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var left = To - From + 1;
        await foreach (var chunk in chunks.WithCancellation(cancel))
        {
            left -= chunk.Length;
            yield return left >= 0 ? chunk : throw Wrong($"bytes {From}-{To}/{Total}", "the body has more bytes than that");
        }
    }

    /// <summary>308 with what is here, or 202 if that is all, judged and onboarded.</summary>
    public void Answer(HttpResponse response, long here)
    {
        response.StatusCode = here == Total ? StatusCodes.Status202Accepted : StatusCodes.Status308PermanentRedirect;
        if (here > 0 && here != Total)
        {
            response.Headers.Range = $"bytes=0-{here - 1}";
        }
    }

    private static FailureException Wrong(string text, string sentence) =>
        Failure.InvalidInput("CONTENT_RANGE", $"Content-Range says '{text}'; {sentence}.", "Content-Range").ToException();
}
