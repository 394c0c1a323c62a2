using System.Collections.Concurrent;
using Grpc.Net.Client;
using Mano.Mesh.Security;

namespace Mano.Mesh.Channels;

/// <summary>One long-lived channel per address, shared by everything in a process that speaks to it.</summary>
/// <param name="certificates">Used towards <c>https://</c> addresses; null: those are checked as the machine does.</param>
public sealed class GrpcChannels(MeshCertificates? certificates = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<GrpcChannel>> channels = new(StringComparer.Ordinal);

    /// <summary>The channel to <paramref name="address"/> (<c>http://127.0.0.1:7401</c>). It connects when first used and again whenever it must.</summary>
    public GrpcChannel For(string address) =>
        channels.GetOrAdd(address, a => new Lazy<GrpcChannel>(() => GrpcChannel.ForAddress(a, Options()))).Value;

    public void Dispose()
    {
        foreach (var channel in channels.Values.Where(c => c.IsValueCreated))
        {
            channel.Value.Dispose();
        }

        channels.Clear();
    }

    private GrpcChannelOptions Options() => new()
    {
        MaxReceiveMessageSize = Hosting.MeshHost.MaxMessageBytes,
        // A call that a pipeline's timeout ended is seen by the pipeline as such, not as an RPC status.
        ThrowOperationCanceledOnCancellation = true,
        HttpHandler = new SocketsHttpHandler
        {
            // A peer that vanished without a reset is noticed within half a minute, also on a quiet watch stream.
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            // The parts of the mesh reach one another directly; what a machine's proxy variables say is meant for the way out.
            UseProxy = false,
            SslOptions = certificates?.Client() ?? new(),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        },
    };
}
