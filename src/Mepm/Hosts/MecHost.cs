using System.Collections.Concurrent;
using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using Microsoft.Extensions.Configuration;

namespace Mano.Mepm.Hosts;

/// <summary>A MEC host: one VIM and one platform, and what is known of both.</summary>
internal sealed class MecHost(HostOptions options, IVimAdapter vim, IPlatform platform, DateTimeOffset started)
{
    public string HostId => Options.HostId;

    public HostOptions Options { get; } = options;

    public IVimAdapter Vim { get; } = vim;

    public IPlatform Platform { get; } = platform;

    public LinkState VimLink { get; } = new(started);

    public LinkState PlatformLink { get; } = new(started);

    /// <summary>Which instances the platform holds, as far as its watch tells.</summary>
    public PlatformIndex PlatformIndex { get; } = new();

    /// <summary>Whether a platform may probe the computes' addresses: those of a simulated VIM lead nowhere. Until the VIM said so, they are real.</summary>
    public bool IsReachable => Capabilities?.Has(VimCapability.ReachableAddresses) ?? true;

    /// <summary>What the platform said of itself when it was last reached; null: never yet.</summary>
    public PlatformFacts? Facts { get; set; }

    /// <summary>What the VIM said it can do; null: never reached yet.</summary>
    public VimCapabilities? Capabilities { get; set; }

    /// <summary>Digests of images that the VIM has as far as we know.</summary>
    public ConcurrentDictionary<string, bool> KnownImages { get; } = new(StringComparer.Ordinal);
}

/// <summary>Whether a watch on a VIM or a platform is up. Each time it comes up is another life.</summary>
internal sealed class LinkState(DateTimeOffset started)
{
    private readonly Lock gate = new();
    private DateTimeOffset? silentSince = started;
    private bool told;
    private long life;
    private string message = "not reached yet";

    /// <summary>Grows each time the link comes up.</summary>
    public long Life => Volatile.Read(ref life);

    public bool IsUp
    {
        get
        {
            lock (gate)
            {
                return silentSince is null;
            }
        }
    }

    /// <summary>Since when it is down; null when it is up.</summary>
    public DateTimeOffset? SilentSince
    {
        get
        {
            lock (gate)
            {
                return silentSince;
            }
        }
    }

    /// <summary>Why it is down.</summary>
    public string Message
    {
        get
        {
            lock (gate)
            {
                return message;
            }
        }
    }

    public void Up()
    {
        lock (gate)
        {
            (silentSince, message, told) = (null, "", false);
            life++;
        }
    }

    /// <summary>Says whether that is news.</summary>
    public bool Down(string why, DateTimeOffset now)
    {
        lock (gate)
        {
            var news = !told;
            silentSince ??= now;
            (message, told) = (why, true);
            return news;
        }
    }
}

/// <summary>The hosts of this site, by id. Owns their VIM adapters.</summary>
internal sealed class MecHosts(IReadOnlyList<MecHost> hosts) : IAsyncDisposable
{
    private readonly Dictionary<string, MecHost> byId = hosts.ToDictionary(h => h.HostId, StringComparer.Ordinal);

    public IReadOnlyList<MecHost> All => hosts;

    /// <summary>Makes every host's adapter. An adapter that keeps something does so in the host's own folder, unless its settings name another.</summary>
    public static MecHosts Open(MepmOptions options, VimAdapterCatalogue adapters, IPlatformLinks platforms, TimeProvider clock) => new([.. options.Hosts.Select(host =>
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Folder"] = Path.Combine(options.DataFolder, "vim", host.HostId) };
        foreach (var (name, value) in host.VimSettings)
        {
            settings[name] = value;
        }

        var vim = adapters.Create(host.Vim, new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return new MecHost(host, vim, platforms.To(host), clock.GetUtcNow());
    })]);

    public MecHost? Find(string hostId) => byId.GetValueOrDefault(hostId);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            switch (host.Vim)
            {
                case IAsyncDisposable vim:
                    await vim.DisposeAsync();
                    break;
                case IDisposable vim:
                    vim.Dispose();
                    break;
            }
        }
    }
}
