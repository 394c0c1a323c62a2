using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Mano.Mesh.Hosting;

namespace Mano.Mesh.Discovery;

/// <summary>The command-line flags of discovery, the same in every process.</summary>
public sealed class DiscoveryFlags
{
    private static readonly DiscoveryOptions Defaults = new() { Consul = new Uri("http://127.0.0.1:8500") };

    private readonly Option<Uri?> consul = MeshFlags.Url("--consul", "HTTP API of the Consul agent of this machine: register there and find the others there");
    private readonly Option<string?> token = new("--consul-token-file") { Description = "file with Consul's ACL token; read again when it changes", HelpName = "FILE" };
    private readonly Option<string?> authority = new("--consul-ca") { Description = "PEM certificates of the authorities that an https agent's certificate may be of", HelpName = "FILE" };
    private readonly Option<TimeSpan> interval = MeshFlags.Duration("--consul-check-interval", "how often Consul asks whether we live", Defaults.CheckInterval);
    private readonly Option<TimeSpan> timeout = MeshFlags.Duration("--consul-check-timeout", "how long our answer to that may take", Defaults.CheckTimeout);
    private readonly Option<TimeSpan> deregister = MeshFlags.Duration("--consul-deregister-after", "dead for longer, Consul forgets us; at least 1m", Defaults.DeregisterAfter);

    /// <summary>Adds the flags to <paramref name="command"/>.</summary>
    public DiscoveryFlags(Command command)
    {
        foreach (var option in new Option[] { consul, token, authority, interval, timeout, deregister })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(NothingWithoutConsul);
    }

    /// <summary>Null: without Consul.</summary>
    public DiscoveryOptions? Read(ParseResult parsed) => parsed.GetValue(consul) is { } url
        ? new()
        {
            Consul = url,
            TokenFile = Full(parsed.GetValue(token)),
            CaFile = Full(parsed.GetValue(authority)),
            CheckInterval = parsed.GetValue(interval),
            CheckTimeout = parsed.GetValue(timeout),
            DeregisterAfter = parsed.GetValue(deregister),
        }
        : null;

    /// <summary>Where a process says it is reached: what it was told, else where it listens.</summary>
    /// <exception cref="Failures.FailureException">It listens on every address, and was told nothing.</exception>
    public static void CheckAddress(DiscoveryOptions? discovery, ListenOptions listen, Uri? advertise)
    {
        if (discovery is not null && advertise is null && (listen.Grpc.Address.Equals(IPAddress.Any) || listen.Grpc.Address.Equals(IPAddress.IPv6Any)))
        {
            throw Failures.Failure.InvalidInput(
                "ADVERTISE_MISSING", $"--advertise: gRPC listens on {listen.Grpc}, which says nothing about where others reach us; give that address.").ToException();
        }
    }

    private static string? Full(string? file) => file is null ? null : Path.GetFullPath(file);

    private void NothingWithoutConsul(CommandResult result)
    {
        if (result.GetValue(consul) is null && (result.GetValue(token) ?? result.GetValue(authority)) is not null)
        {
            result.AddError("--consul-token-file and --consul-ca say how to speak to Consul, and --consul does not say where it is.");
        }
    }
}
