using System.Runtime.CompilerServices;
using Grpc.Core;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;

namespace Mano.Mepm.Images;

/// <summary>Where artifacts come from.</summary>
internal interface IArtifactSource
{
    /// <summary>The artifact's bytes from an offset on. Throws <see cref="FailureException"/>.</summary>
    IAsyncEnumerable<ArtifactChunk> Download(string sha256, long offset, CancellationToken cancel);
}

/// <summary>Some bytes of an artifact.</summary>
/// <param name="Bytes">At most 256 KiB.</param>
/// <param name="TotalBytes">Size of the whole artifact.</param>
internal readonly record struct ArtifactChunk(ReadOnlyMemory<byte> Bytes, long TotalBytes);

/// <summary>The MEO's package store (onboarding.v1.DownloadArtifact).</summary>
internal sealed class MeoArtifacts(OnboardingService.OnboardingServiceClient client) : IArtifactSource
{
    public async IAsyncEnumerable<ArtifactChunk> Download(string sha256, long offset, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var call = client.DownloadArtifact(new() { Sha256 = sha256, Offset = offset }, cancellationToken: cancel);
        while (await MoveNext(call.ResponseStream, cancel))
        {
            var part = call.ResponseStream.Current;
            yield return new(part.Chunk.Memory, part.TotalBytes);
        }
    }

    private static async Task<bool> MoveNext(IAsyncStreamReader<DownloadArtifactResponse> stream, CancellationToken cancel)
    {
        try
        {
            return await stream.MoveNext(cancel);
        }
        catch (RpcException e)
        {
            cancel.ThrowIfCancellationRequested();
            throw new FailureException(RpcFailures.Of(e), e);
        }
    }
}

/// <summary>A site without a MEO has no artifacts.</summary>
internal sealed class NoArtifacts : IArtifactSource
{
    public IAsyncEnumerable<ArtifactChunk> Download(string sha256, long offset, CancellationToken cancel) =>
        throw Failure.NotFound("NO_MEO", "The image is an artifact of a package, and this MEPM was started without --meo, where packages are.", $"artifact/{sha256}").ToException();
}
