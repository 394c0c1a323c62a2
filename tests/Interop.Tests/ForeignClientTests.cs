using Mano.Probe;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;

namespace Mano.Interop.Tests;

/// <summary>Our server, and clients that others wrote: what the client expects is in <c>peers/*/client.*</c>, what the server sees is checked here.</summary>
public sealed class ForeignClientTests
{
    [Theory, Python, Node]
    public Task Unary_call(string peer) => Passes(peer, "unary");

    [Theory, Python, Node]
    public Task Client_stream_of_10000_messages(string peer) => Passes(peer, "client_stream");

    [Theory, Python, Node]
    public Task Server_stream_of_10000_messages(string peer) => Passes(peer, "server_stream");

    [Theory, Python, Node]
    public Task Duplex_stream_of_10000_messages(string peer) => Passes(peer, "duplex");

    [Theory, Python, Node]
    public Task Message_of_a_failure_is_any_text(string peer) => Passes(peer, "error_message");

    [Theory, Python, Node]
    public Task Failure_in_the_middle_of_a_stream_comes_after_the_messages(string peer) => Passes(peer, "failure_in_a_stream");

    [Theory, Python, Node]
    public Task Text_and_bytes_come_back_as_headers_and_trailers(string peer) => Passes(peer, "metadata");

    [Theory, Python, Node]
    public Task Details_of_a_failure(string peer) => Passes(peer, "details");

    [Theory, Python, Node]
    public Task Message_over_the_limit_of_either_side(string peer) => Passes(peer, "over_limit");

    [Theory, Python, Node]
    public Task Unknown_method_and_service(string peer) => Passes(peer, "unknown_method");

    [Theory, Python, Node]
    public Task Answer_without_a_message(string peer) => Passes(peer, "trailers_only");

    [Theory, Python, Node]
    public Task One_megabyte_of_metadata_is_refused_and_the_next_call_passes(string peer) => Passes(peer, "huge_metadata");

    [Theory, Python, Node]
    public async Task Slow_reader_holds_the_server_back(string peer)
    {
        await using var server = await ProbeHost.StartAsync();
        await using var client = Client(peer, server, "slow_reader");
        await Eventually.Is(() => client.Output.Contains("reading stops"));
        var last = -1L;
        await Eventually.Is(async () =>
        {
            var before = last;
            last = server.Record().Written;
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            return last == before;
        });
        Assert.InRange(last, 1, 9_000);
        await client.WriteLine("go on");
        await Succeeds(client);
        Assert.Equal(10_000, server.Record().Written);
    }

    [Theory, Python, Node]
    public async Task Deadline_ends_the_call_on_both_sides(string peer)
    {
        await using var server = await ProbeHost.StartAsync();
        await using var client = Client(peer, server, "deadline");
        await Succeeds(client);
        await Eventually.Is(() => server.Record().Cancelled.Contains("/probe.v1.ProbeService/Unary"));
        Assert.NotEqual(DateTime.MaxValue, server.Record().LastDeadline);
    }

    [Theory, Python, Node]
    public async Task Cancellation_reaches_the_handler(string peer)
    {
        await using var server = await ProbeHost.StartAsync();
        await using var client = Client(peer, server, "cancel");
        await Eventually.Is(() => client.HasExited || server.Record().Cancelled.Contains("/probe.v1.ProbeService/Duplex"));
        await client.WriteLine("seen");
        await Succeeds(client);
    }

    [Theory, Python, Node]
    public async Task Messages_go_packed_both_ways(string peer)
    {
        var encodings = new List<(string Request, string Response)>();
        await using var server = await ProbeHost.StartAsync(map: app => app.Use(async (http, next) =>
        {
            await next(http);
            encodings.Add((http.Request.Headers["grpc-encoding"].ToString(), http.Response.Headers["grpc-encoding"].ToString()));
        }));
        await using var client = Client(peer, server, "gzip");
        await Succeeds(client);
        Assert.Equal([("gzip", "gzip"), ("gzip", "")], encodings);
    }

    private static ChildProcess Client(string peer, WebApplication server, string what) =>
        Peers.Start(peer, "client", new Uri(server.Address()).Authority, what);

    private static async Task Passes(string peer, string what)
    {
        await using var server = await ProbeHost.StartAsync();
        await using var client = Client(peer, server, what);
        await Succeeds(client);
    }

    private static async Task Succeeds(ChildProcess client)
    {
        var code = await client.WaitForExit();
        Assert.True(code == 0, $"exit code {code}\n{string.Join('\n', client.Output)}\n{string.Join('\n', client.Errors)}");
    }
}
