using System.Text.Json;
using Mano.Probe;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;

namespace Mano.Interop.Tests;

/// <summary>Our server, and <c>buf curl</c>, which knows our services by asking our reflection.</summary>
public sealed class BufCurlTests
{
    private const string Unary = "/probe.v1.ProbeService/Unary";

    [BufFact]
    public async Task Services_and_methods_are_listed_by_reflection()
    {
        await using var server = await ProbeHost.StartAsync();
        Assert.Equal(
            ["grpc.health.v1.Health", "probe.v1.ProbeService"],
            (await Curl(server, "", "--list-services")).Lines.Where(line => !line.StartsWith("grpc.reflection.", StringComparison.Ordinal)).Order());
        var methods = (await Curl(server, "", "--list-methods")).Lines;
        Assert.Contains("probe.v1.ProbeService/Duplex", methods);
        Assert.Contains("grpc.health.v1.Health/Check", methods);
    }

    [BufFact]
    public async Task Unary_call_needs_no_proto_file()
    {
        await using var server = await ProbeHost.StartAsync();
        var answer = await Curl(server, Unary, "--data", """{"text":"grüße","number":"7"}""");
        using var json = JsonDocument.Parse(answer.Text);
        Assert.Equal("grüße", json.RootElement.GetProperty("text").GetString());
        Assert.Equal("7", json.RootElement.GetProperty("number").GetString());
    }

    [BufFact]
    public async Task Streams_go_both_ways()
    {
        await using var server = await ProbeHost.StartAsync();
        var answer = await Curl(server, "/probe.v1.ProbeService/Duplex", "--data", """{"text":"one"} {"text":"two"}""");
        Assert.Contains("one", answer.Text, StringComparison.Ordinal);
        Assert.Contains("two", answer.Text, StringComparison.Ordinal);
        var sum = await Curl(server, "/probe.v1.ProbeService/ClientStream", "--data", """{"number":"40"} {"number":"2"}""");
        Assert.Contains("\"sum\":\"42\"", sum.Text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [BufFact]
    public async Task Failure_is_told_with_its_code_its_message_and_its_details()
    {
        await using var server = await ProbeHost.StartAsync();
        var answer = await Curl(server, Unary, "--data", """{"failCode":5,"failMessage":"nicht da: 100%41 ✓","failDetails":true}""");
        Assert.NotEqual(0, answer.Code);
        using var json = JsonDocument.Parse(answer.Errors);
        Assert.Equal("not_found", json.RootElement.GetProperty("code").GetString());
        Assert.Equal("nicht da: 100%41 ✓", json.RootElement.GetProperty("message").GetString());
        Assert.Equal("google.rpc.ResourceInfo", json.RootElement.GetProperty("details")[0].GetProperty("type").GetString());
    }

    [BufFact]
    public async Task Health_is_told()
    {
        await using var server = await ProbeHost.StartAsync();
        var answer = await Curl(server, "/grpc.health.v1.Health/Check", "--data", "{}");
        Assert.Contains("SERVING", answer.Text, StringComparison.Ordinal);
    }

    private static async Task<Answer> Curl(WebApplication server, string path, params string[] arguments)
    {
        await using var buf = ChildProcess.Start(
            Peers.Buf, ["curl", "--protocol", "grpc", "--http2-prior-knowledge", .. arguments, server.Address() + path]);
        var code = await buf.WaitForExit();
        return new Answer(code, [.. buf.Output], string.Join('\n', buf.Errors));
    }

    private sealed record Answer(int Code, IReadOnlyList<string> Lines, string Errors)
    {
        public string Text => Code == 0 ? string.Join('\n', Lines) : $"exit code {Code}: {Errors}";
    }
}
