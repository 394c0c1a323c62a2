using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound.Queries;

/// <summary>
/// The place where a list or a watch goes on: behind the last thing that was given, so that nothing is lost or repeated when others come
/// and go. A token carries a digest of its request and one of itself: it is refused with another filter or order, and when it was
/// changed. It is no secret and no permission, since whoever has one may as well ask for everything; so it needs no key, and any
/// replica reads it.
/// </summary>
/// <param name="Field">The request's field in which it comes back.</param>
/// <param name="Reason">The word for a refusal.</param>
/// <param name="Origin">Where it comes from, for people.</param>
/// <param name="Without">What a request without it gives.</param>
internal sealed record RequestToken(string Field, string Reason, string Origin, string Without)
{
    public static readonly RequestToken Page = new("page_token", "PAGE_TOKEN", "next_page_token of the page before", "the first page");
    public static readonly RequestToken Resume = new("resume_token", "RESUME_TOKEN", "resume_token of the last message", "the state as it is");

    private const byte Form = 1;
    private const int Digest = 8;
    private const int MostLetters = 2000;

    /// <summary>What may differ from one request to the next.</summary>
    private static readonly string[] Free = ["page_size", "page_token", "read_mask", "resume_token", "progress_interval"];

    /// <param name="request">The request.</param>
    /// <param name="position">What says where it is; last what may be part of a key.</param>
    public static string Write(IMessage request, IReadOnlyList<string?> position) => Write(DigestOf(request), position);

    /// <summary>The same by the request's <see cref="DigestOf"/>, for who writes many of one.</summary>
    public static string Write(ReadOnlySpan<byte> digest, IReadOnlyList<string?> position)
    {
        byte[] body = [Form, .. digest, .. JsonSerializer.SerializeToUtf8Bytes(position, RequestTokenJson.Default.IReadOnlyListString)];
        return Base64Url.EncodeToString([.. body, .. SHA256.HashData(body).AsSpan(0, Digest)]);
    }

    /// <summary>The position; null if there is no token. Throws InvalidInput saying what is wrong with the token.</summary>
    /// <param name="request">The request.</param>
    /// <param name="token">As it came.</param>
    /// <param name="length">How many values a position has here.</param>
    public IReadOnlyList<string?>? Read(IMessage request, string token, int length)
    {
        if (token.Length == 0)
        {
            return null;
        }

        var bytes = token.Length <= MostLetters && Base64Url.IsValid(token) ? Base64Url.DecodeFromChars(token) : [];
        if (bytes.Length <= 1 + Digest + Digest || bytes[0] != Form || !SHA256.HashData(bytes.AsSpan(..^Digest)).AsSpan(0, Digest).SequenceEqual(bytes.AsSpan(^Digest..)))
        {
            throw Wrong($"{Field} is none of ours, or was changed; pass {Origin} as it came, or nothing for {Without}.");
        }

        return DigestOf(request).AsSpan().SequenceEqual(bytes.AsSpan(1, Digest))
            && JsonSerializer.Deserialize(bytes.AsSpan(1 + Digest, bytes.Length - 1 - Digest - Digest), RequestTokenJson.Default.IReadOnlyListString) is { } position
            && position.Count == length && IsPlace(position[^1])
            ? position
            : throw Wrong($"{Field} belongs to another request: go on with the call, filter, order and ids that it was given for, or leave it out for {Without}.");
    }

    /// <summary>What binds a token to its request.</summary>
    public static byte[] DigestOf(IMessage request)
    {
        var bound = request.Descriptor.Parser.ParseFrom(request.ToByteString());
        foreach (var name in Free)
        {
            request.Descriptor.FindFieldByName(name)?.Accessor.Clear(bound);
        }

        return SHA256.HashData([.. Encoding.UTF8.GetBytes(request.Descriptor.FullName), .. bound.ToByteArray()])[..Digest];
    }

    /// <summary>A part of a key that the store can have.</summary>
    private static bool IsPlace(string? token) => token is { Length: <= 400 } && !token.AsSpan().ContainsAnyExceptInRange('!', '~');

    private FailureException Wrong(string sentence) =>
        Failure.InvalidInput(Reason, sentence, Field, [new(Field, sentence)]).ToException();
}
