using System.CommandLine;
using System.Net;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.MecPlatform.Mp1;

/// <summary>The command-line flags of Mp1.</summary>
internal sealed class Mp1Flags
{
    private readonly Option<Mp1AccessKind> access = MeshFlags.Parsed(
        "--mp1-access", "who may speak for an instance over Mp1: address (who calls from its address) or open (everybody who reaches it)", "KIND", Access, Mp1AccessKind.Address);

    private readonly Option<string[]> callbackNetworks = new("--callback-network")
    {
        Description = "a network that callbacks may lead to, beside the instance's own address; may be repeated; the default is loopback and the private ones", HelpName = "PREFIX", DefaultValueFactory = _ => [],
    };

    private readonly Option<string> transports = new("--transports")
    {
        Description = "a file with the transports that the site offers to services, a JSON array of MEC 011 TransportInfo", HelpName = "FILE", DefaultValueFactory = _ => "",
    };

    private readonly Option<string[]> ntpServers = new("--ntp-server")
    {
        Description = "an NTP server that applications are told of; may be repeated, the best first", HelpName = "HOST", DefaultValueFactory = _ => [],
    };

    /// <summary>Adds the flags to <paramref name="command"/>.</summary>
    public Mp1Flags(Command command)
    {
        foreach (var option in (Option[])[access, callbackNetworks, transports, ntpServers])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options with what was given.</summary>
    public PlatformOptions Read(ParseResult parsed, PlatformOptions options) => options with
    {
        Mp1Access = parsed.GetValue(access),
        CallbackNetworks = [.. parsed.GetRequiredValue(callbackNetworks).Select(Network)],
        TransportsFile = parsed.GetRequiredValue(transports),
        NtpServers = parsed.GetRequiredValue(ntpServers),
    };

    private static Mp1AccessKind Access(string text) => text switch
    {
        "address" => Mp1AccessKind.Address,
        "open" => Mp1AccessKind.Open,
        _ => throw new FormatException($"'{text}' is not a kind of access; write address or open."),
    };

    private static IPNetwork Network(string text) => IPNetwork.TryParse(text, out var network)
        ? network
        : throw Failure.InvalidInput("BAD_NETWORK", $"--callback-network {text} is not a network; write an address and a length, 10.1.0.0/16.").ToException();
}
