using System.CommandLine;
using System.Net;
using System.Text;
using Mano.Mesh.Hosting;

namespace Mano.Meo.Replicas;

/// <summary>The flags that say who this replica is.</summary>
internal sealed class ReplicaFlags
{
    private static readonly ReplicaOptions Defaults = new();

    private readonly Option<string?> replica = new("--replica")
    {
        Description = "this replica's name: its own among those of a store, the same after a restart; the default is meo, with --store the machine's name", HelpName = "NAME",
    };

    private readonly Option<Uri?> advertise = MeshFlags.Url("--advertise", "where other replicas reach this one's gRPC; the default is where it listens");
    private readonly Option<TimeSpan> lease = MeshFlags.Duration("--lease-time", "how long the work of a replica that died stands still", Defaults.LeaseTime);

    /// <summary>Adds the flags to <paramref name="command"/>.</summary>
    public ReplicaFlags(Command command)
    {
        command.Options.Add(replica);
        command.Options.Add(advertise);
        command.Options.Add(lease);
    }

    public ReplicaOptions Read(ParseResult parsed, bool sharesStore) => new()
    {
        Name = parsed.GetValue(replica) ?? (sharesStore ? MachineName() : Defaults.Name),
        Advertise = parsed.GetValue(advertise),
        LeaseTime = parsed.GetValue(lease),
        SharesStore = sharesStore,
    };

    /// <summary>A machine's name may have what a replica's may not.</summary>
    private static string MachineName()
    {
        var name = new StringBuilder();
        foreach (var letter in Dns.GetHostName().Take(63))
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '-');
        }

        return name.ToString().TrimStart('-', '.', '_') is { Length: > 0 } usable ? usable : Defaults.Name;
    }
}
