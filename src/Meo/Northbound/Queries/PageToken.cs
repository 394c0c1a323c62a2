using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound.Queries;

/// <summary>
/// The place where a list goes on: behind the last item that was given, so that nothing is lost or repeated when others come and
/// go. A token carries a digest of its request and one of itself: it is refused with another filter or order, and when it was
/// changed. It is no secret and no permission, since whoever has one may as well ask for the whole list; so it needs no key, and any
/// replica reads it.
/// </summary>
internal static class PageToken
{
    private const byte Form = 1;
    private const int Digest = 8;
    private const int MostLetters = 2000;

    /// <summary>What may differ from one page to the next.</summary>
    private static readonly string[] Free = ["page_size", "page_token", "read_mask"];

    /// <param name="request">The request of the page.</param>
    /// <param name="position">What the last item is ordered by, and last its own token.</param>
    public static string Write(IMessage request, IReadOnlyList<string?> position)
    {
        byte[] body = [Form, .. DigestOf(request), .. JsonSerializer.SerializeToUtf8Bytes(position, PageTokenJson.Default.IReadOnlyListString)];
        return Base64Url.EncodeToString([.. body, .. SHA256.HashData(body).AsSpan(0, Digest)]);
    }

    /// <summary>The position; null for the first page. Throws InvalidInput saying what is wrong with the token.</summary>
    /// <param name="request">The request of the page.</param>
    /// <param name="token">Its page_token.</param>
    /// <param name="length">How many values a position has here.</param>
    public static IReadOnlyList<string?>? Read(IMessage request, string token, int length)
    {
        if (token.Length == 0)
        {
            return null;
        }

        var bytes = token.Length <= MostLetters && Base64Url.IsValid(token) ? Base64Url.DecodeFromChars(token) : [];
        if (bytes.Length <= 1 + Digest + Digest || bytes[0] != Form || !SHA256.HashData(bytes.AsSpan(..^Digest)).AsSpan(0, Digest).SequenceEqual(bytes.AsSpan(^Digest..)))
        {
            throw Wrong("page_token is none of ours, or was changed; pass next_page_token of the page before as it came, or nothing for the first page.");
        }

        return DigestOf(request).AsSpan().SequenceEqual(bytes.AsSpan(1, Digest))
            && JsonSerializer.Deserialize(bytes.AsSpan(1 + Digest, bytes.Length - 1 - Digest - Digest), PageTokenJson.Default.IReadOnlyListString) is { } position
            && position.Count == length && IsPlace(position[^1])
            ? position
            : throw Wrong("page_token belongs to another request: go on with the call, filter, order_by and ids that it was given for, or leave it out for the first page.");
    }

    /// <summary>A part of a key that the store can have.</summary>
    private static bool IsPlace(string? token) => token is { Length: > 0 and <= 400 } && !token.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static byte[] DigestOf(IMessage request)
    {
        var bound = request.Descriptor.Parser.ParseFrom(request.ToByteString());
        foreach (var name in Free)
        {
            request.Descriptor.FindFieldByName(name)?.Accessor.Clear(bound);
        }

        return SHA256.HashData([.. Encoding.UTF8.GetBytes(request.Descriptor.FullName), .. bound.ToByteArray()])[..Digest];
    }

    private static FailureException Wrong(string sentence) =>
        Failure.InvalidInput("PAGE_TOKEN", sentence, "page_token", [new("page_token", sentence)]).ToException();
}
