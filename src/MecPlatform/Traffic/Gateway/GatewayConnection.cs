using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Dns;

namespace Mano.MecPlatform.Traffic.Gateway;

/// <summary>Where a connection may go, or why it may not.</summary>
/// <param name="Target">Set if it may go.</param>
/// <param name="Rule">The rule that decided; null if none matched.</param>
/// <param name="Refusal">Set if it may not.</param>
internal readonly record struct Route(IPEndPoint? Target, CompiledRule? Rule, SocksReply? Refusal);

/// <summary>Decides about connections: resolves the name with the platform's own rules, then asks the traffic rules.</summary>
internal sealed class GatewayRouting(UserspaceDataPlane plane, DnsResponder names, GatewayOptions options)
{
    public async Task<Route> Decide(IPEndPoint device, SocksRequest request, CancellationToken cancel)
    {
        var address = request.Address ?? await Resolve(request.Host, cancel);
        return address is null
            ? new(null, null, SocksReply.HostUnreachable)
            : Decide(new Flow(device, new(address, request.Port), ProtocolNumber.Tcp));
    }

    private Route Decide(in Flow flow)
    {
        var rule = plane.Table.Match(flow);
        return rule?.Verdict switch
        {
            Verdict.Forward => new(rule.Target!.For(flow.Destination.Port), rule, null),
            Verdict.Drop => new(null, rule, SocksReply.NotAllowed),
            _ when options.Passthrough => new(flow.Destination, rule, null),
            _ => new(null, rule, SocksReply.NotAllowed),
        };
    }

    private async Task<IPAddress?> Resolve(string host, CancellationToken cancel) =>
        DomainName.TryParse(host, out var name, out _) && await names.Resolve(name, cancel) is [var first, ..] ? first : null;
}

/// <summary>One device's connection from its handshake to its end.</summary>
internal sealed class GatewayConnection(GatewayRouting routing, UserspaceDataPlane plane, FlowRegistry flows, GatewayOptions options, TimeProvider clock)
{
    public async Task Serve(Socket device, CancellationToken cancel)
    {
        await using var stream = new NetworkStream(device);
        using var late = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        var handshake = await SocksProtocol.Accept(stream, opening.Token);
        if (handshake.Request is not { } request)
        {
            await Refuse(stream, handshake.Refusal, opening.Token);
            return;
        }

        var source = (IPEndPoint)device.RemoteEndPoint!;
        var route = await routing.Decide(source, request, opening.Token);
        var counter = route.Rule is null ? new RuleCounter() : plane.CounterOf(route.Rule);
        counter.CountConnection();
        if (route.Target is null)
        {
            await Refuse(stream, route.Refusal, opening.Token);
            return;
        }

        using var flow = flows.Add(route.Rule?.AppInstanceId ?? string.Empty, cancel);
        using var application = new Socket(route.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (await Connect(application, route.Target, late.Token, flow.Closing) is { } failed)
        {
            await Refuse(stream, failed, opening.Token);
            return;
        }

        await SocksProtocol.Reply(stream, SocksReply.Succeeded, opening.Token);
        await new Relay(device, application, counter, options.IdleTimeout, clock).Run(flow.Closing);
    }

    private static async Task<SocksReply?> Connect(Socket application, IPEndPoint target, CancellationToken late, CancellationToken closing)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late, closing);
        try
        {
            await application.ConnectAsync(target, either.Token);
            return null;
        }
        catch (SocketException wrong)
        {
            return SocksProtocol.ReplyTo(wrong.SocketErrorCode);
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            return SocksReply.HostUnreachable;
        }
    }

    private static async Task Refuse(Stream stream, SocksReply? reply, CancellationToken cancel)
    {
        if (reply is { } code)
        {
            await SocksProtocol.Reply(stream, code, cancel);
        }
    }
}
