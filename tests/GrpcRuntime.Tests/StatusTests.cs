using System.Net.Sockets;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Mano.GrpcRuntime.Client;
using Mano.GrpcRuntime.Server;
using Mano.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Probe.V1;
using Status = Grpc.Core.Status;

namespace Mano.GrpcRuntime.Tests;

public sealed class StatusTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("100 % für 猫 \u0001\r\n\t und \U0001F600")]
    [InlineData("%41 stays %41")]
    [InlineData("")]
    public async Task Refusal_reaches_the_caller_with_code_and_message(string message)
    {
        await using var server = await ProbeServer.StartAsync();
        for (var code = 1; code <= 16; code++)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(
                async () => await server.Client.UnaryAsync(new ProbeRequest { FailCode = code, FailMessage = message }));
            Assert.Equal(((StatusCode)code, message), (refused.StatusCode, refused.Status.Detail));
        }
    }

    [Fact]
    public async Task Refusal_without_a_message_is_trailers_only()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync("/probe.v1.ProbeService/Unary", RawGrpc.Frame(new ProbeRequest { FailCode = 5, FailMessage = "né" }.ToByteArray()));
        Assert.Equal(("5", "n%C3%A9", true, 0, 0), (answer.Status, answer.Message, answer.TrailersOnly, answer.Body.Length, answer.Trailers.Count));
    }

    [Fact]
    public async Task Typed_details_reach_the_caller()
    {
        await using var server = await ProbeServer.StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.UnaryAsync(new ProbeRequest { FailCode = 9, FailMessage = "not so", FailDetails = true }));
        var status = refused.GetRpcStatus();
        Assert.Equal((9, "not so"), (status!.Code, status.Message));
        Assert.Equal("mano", status.Details[0].Unpack<ResourceInfo>().ResourceName);
    }

    [Fact]
    public async Task Failure_in_the_middle_of_a_stream_comes_after_the_messages()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.ServerStream(new ProbeRequest { Responses = 10, FailAfter = 3, FailCode = 10, FailMessage = "lost the race" });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(new Status(StatusCode.Aborted, "lost the race"), refused.Status);
        Assert.Equal(refused.Status, call.GetStatus());
    }

    [Fact]
    public async Task Refusal_while_the_client_still_streams_reaches_it()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.ClientStream();
        await call.RequestStream.WriteAsync(new ProbeRequest { FailCode = 8, FailMessage = "enough" });
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon());
        Assert.Equal((StatusCode.ResourceExhausted, "enough"), (refused.StatusCode, refused.Status.Detail));
        var write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new ProbeRequest()).Soon());
        Assert.Equal(StatusCode.ResourceExhausted, write.StatusCode);
    }

    [Fact]
    public async Task Exception_in_a_handler_is_UNKNOWN_and_says_nothing_of_itself()
    {
        await using var server = await ProbeServer.StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new ProbeRequest { ThrowMessage = "password=hunter2" }));
        Assert.Equal(StatusCode.Unknown, refused.StatusCode);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_in_a_handler_is_told_where_that_is_configured()
    {
        await using var server = await ProbeServer.StartAsync(options => options.EnableDetailedErrors = true);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new ProbeRequest { ThrowMessage = "disk is full" }));
        Assert.Contains("disk is full", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_method_and_unknown_service_are_UNIMPLEMENTED()
    {
        await using var server = await ProbeServer.StartAsync();
        var method = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.MissingAsync(new ProbeRequest()));
        Assert.Equal(StatusCode.Unimplemented, method.StatusCode);
        using var raw = new RawGrpc(server.Address);
        var unknown = await raw.PostAsync("/probe.v1.ProbeService/Nothing", RawGrpc.Frame([]));
        Assert.Equal(("12", true), (unknown.Status, unknown.TrailersOnly));
        var service = await raw.PostAsync("/no.such.Service/Nothing", RawGrpc.Frame([]));
        Assert.Equal(("12", true), (service.Status, service.TrailersOnly));
    }

    [Fact]
    public async Task Routes_of_unknown_methods_are_not_looked_at_where_a_known_one_matches()
    {
        await using var server = await ProbeServer.StartAsync();
        var policy = Assert.Single(server.Services.GetServices<MatcherPolicy>().OfType<KnownMethodPolicy>());
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var unary = endpoints.Single(e => e.DisplayName == "gRPC - /probe.v1.ProbeService/Unary");
        var unknown = endpoints.Where(e => e.DisplayName!.StartsWith("gRPC - Unimplemented", StringComparison.Ordinal)).ToList();
        Assert.True(policy.AppliesToEndpoints([unary, .. unknown]));
        Assert.Equal([unary], Assert.Single(policy.GetEdges([unary, .. unknown])).Endpoints);
        Assert.False(policy.AppliesToEndpoints(unknown));
    }

    [Fact]
    public void Connection_reset_before_its_first_byte_is_UNAVAILABLE()
    {
        var status = TransportFailures.ToRpcException(new SocketException((int)SocketError.NotConnected)).StatusCode;
        Assert.Equal(StatusCode.Unavailable, status);
    }
}
