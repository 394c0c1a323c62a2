using Mano.Chaos.Topologies;

namespace Mano.Chaos;

/// <summary>What to run.</summary>
internal sealed record ChaosOptions
{
    public required TopologyPlan Topology { get; init; }

    public required int Seed { get; init; }

    /// <summary>Ends after so many kills; 0: <see cref="For"/> counts alone.</summary>
    public int Kills { get; init; }

    /// <summary>Ends after so much time from when everything was up, if not by kills before.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Kills after which everything is healed and compared.</summary>
    /// <value>The default is 25: about a minute, so that a violation is found near its cause.</value>
    public int KillsInRound { get; init; } = 25;

    /// <summary>Mean time between faults.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>How long everything may take to be the same again after all faults ended.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(120);

    public int Owners { get; init; } = 6;

    public int Fighters { get; init; } = 3;

    /// <summary>Where logs, state and history go; made by the run, and kept if it finds something.</summary>
    public required string Folder { get; init; }

    public bool KeepFolder { get; init; }

    public Action<string> Say { get; init; } = _ => { };
}
