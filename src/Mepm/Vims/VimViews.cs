using Google.Protobuf.WellKnownTypes;
using Mano.Mepm.Hosts;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using WireCheck = Mano.Vim.V1.ConnectionCheck;

namespace Mano.Mepm.Vims;

/// <summary>VIMs, hosts and adapters as operators are shown them: never with a secret.</summary>
internal sealed class VimViews(VimBook book, VimConnections connections, MecHosts hosts, VimUsers users, VimAdapterCatalogue adapters)
{
    public IEnumerable<Mano.Site.V1.Vim> All() => book.Vims.Select(Of).Concat(Unknown()).Concat(hosts.All.Where(h => h.Vim is not SharedVim).Select(Own));

    public Mano.Site.V1.Vim Of(StoredVim vim)
    {
        var wire = new Mano.Site.V1.Vim
        {
            Name = vim.Name, Adapter = vim.Adapter,
            AddedTime = Timestamp.FromDateTimeOffset(vim.AddedAt), ChangedTime = Timestamp.FromDateTimeOffset(vim.ChangedAt),
        };
        wire.Settings.Add(vim.Settings);
        wire.SecretsSet.AddRange(vim.Sealed.Keys);
        return Standing(wire, connections.Of(vim.Name).Fault, hosts.All.Where(h => VimNames.Referred(h.Options.Vim) == vim.Name));
    }

    public IEnumerable<SiteHost> AllHosts() => hosts.All.OrderBy(h => h.HostId, StringComparer.Ordinal).Select(h => Of(h.HostId));

    public SiteHost Of(string hostId)
    {
        var stored = book.Host(hostId);
        var options = hosts.Find(hostId)?.Options ?? stored!.ToOptions();
        var wire = new SiteHost
        {
            HostId = hostId, Vim = VimNames.Referred(options.Vim) ?? VimNames.OwnOf(hostId), Zone = options.Zone,
            Platform = options.Platform?.ToString().TrimEnd('/') ?? "", LatencyNs = options.Latency.Ticks * TimeSpan.NanosecondsPerTick,
            CpuArchitecture = options.CpuArchitecture, VimZone = options.VimZone, Configured = stored is null,
            AddedTime = stored is null ? null : Timestamp.FromDateTimeOffset(stored.AddedAt),
        };
        wire.Hardware.AddRange(options.Hardware);
        wire.AppInstanceIds.AddRange(users.InstancesOn(hostId));
        return wire;
    }

    public IEnumerable<VimAdapter> Adapters() => adapters.Names.Select(name =>
    {
        var wire = new VimAdapter { Name = name };
        wire.Settings.AddRange(adapters.SettingsOf(name).Select(s => new AdapterSetting
        {
            Name = s.Name, Type = s.Type, DefaultValue = s.Default, Required = s.IsRequired, Secret = s.IsSecret, Description = s.Description,
        }));
        return wire;
    });

    public static IEnumerable<WireCheck> ToWire(IEnumerable<ConnectionCheck> checks) => checks.Select(c => new WireCheck
    {
        Name = c.Name, Result = (WireCheck.Types.Result)c.Result, Detail = c.Detail, Remedy = c.Remedy,
    });

    /// <summary>Named by a host of the configuration, and not added yet.</summary>
    private IEnumerable<Mano.Site.V1.Vim> Unknown() => hosts.All
        .Select(h => VimNames.Referred(h.Options.Vim)).OfType<string>().Distinct(StringComparer.Ordinal)
        .Where(name => book.Vim(name) is null)
        .Select(name => Standing(new() { Name = name }, connections.Of(name).Fault, hosts.All.Where(h => VimNames.Referred(h.Options.Vim) == name)));

    private Mano.Site.V1.Vim Own(MecHost host)
    {
        var secret = adapters.SettingsOf(host.Options.Vim).Where(s => s.IsSecret).Select(s => s.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wire = new Mano.Site.V1.Vim { Name = VimNames.OwnOf(host.HostId), Adapter = host.Options.Vim, Configured = true };
        foreach (var (name, value) in host.Options.VimSettings)
        {
            if (secret.Contains(name.Split(':')[0]))
            {
                wire.SecretsSet.Add(name);
            }
            else
            {
                wire.Settings[name] = value;
            }
        }

        return Standing(wire, null, [host]);
    }

    private static Mano.Site.V1.Vim Standing(Mano.Site.V1.Vim wire, Failure? fault, IEnumerable<MecHost> on)
    {
        var using_ = on.ToList();
        wire.HostIds.AddRange(using_.Select(h => h.HostId));
        (wire.State, wire.Fault) =
            fault is not null ? (Mano.Site.V1.Vim.Types.State.Faulty, fault.Message)
            : using_.Count == 0 ? (Mano.Site.V1.Vim.Types.State.Idle, "")
            : using_.Any(h => h.VimLink.IsUp) ? (Mano.Site.V1.Vim.Types.State.Connected, "")
            : (Mano.Site.V1.Vim.Types.State.Unreachable, using_[0].VimLink.Message);
        return wire;
    }
}
