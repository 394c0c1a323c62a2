using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.Channels;

/// <summary>Calls to peers that are as good as one another.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly GrpcChannels channels = new();
    private readonly List<string> peers = [];
    private readonly List<WebApplication> servers = [];
    private readonly List<Socket> silent = [];
    private readonly TcpListener hanging = new(IPAddress.Loopback, 0);

    public Task InitializeAsync()
    {
        hanging.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        channels.Dispose();
        hanging.Dispose();
        silent.ForEach(s => s.Dispose());
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_peer_that_is_away_is_passed_over_and_the_one_that_answered_is_asked_first_from_then_on()
    {
        peers.Add(Nobody());
        peers.Add(await Serve());
        var invoker = Invoker();

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(invoker).CheckAsync(new())).Status);
        Assert.Equal(peers[1], invoker.Preferred);

        peers[0] = await Serve();
        await new Health.HealthClient(invoker).CheckAsync(new());
        Assert.Equal(peers[1], invoker.Preferred);
    }

    [Fact]
    public async Task When_the_preferred_peer_dies_the_next_answers_the_same_call()
    {
        peers.AddRange([await Serve(), await Serve()]);
        var invoker = Invoker();
        var health = new Health.HealthClient(invoker);
        await health.CheckAsync(new());
        Assert.Equal(peers[0], invoker.Preferred);

        await servers[0].DisposeAsync();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new())).Status);
        Assert.Equal(peers[1], invoker.Preferred);
    }

    [Fact]
    public async Task A_call_that_every_peer_fails_ends_with_the_last_failure()
    {
        peers.AddRange([Nobody(), Nobody()]);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(Invoker()).CheckAsync(new()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task Without_a_peer_the_call_says_so()
    {
        var e = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(Invoker()).CheckAsync(new()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal("No probe is known at the moment.", e.Status.Detail);
    }

    [Fact]
    public async Task A_refusal_is_the_answer_and_no_reason_to_ask_another()
    {
        peers.AddRange([await Serve(), await Serve()]);
        var invoker = Invoker();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(invoker).CheckAsync(new() { Service = "unknown" }));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.NotEqual(peers[1], invoker.Preferred);
    }

    [Fact]
    public async Task A_peer_that_lets_a_deadline_pass_is_not_asked_first_again()
    {
        peers.AddRange(["http://" + hanging.LocalEndpoint, await Serve()]);
        var invoker = Invoker();
        var health = new Health.HealthClient(invoker);
        var deadline = TimeProvider.System.GetUtcNow().AddMilliseconds(300).UtcDateTime;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await health.CheckAsync(new(), deadline: deadline));

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new()).ResponseAsync.Soon()).Status);
        Assert.Equal(peers[1], invoker.Preferred);
    }

    [Fact]
    public async Task A_stream_comes_from_the_first_peer_that_sends_something_and_breaks_to_its_reader_when_that_dies()
    {
        peers.AddRange([Nobody(), await Serve()]);
        using var watch = new Health.HealthClient(Invoker()).Watch(new());
        Assert.True(await watch.ResponseStream.MoveNext(default).Soon());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.ResponseStream.Current.Status);
        Assert.NotNull(await watch.ResponseHeadersAsync.Soon());

        peers.Add(await Serve());
        await servers[0].DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(default).Soon())
            {
                // The health of a server that stops may still be told.
            }

            throw new IOException("The stream was ended.");
        });
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_heard_at_once()
    {
        peers.AddRange(["http://" + hanging.LocalEndpoint, await Serve()]);
        var call = new Health.HealthClient(Invoker()).CheckAsync(new());
        call.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.ResponseAsync.Soon());
    }

    private FailoverCallInvoker Invoker() => new(channels, () => peers, "probe");

    /// <summary>A place that is taken, so that nobody else gets it, and where nobody listens.</summary>
    private string Nobody()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Add(socket);
        return "http://" + socket.LocalEndPoint;
    }

    private async Task<string> Serve()
    {
        var app = MeshHost.CreateBuilder("test", new ListenOptions(), LogLevel.Critical).Build();
        app.MapMesh();
        await app.StartAsync();
        servers.Add(app);
        return BoundAddresses.Of(app).Grpc;
    }
}
