using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Mano.Mesh.Failures;

namespace Mano.Meo.Rest.Notifications;

/// <summary>
/// Where notifications may be sent: whoever may subscribe must not be able to make the MEO speak to what only the MEO reaches. Addresses are judged when a
/// connection is made, whatever the name in the callback resolved to before.
/// | address                                          | may be called                                            |
/// | in <c>--callback-deny</c>                        | never                                                    |
/// | in <c>--callback-allow</c>, where that is given  | yes, and nothing else                                    |
/// | link-local, multicast, unspecified, metadata     | never                                                    |
/// | loopback                                         | where the MEO itself listens on loopback alone           |
/// | any other                                        | yes                                                      |
/// </summary>
internal sealed class CallbackPolicy(RestOptions options)
{
    /// <summary>What clouds answer with credentials, beside the link-local one.</summary>
    private static readonly IPNetwork[] Metadata = [IPNetwork.Parse("fd00:ec2::254/128"), IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("192.0.0.192/32")];

    private static readonly IPNetwork[] Never =
        [.. Metadata, IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("::/128"), IPNetwork.Parse("224.0.0.0/3"), IPNetwork.Parse("ff00::/8")];

    /// <summary>Why nothing is sent to this callback; null if it may be, as far as can be seen without asking for its name.</summary>
    public string? Fault(string callback)
    {
        var host = new Uri(callback).IdnHost;
        return IPAddress.TryParse(host, out var address) ? Fault(address)
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? Fault(IPAddress.Loopback)
            : null;
    }

    /// <summary>Connects to allowed addresses alone.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectCallback = Connect,
    };

    /// <summary>Why the subscriber's server does not answer a GET with success; null if it does.</summary>
    public async Task<string?> Test(string callback, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(options.NotificationTimeout);
        using var http = new HttpMessageInvoker(Handler());
        using var request = new HttpRequestMessage(HttpMethod.Get, callback) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } } };
        try
        {
            using var answer = await http.SendAsync(request, patience.Token);
            return answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode} to a GET; 204 was expected";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"it did not answer within {options.NotificationTimeout.TotalSeconds} s";
        }
    }

    private string? Fault(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return options.CallbackDeny.Any(n => n.Contains(address)) ? $"{address} is among the addresses that this MEO calls no subscribers at (--callback-deny)"
            : options.CallbackAllow.Count > 0 ? options.CallbackAllow.Any(n => n.Contains(address)) ? null : $"{address} is not among the addresses that this MEO calls subscribers at (--callback-allow)"
            : Never.Any(n => n.Contains(address)) ? $"{address} is a link-local, metadata or group address, which no subscriber has"
            : IPAddress.IsLoopback(address) && !options.IsLoopbackCalled ? $"{address} is this MEO's own machine; a subscriber there has to be allowed (--callback-allow 127.0.0.0/8)"
            : null;
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        var allowed = addresses.Where(a => Fault(a) is null).ToArray();
        if (allowed.Length == 0)
        {
            throw new HttpRequestException($"{context.DnsEndPoint.Host} is not called: {addresses.Select(Fault).FirstOrDefault() ?? "it has no address"}.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
