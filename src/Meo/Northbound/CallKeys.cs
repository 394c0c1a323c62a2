using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound;

/// <summary>Reads the idempotency key of a gRPC call.</summary>
internal static class CallKeys
{
    /// <summary>Name of the metadata.</summary>
    public const string Metadata = "idempotency-key";

    private const int MaxLength = 128;

    /// <summary>The key with the digest of this request, or null if the caller gave none. Throws InvalidInput if it cannot be one.</summary>
    public static IdempotencyKey? Of(ServerCallContext call, IMessage request)
    {
        var text = call.RequestHeaders.GetValue(Metadata);
        if (text is null)
        {
            return null;
        }

        if (text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw Failure.InvalidInput(
                "IDEMPOTENCY_KEY", $"The metadata {Metadata} must have 1 to {MaxLength} printable ASCII characters; it has {text.Length}.", Metadata).ToException();
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(call.Method + "\n"));
        hash.AppendData(request.ToByteArray());
        return new(Tenants.Default, text, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
