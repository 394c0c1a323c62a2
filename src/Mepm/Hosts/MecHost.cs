using System.Collections.Concurrent;
using Mano.Mepm.Platforms;
using Mano.Mepm.Vims;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Hosts;

/// <summary>A MEC host: one VIM and one platform, and what is known of both.</summary>
#pragma warning disable CA1001 // a source of cancellation without a timer holds nothing, and who watches a host may ask for it after it left
internal sealed class MecHost(HostOptions options, IVimAdapter vim, IPlatform platform, DateTimeOffset started)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource left = new();
    private int vimIncarnation;

    public string HostId => Options.HostId;

    /// <summary>Cancelled when it is taken out of the site.</summary>
    public CancellationToken Left => left.Token;

    /// <summary>Through which instances come here.</summary>
    public HostDoor Door { get; } = new();

    public HostOptions Options { get; } = options;

    public IVimAdapter Vim { get; } = vim;

    public IPlatform Platform { get; } = platform;

    public LinkState VimLink { get; } = new(started);

    public LinkState PlatformLink { get; } = new(started);

    /// <summary>Which instances the platform holds, as far as its watch tells.</summary>
    public PlatformIndex PlatformIndex { get; } = new();

    /// <summary>What the VIM's watch tells that our own calls there have not answered.</summary>
    public Echoes<Compute> VimEchoes { get; } = new(static (answered, told) => told.SameAs(answered));

    /// <summary>What the platform's watch tells that our own calls there have not answered.</summary>
    public Echoes<PlatformApplication> PlatformEchoes { get; } = new(static (answered, told) => told.IsKnownBy(answered));

    /// <summary>Whether a platform may probe the computes' addresses: those of a simulated VIM lead nowhere. Until the VIM said so, they are real.</summary>
    public bool IsReachable => Capabilities?.Has(VimCapability.ReachableAddresses) ?? true;

    /// <summary>What the platform said of itself when it was last reached; null: never yet.</summary>
    public PlatformFacts? Facts { get; set; }

    /// <summary>What the VIM said it can do; null: never reached yet.</summary>
    public VimCapabilities? Capabilities { get; set; }

    /// <summary>Digests of images that the VIM has as far as we know.</summary>
    public ConcurrentDictionary<string, bool> KnownImages { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether both are on one VIM: what the one sees there is seen by the other.</summary>
    public bool SharesVimWith(MecHost other) => ReferenceEquals(Vim, other.Vim);

    /// <summary>Behind a name there may be another VIM by now.</summary>
    public void ForgetImagesOfAnotherVim()
    {
        if (Vim is SharedVim { Incarnation: var present } && present != vimIncarnation)
        {
            vimIncarnation = present;
            KnownImages.Clear();
        }
    }

    /// <summary>It is taken out of the site.</summary>
    public void Leave() => left.Cancel();
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
