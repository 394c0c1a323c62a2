using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.GtpU;
using Mano.MecPlatform.Traffic.Nft;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

/// <summary>What tests with real packets share: one instance, short ways to write a rule, and a data plane in a gateway.</summary>
public abstract class GatewayTest : IDisposable
{
    internal const string Instance = "0b0d3c0a-5a5b-4c7e-9a51-000000000001";
    internal static readonly ForwardTarget Target = new(IPAddress.Parse(EdgeNetwork.App), []);
    internal static readonly ForwardTarget Target6 = new(IPAddress.Parse(EdgeNetwork.App6), []);

    internal TempFolder Folder { get; } = new();

    public void Dispose() => Folder.Dispose();

    internal static TrafficRule Rule(string id, RuleAction action, int priority, params TrafficFilter[] filters) =>
        new(id, FilterType.Flow, priority, filters, action, []);

    internal static TrafficFilter To(string address, string port, string protocol) => new() { DstAddress = [address], DstPort = [port], Protocol = [protocol] };

    internal static async Task<string> Say(Socket socket, int seconds)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        return await EdgeNetwork.Line(socket, late.Token);
    }

    /// <param name="network">Whose gateway.</param>
    /// <param name="held">As after a restart: nothing is written before <see cref="NftDataPlane.Begin"/>.</param>
    internal NftDataPlane Plane(EdgeNetwork network, bool held = false)
    {
        var gateway = new GatewayNamespace(network.Gateway);
        var plane = new NftDataPlane(
            new NftCommands(gateway), RuleNumbers.Open(Folder.File("numbers.json")), new GtpGateway(gateway, NullLogger<GtpGateway>.Instance), NullLogger<NftDataPlane>.Instance);
        if (!held)
        {
            plane.Begin();
        }

        return plane;
    }
}
