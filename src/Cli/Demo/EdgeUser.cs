using System.Net;
using Mano.Cli.Connection;

namespace Mano.Cli.Demo;

/// <summary>A user near an edge site: resolves names with the site's DNS, and whatever it opens goes through the site's gateway.</summary>
internal sealed class EdgeUser(RunningSite site, TimeProvider clock)
{
    private static readonly TimeSpan PageTime = TimeSpan.FromSeconds(5);

    /// <summary>Host and port of the gateway, as curl wants it.</summary>
    public string GatewayAddress => site.Gateway.Replace("socks5://", "", StringComparison.Ordinal);

    public IPEndPoint Dns => IPEndPoint.Parse(site.Dns);

    public Task<DnsReply> ResolveAsync(string name, CancellationToken stop) => DnsQuestion.AskAsync(Dns, name, clock, stop);

    /// <summary>SOCKS 5 says it as a number (RFC 1928 §6).</summary>
    private static string Why(string message) => message switch
    {
        _ when message.Contains("0x02", StringComparison.Ordinal) => "no active rule lets it through",
        _ when message.Contains("0x04", StringComparison.Ordinal) => "the gateway finds no such host",
        _ when message.Contains("0x05", StringComparison.Ordinal) => "nothing listens there",
        _ => message,
    };

    /// <summary>The page, or why there is none. A new connection each time: the rules as they are now decide.</summary>
    public async Task<(string? Page, string? Refusal)> FetchAsync(Uri page, CancellationToken stop)
    {
        using var handler = new SocketsHttpHandler
        {
            Proxy = new WebProxy($"socks5://{GatewayAddress}"), UseProxy = true, ConnectTimeout = PageTime,
        };
        using var http = new HttpClient(handler) { Timeout = PageTime };
        try
        {
            using var answer = await http.GetAsync(page, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            return answer.IsSuccessStatusCode ? (text, null) : (null, $"HTTP {(int)answer.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return (null, Why((e.InnerException ?? e).Message));
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, $"no answer within {PageTime.TotalSeconds:0} s");
        }
    }
}
