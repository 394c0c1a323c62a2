using System.Collections.Concurrent;
using Grpc.Core;
using Mano.Meo.Replicas;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;
using Wire = Mano.Onboarding.V1;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Fetches content from another live replica, for replicas that have folders of their own, and keeps it. It helps as long as somebody
/// who has the content lives; what only a dead replica has is back with that replica.
/// </summary>
internal sealed class PeerContents(ReplicaDirectory replicas, GrpcChannels channels, ArtifactStore artifacts, ILogger<PeerContents> logger) : IPeerContents
{
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> underWay = new(StringComparer.Ordinal);

    /// <summary>One fetch for all who ask meanwhile; it goes on when they leave, for they will ask again.</summary>
    public async Task<bool> Fetch(string sha256, CancellationToken cancel)
    {
        var one = underWay.GetOrAdd(sha256, s => new(() => Task.Run(() => FromAny(s))));
        try
        {
            return await one.Value.WaitAsync(cancel);
        }
        finally
        {
            if (one.Value.IsCompleted)
            {
                underWay.TryRemove(new(sha256, one));
            }
        }
    }

    private async Task<bool> FromAny(string sha256)
    {
        foreach (var peer in replicas.All.Where(r => r.IsAlive && r.Record.Name != replicas.Self && r.Record.Address.Length > 0))
        {
            try
            {
                await From(peer.Record, sha256);
                logger.Fetched(sha256, peer.Record.Name);
                return true;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                // The next one may have it.
            }
            catch (Exception e) when (e is RpcException or IOException or FailureException)
            {
                logger.NotFetched(sha256, peer.Record.Name, Failure.From(e));
            }
        }

        return false;
    }

    private async Task From(ReplicaRecord peer, string sha256)
    {
        var client = new Wire.OnboardingService.OnboardingServiceClient(channels.For(peer.Address));
        using var call = client.DownloadArtifact(new() { Sha256 = sha256 }, new Metadata { { ForwardedCalls.Header, replicas.Self } });
        using var file = artifacts.OpenScratch();
        await foreach (var chunk in call.ResponseStream.ReadAllAsync())
        {
            file.Write(chunk.Chunk.Span);
        }

        if (file.Sha256 != sha256)
        {
            throw new Failure(FailureKind.Corrupt, "CONTENT_DIFFERS", $"Replica {peer.Name} sent content with SHA-256 {file.Sha256} for {sha256}.", $"artifact/{sha256}").ToException();
        }

        using var exclusively = await artifacts.Exclusively(CancellationToken.None);
        artifacts.Publish(file);
    }
}
