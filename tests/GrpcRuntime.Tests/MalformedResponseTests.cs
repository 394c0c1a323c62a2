using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.Probe;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

/// <summary>Our client against servers that answer wrongly.</summary>
public sealed class MalformedResponseTests
{
    private static readonly byte[] Good = RawGrpc.Frame(new ProbeResponse { Text = "x" }.ToByteArray());

    public static TheoryData<string, StatusCode> Wrong => new()
    {
        { "http-400", StatusCode.Internal },
        { "http-401", StatusCode.Unauthenticated },
        { "http-403", StatusCode.PermissionDenied },
        { "http-404", StatusCode.Unimplemented },
        { "http-429", StatusCode.Unavailable },
        { "http-500", StatusCode.Unknown },
        { "http-502", StatusCode.Unavailable },
        { "http-503", StatusCode.Unavailable },
        { "http-504", StatusCode.Unavailable },
        { "http-302", StatusCode.Unknown },
        { "html", StatusCode.Unknown },
        { "no-content-type", StatusCode.Unknown },
        { "no-status", StatusCode.Unknown },
        { "status-word", StatusCode.Unknown },
        { "status-99", StatusCode.Unknown },
        { "truncated", StatusCode.Internal },
        { "two-messages", StatusCode.Internal },
        { "ok-without-message", StatusCode.Internal },
        { "compressed-without-encoding", StatusCode.Internal },
        { "unknown-encoding", StatusCode.Internal },
        { "garbage", StatusCode.Internal },
        { "http-431", StatusCode.ResourceExhausted },
        { "big-headers", StatusCode.ResourceExhausted },
        { "reset-0", StatusCode.Internal },
        { "reset-1", StatusCode.Internal },
        { "reset-2", StatusCode.Internal },
        { "reset-7", StatusCode.Unavailable },
        { "reset-8", StatusCode.Cancelled },
        { "reset-11", StatusCode.ResourceExhausted },
        { "reset-12", StatusCode.PermissionDenied },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Wrong_answer_becomes_the_status_that_the_specification_says(string how, StatusCode expected)
    {
        await using var app = await ProbeHost.StartAsync(map: routes => routes.MapPost("/wrong.{how}/{method}", Answer));
        using var channel = GrpcChannel.ForAddress(app.Address());
        var invoker = channel.CreateCallInvoker();
        var unary = invoker.AsyncUnaryCall(MethodOf(MethodType.Unary, how), null, new CallOptions(), new ProbeRequest());
        var refused = await Assert.ThrowsAsync<RpcException>(() => unary.ResponseAsync.Soon());
        Assert.True(refused.StatusCode == expected, refused.ToString());
        if (how is "two-messages" or "ok-without-message")
        {
            return;
        }

        using var stream = invoker.AsyncServerStreamingCall(MethodOf(MethodType.ServerStreaming, how), null, new CallOptions(), new ProbeRequest());
        refused = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.ResponseStream.MoveNext().Soon())
            {
            }
        });
        Assert.True(refused.StatusCode == expected, refused.ToString());
    }

    private static Method<ProbeRequest, ProbeResponse> MethodOf(MethodType type, string how) => new(
        type, $"wrong.{how}", "Any",
        Marshallers.Create(m => m.ToByteArray(), ProbeRequest.Parser.ParseFrom),
        Marshallers.Create(m => m.ToByteArray(), ProbeResponse.Parser.ParseFrom));

    private static async Task Answer(HttpContext context, string how)
    {
        var response = context.Response;
        response.ContentType = how switch { "html" => "text/html", "no-content-type" => null, _ => "application/grpc" };
        if (how.StartsWith("http-", StringComparison.Ordinal))
        {
            response.StatusCode = int.Parse(how[5..], System.Globalization.CultureInfo.InvariantCulture);
            return;
        }

        if (how.StartsWith("reset-", StringComparison.Ordinal))
        {
            await response.Body.FlushAsync();
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(int.Parse(how[6..], System.Globalization.CultureInfo.InvariantCulture));
            return;
        }

        if (how == "big-headers")
        {
            response.Headers["big"] = new string('x', 1024 * 1024);
        }

        if (how == "unknown-encoding")
        {
            response.Headers["grpc-encoding"] = "zstd";
        }

        await response.Body.WriteAsync(how switch
        {
            "truncated" => Good[..^1],
            "two-messages" => [.. Good, .. Good],
            "ok-without-message" => [],
            "compressed-without-encoding" => RawGrpc.Frame([1], flag: 1),
            "garbage" => RawGrpc.Frame([0xff, 0xff]),
            _ => Good,
        });
        if (how != "no-status")
        {
            response.AppendTrailer("grpc-status", how switch { "status-word" => "fine", "status-99" => "99", _ => "0" });
        }
    }
}
