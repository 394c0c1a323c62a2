using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.Probe;
using Mano.Testing;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

/// <summary>Servers that die, freeze, are not there, and stop in good order; real processes where it matters.</summary>
public sealed class ServerLifeTests
{
    [Fact]
    public async Task Server_killed_in_the_middle_of_a_call_is_UNAVAILABLE()
    {
        var (process, address) = await StartProcessAsync();
        await using var _ = process;
        using var channel = GrpcChannel.ForAddress(address);
        var client = new ProbeService.ProbeServiceClient(channel);
        using var duplex = client.Duplex();
        await duplex.RequestStream.WriteAsync(new ProbeRequest { Number = 1 });
        Assert.True(await duplex.ResponseStream.MoveNext().Soon());
        var unary = client.UnaryAsync(new ProbeRequest { Hang = true });
        var read = duplex.ResponseStream.MoveNext();
        await process.Kill();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => unary.ResponseAsync.Soon())).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => read.Soon())).StatusCode);
        var next = client.UnaryAsync(new ProbeRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => next.ResponseAsync.Soon())).StatusCode);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_UNAVAILABLE()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // nobody else gets it, and nobody listens
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var call = new ProbeService.ProbeServiceClient(channel).UnaryAsync(new ProbeRequest());
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon());
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync.Soon());
    }

    [Fact]
    public async Task Server_that_is_frozen_is_noticed_by_keepalive()
    {
        var (process, address) = await StartProcessAsync();
        await using var _ = process;
        using var handler = new SocketsHttpHandler
        {
            KeepAlivePingDelay = TimeSpan.FromSeconds(1),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(8),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
        using var call = new ProbeService.ProbeServiceClient(channel).Duplex();
        await call.RequestStream.WriteAsync(new ProbeRequest());
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        var read = call.ResponseStream.MoveNext();
        await using (var stop = ChildProcess.Start("/bin/kill", ["-STOP", $"{process.Id}"]))
        {
            await stop.WaitForExit();
        }

        var failure = await Assert.ThrowsAsync<RpcException>(() => read.Soon());
        Assert.True(failure.StatusCode == StatusCode.Unavailable, failure.ToString());
    }

    [Fact]
    public async Task Server_that_stops_lets_running_calls_end()
    {
        var server = await ProbeServer.StartAsync();
        var call = server.Client.UnaryAsync(new ProbeRequest { StubbornMs = 700, Text = "last" });
        await Eventually.Is(() => server.Record.LastHeaders.Count > 0);
        var stop = server.StopAsync();
        Assert.Equal("last", (await call.ResponseAsync.Soon()).Text);
        await stop.Soon();
        var next = server.Client.UnaryAsync(new ProbeRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => next.ResponseAsync.Soon())).StatusCode);
        await server.DisposeAsync();
    }

    private static async Task<(ChildProcess Process, string Address)> StartProcessAsync()
    {
        var process = ChildProcess.StartDotnet(typeof(ProbeHost).Assembly.Location);
        await Eventually.Is(() => process.Output.Any(line => line.StartsWith("listening ", StringComparison.Ordinal)));
        return (process, process.Output.First(line => line.StartsWith("listening ", StringComparison.Ordinal))["listening ".Length..]);
    }
}
