namespace Mano.Cli.Simulate;

/// <summary>A fleet, what is done with it, and what goes wrong in it.</summary>
internal sealed record FleetOptions
{
    public int Sites { get; init; } = 10;

    public int HostsPerSite { get; init; } = 1;

    /// <summary>Of each host; 0: drawn, 16 to 128. An instance takes one.</summary>
    public int CpusPerHost { get; init; }

    /// <summary>How many instances there shall be at a time; 0: none, the fleet only stands there.</summary>
    public int Instances { get; init; }

    /// <summary>Everything that is drawn is drawn from it.</summary>
    public int Seed { get; init; } = 1;

    public int InFlight { get; init; } = 16;

    /// <summary>How long instances are terminated and others instantiated in their place, once all are up.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Operations begun a second, at most; 0: as many as end.</summary>
    public double Rate { get; init; }

    /// <summary>The share of calls that VIMs fail.</summary>
    public double VimFaults { get; init; }

    /// <summary>The share of calls that VIMs carry out without an answer.</summary>
    public double LostReplies { get; init; }

    /// <summary>The share of computes that never boot.</summary>
    public double BootFailures { get; init; }

    public TimeSpan Boot { get; init; }

    /// <summary>Up to how much longer a boot takes.</summary>
    public TimeSpan BootSpread { get; init; }

    /// <summary>How often a site goes away in all.</summary>
    public int Outages { get; init; }

    public TimeSpan OutageTime { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long to wait for the sites to connect, for an operation to end, and for records and sites to agree.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}
