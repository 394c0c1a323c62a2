using Mano.Platform.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.MecPlatform.Tests;

/// <summary>What people will use: dig for names, curl for traffic.</summary>
public sealed class ForeignClientTests : IAsyncLifetime
{
    private RunningPlatform platform = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start(o => o with { DnsZones = ["edge.example"] });
        await platform.Ensure(configuration: RunningPlatform.Configuration("shop.edge.example", mp1: false));
        await platform.Run();
    }

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [ProgramFact("dig")]
    public async Task Dig_reads_our_answers_over_UDP_and_TCP()
    {
        Assert.Equal("127.0.7.1", await Dig("+short", "shop.edge.example", "A"));
        Assert.Equal("127.0.7.1", await Dig("+short", "+tcp", "SHOP.edge.example", "A"));
        Assert.Equal("127.0.7.1", await Dig("+short", "+noedns", "shop.edge.example", "ANY"));
        var whole = await Dig("shop.edge.example", "A");
        Assert.Contains("flags: qr aa rd;", whole, StringComparison.Ordinal);
        Assert.Contains("EDNS: version: 0", whole, StringComparison.Ordinal);
        Assert.Matches(@"shop\.edge\.example\.\s+7\s+IN\s+A\s+127\.0\.7\.1", whole);
        Assert.DoesNotContain("WARNING: Message", whole, StringComparison.Ordinal);
    }

    [ProgramFact("dig")]
    public async Task Dig_reads_our_negative_answers()
    {
        var noData = await Dig("shop.edge.example", "AAAA");
        Assert.Contains("status: NOERROR", noData, StringComparison.Ordinal);
        Assert.Contains("SOA", noData, StringComparison.Ordinal);
        Assert.Contains("status: NXDOMAIN", await Dig("other.edge.example", "A"), StringComparison.Ordinal);
        Assert.Contains("status: REFUSED", await Dig("www.example.org", "A"), StringComparison.Ordinal);
        Assert.Contains("status: NOTIMP", await Dig("+opcode=status", "shop.edge.example", "A"), StringComparison.Ordinal);
        await platform.Drain(TimeSpan.Zero);
        Assert.Contains("status: NXDOMAIN", await Dig("shop.edge.example", "A"), StringComparison.Ordinal);
    }

    [ProgramFact("curl")]
    public async Task Curl_sees_a_rule_come_and_go()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.7.1:0");
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.MapGet("/", (RequestDelegate)(context => context.Response.WriteAsync("served at the edge")));
        await app.StartAsync();
        var url = $"http://shop.edge.example:{new Uri(app.Urls.First()).Port}/";

        Assert.Equal((0, "served at the edge"), await Curl(url));
        await Eventually.Is(async () => (await platform.Get()).TrafficRules[0].Bytes > 100); // counted when curl has them
        Assert.Equal(1u, (await platform.Get()).TrafficRules[0].Connections);
        Assert.Equal(Application.Types.Phase.Drained, (await platform.Drain(TimeSpan.Zero)).Phase);
        Assert.Equal(97, (await Curl(url)).ExitCode); // CURLE_PROXY: the name is gone
        await app.StopAsync();
    }

    private async Task<string> Dig(params string[] arguments)
    {
        var (exitCode, output) = await Run("dig", [$"@{platform.Dns.Address}", "-p", $"{platform.Dns.Port}", "+time=30", "+tries=1", .. arguments]);
        Assert.Equal(0, exitCode);
        return output;
    }

    private Task<(int ExitCode, string Output)> Curl(string url) =>
        Run("curl", ["--silent", "--max-time", "20", "--socks5-hostname", platform.Gateway.ToString(), url]);

    private static async Task<(int ExitCode, string Output)> Run(string program, string[] arguments)
    {
        await using var child = ChildProcess.Start(program, arguments);
        var exitCode = await child.WaitForExit();
        return (exitCode, string.Join('\n', child.Output));
    }
}
