using System.Collections.Concurrent;
using Grpc.Net.Client;
using Mano.Testing;
using Probe.V1;

namespace Mano.Interop.Tests;

/// <summary>A server that others wrote, with the probe on it, and our client of it.</summary>
internal sealed class ForeignServer : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    private ForeignServer(ChildProcess process, string port)
    {
        Process = process;
        Wire = new WireRecord { InnerHandler = new SocketsHttpHandler { UseProxy = false } };
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { HttpHandler = Wire, DisposeHttpClient = true });
        Client = new ProbeService.ProbeServiceClient(_channel);
    }

    public ChildProcess Process { get; }

    public WireRecord Wire { get; }

    public GrpcChannel Channel => _channel;

    public ProbeService.ProbeServiceClient Client { get; }

    public static async Task<ForeignServer> StartAsync(string peer)
    {
        var process = Peers.Start(peer, "server");
        const string Listening = "listening ";
        await Eventually.Is(() => process.HasExited || process.Output.Any(line => line.StartsWith(Listening, StringComparison.Ordinal)));
        var line = process.Output.FirstOrDefault(line => line.StartsWith(Listening, StringComparison.Ordinal));
        Assert.True(line is not null, string.Join('\n', process.Errors));
        return new ForeignServer(process, line[Listening.Length..]);
    }

    /// <summary>Waits until the server has said that line.</summary>
    public Task Says(string line) => Eventually.Is(() => Process.Output.Contains(line), $"the server says '{line}'");

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Process.DisposeAsync();
    }
}

/// <summary>What went over the wire, below our client.</summary>
internal sealed class WireRecord : DelegatingHandler
{
    /// <summary>How each call said its requests and responses are packed.</summary>
    public ConcurrentQueue<(string? Request, string? Response)> Encodings { get; } = new();

    /// <summary>Whether the last response had its status in its headers.</summary>
    public bool LastWasTrailersOnly { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        LastWasTrailersOnly = response.Headers.Contains("grpc-status");
        Encodings.Enqueue((Encoding(request.Headers), Encoding(response.Headers)));
        return response;
    }

    private static string? Encoding(System.Net.Http.Headers.HttpHeaders headers) =>
        headers.TryGetValues("grpc-encoding", out var values) ? string.Join(',', values) : null;
}
