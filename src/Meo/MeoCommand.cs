using System.CommandLine;
using System.Globalization;
using Mano.Meo.Placement;
using Mano.Meo.Reconciliation;
using Mano.Meo.Replicas;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;
using Mano.Mesh.State.Embedded;
using Mano.Mesh.State.Redis;

namespace Mano.Meo;

/// <summary>The command line of a MEO.</summary>
internal sealed class MeoCommand
{
    private static readonly PlacementOptions Defaults = new();

    private readonly MeshFlags mesh;
    private readonly PackageFlags packaging = new();
    private readonly DiscoveryFlags discovery;
    private readonly ReplicaFlags replica;
    private readonly Option<Durability> durability = MeshFlags.Parsed(
        "--durability", "what an acknowledged commit survives: power (a power cut) or process (this process's death)", "LEVEL", Durable, Durability.Power);

    private readonly Option<RedisStoreOptions?> store = MeshFlags.Parsed<RedisStoreOptions?>(
        "--store", "the Redis that all replicas share: redis://host:port[,host:port]/?prefix=mano; the default is a store in --data", "URL", RedisStoreOptions.Parse, null);

    private readonly Option<string?> storePassword = new("--store-password-file") { Description = "file that holds the password of --store", HelpName = "FILE" };
    private readonly Option<TimeSpan> heartbeat = MeshFlags.Duration("--heartbeat", "how often sites say that they live", TimeSpan.FromSeconds(2));
    private readonly Option<TimeSpan> suspect = MeshFlags.Duration("--suspect-after", "silent for longer, a site gets nothing new", TimeSpan.FromSeconds(5));
    private readonly Option<TimeSpan> lost = MeshFlags.Duration("--lost-after", "silent for longer, a site's reports are not believed", TimeSpan.FromSeconds(15));
    private readonly Option<TimeSpan> keep = MeshFlags.Duration("--keep-operations", "how long operations are kept after they have ended", TimeSpan.FromDays(7));
    private readonly Option<TimeSpan> resync = MeshFlags.Duration("--resync", "how often every site is compared with what is intended", TimeSpan.FromSeconds(30));
    private readonly Option<OrphanPolicy> orphans = MeshFlags.Parsed(
        "--orphans", "what happens to an instance at a site that nobody wants there: remove, or report and leave it", "POLICY", Orphan, OrphanPolicy.Remove);

    private readonly Option<LostPolicy> missing = MeshFlags.Parsed(
        "--missing", "what happens to an instance that its site has lost: recreate it, or report it", "POLICY", Missing, LostPolicy.Recreate);

    private readonly Option<IReadOnlyDictionary<string, double>> scorers = MeshFlags.Parsed(
        "--scorers", "how hosts are ranked: latency=2,spread=1 (also: pack, cost, energy, locality, image)", "NAME=WEIGHT,…", Weights, Defaults.Scorers);

    private readonly Option<IReadOnlyList<string>> filters = MeshFlags.Parsed(
        "--filters", "which placement filters are asked; the default is all", "NAME,…", Names, Defaults.Filters);

    private readonly Option<string?> packages = new("--packages") { Description = "folder of the contents of packages, shared by all replicas; the default is in --data", HelpName = "DIR" };

    private readonly Option<IReadOnlyList<System.Net.IPNetwork>> allow = MeshFlags.Parsed<IReadOnlyList<System.Net.IPNetwork>>(
        "--callback-allow", "addresses at which subscribers of the REST API are called, and no others: 10.0.0.0/8,192.0.2.7", "NETWORK,…", Networks, []);

    private readonly Option<IReadOnlyList<System.Net.IPNetwork>> deny = MeshFlags.Parsed<IReadOnlyList<System.Net.IPNetwork>>(
        "--callback-deny", "addresses at which subscribers are not called, whatever else is said", "NETWORK,…", Networks, []);

    private readonly Option<bool> test = new("--callback-test") { Description = "a subscriber must answer a GET at its callback before it is subscribed, as NFV has it" };

    public MeoCommand()
    {
        Root = new("MEO: runs application instances on edge sites.");
        mesh = new(Root);
        discovery = new(Root);
        replica = new(Root);
        foreach (var option in new Option[] { durability, store, storePassword, packages, allow, deny, test, heartbeat, suspect, lost, resync, orphans, missing, keep, scorers, filters }.Concat(packaging.All))
        {
            Root.Options.Add(option);
        }
    }

    public RootCommand Root { get; }

    public MeoOptions Read(ParseResult parsed) => packaging.Apply(parsed, new()
    {
        DataFolder = mesh.Data(parsed),
        Listen = mesh.Listen(parsed),
        Discovery = discovery.Read(parsed),
        Durability = parsed.GetValue(durability),
        Store = parsed.GetValue(store)?.WithPasswordFile(parsed.GetValue(storePassword)),
        Replica = replica.Read(parsed, sharesStore: parsed.GetValue(store) is not null),
        PackagesFolder = parsed.GetValue(packages) is { } folder ? Path.GetFullPath(folder) : null,
        Rest = new() { CallbackAllow = parsed.GetRequiredValue(allow), CallbackDeny = parsed.GetRequiredValue(deny), TestsCallbacks = parsed.GetValue(test) },
        Inventory = new()
        {
            HeartbeatInterval = parsed.GetValue(heartbeat), SuspectAfter = parsed.GetValue(suspect), LostAfter = parsed.GetValue(lost),
        },
        Pruning = new() { KeepOperations = parsed.GetValue(keep) },
        Reconciliation = new() { ResyncEvery = parsed.GetValue(resync), Orphans = parsed.GetValue(orphans), Lost = parsed.GetValue(missing) },
        Placement = new() { Filters = parsed.GetRequiredValue(filters), Scorers = parsed.GetRequiredValue(scorers) },
        LogLevel = mesh.LowestLogLevel(parsed),
    }, Environment.CurrentDirectory);

    private static IReadOnlyList<System.Net.IPNetwork> Networks(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Network)];

    private static System.Net.IPNetwork Network(string text) =>
        System.Net.IPAddress.TryParse(text, out var address) ? new(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
        : System.Net.IPNetwork.TryParse(text, out var network) ? network
        : throw new FormatException($"'{text}' is no network; write an address, or a prefix as 10.0.0.0/8.");

    private static Durability Durable(string text) => text switch
    {
        "power" => Durability.Power,
        "process" => Durability.Process,
        _ => throw new FormatException($"'{text}' is not a level; write power or process."),
    };

    private static OrphanPolicy Orphan(string text) => text switch
    {
        "remove" => OrphanPolicy.Remove,
        "report" => OrphanPolicy.Report,
        _ => throw new FormatException($"'{text}' is not a policy; write remove or report."),
    };

    private static LostPolicy Missing(string text) => text switch
    {
        "recreate" => LostPolicy.Recreate,
        "report" => LostPolicy.Report,
        _ => throw new FormatException($"'{text}' is not a policy; write recreate or report."),
    };

    private static IReadOnlyList<string> Names(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IReadOnlyDictionary<string, double> Weights(string text)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in Names(text))
        {
            var pair = part.Split('=');
            if (pair.Length != 2 || !double.TryParse(pair[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight))
            {
                throw new FormatException($"'{part}' is not a weight; write latency=2,spread=1.");
            }

            weights[pair[0]] = weight;
        }

        return weights;
    }
}
