using System.Collections.Concurrent;
using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

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
            (silentSince, message) = (null, "");
            life++;
        }
    }

    /// <summary>Says whether it was up before.</summary>
    public bool Down(string why, DateTimeOffset now)
    {
        lock (gate)
        {
            var was = silentSince is null;
            silentSince ??= now;
            message = why;
            return was;
        }
    }
}

/// <summary>The hosts of this site, by id.</summary>
internal sealed class MecHosts(IReadOnlyList<MecHost> hosts)
{
    private readonly Dictionary<string, MecHost> byId = hosts.ToDictionary(h => h.HostId, StringComparer.Ordinal);

    public IReadOnlyList<MecHost> All => hosts;

    public MecHost? Find(string hostId) => byId.GetValueOrDefault(hostId);
}
