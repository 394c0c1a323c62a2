using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound;

/// <summary>Reads the idempotency key of a call.</summary>
internal static class CallKeys
{
    /// <summary>Name of the metadata.</summary>
    public const string Metadata = "idempotency-key";

    private const int MaxLength = 128;

    /// <summary>The key with the digest of this request, or null if the caller gave none. Throws InvalidInput if it cannot be one.</summary>
    public static IdempotencyKey? Of(ServerCallContext call, IMessage request) => Of(TextOf(call), call.Method, request);

    /// <summary>The same of a request that stands for a call of this method, whichever way it came.</summary>
    public static IdempotencyKey? Of(string? text, string method, IMessage request) => Of(text, Metadata, method, request.ToByteArray());

    /// <summary>The key as it came; null if the caller gave none.</summary>
    public static string? TextOf(ServerCallContext call) => call.RequestHeaders.GetValue(Metadata);

    /// <param name="text">The key as it came.</param>
    /// <param name="source">What it came in, for people.</param>
    /// <param name="method">What was asked.</param>
    /// <param name="request">What it was asked with.</param>
    public static IdempotencyKey? Of(string? text, string source, string method, ReadOnlySpan<byte> request)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw Failure.InvalidInput(
                "IDEMPOTENCY_KEY", $"{source} must have 1 to {MaxLength} printable ASCII characters; it has {text.Length}.", source).ToException();
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(method + "\n"));
        hash.AppendData(request);
        return new(Tenants.Default, text, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
