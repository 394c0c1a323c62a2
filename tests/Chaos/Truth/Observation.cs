namespace Mano.Chaos.Truth;

/// <summary>Everything that can be seen from the outside at about one moment.</summary>
internal sealed record Observation
{
    /// <summary>The instances as each replica of the MEO lists them; the first one's list is what the others must equal.</summary>
    public required IReadOnlyList<IReadOnlyList<SeenInstance>> InstancesByReplica { get; init; }

    public required IReadOnlyList<SeenSite> Sites { get; init; }

    public required IReadOnlyList<SeenGrant> Grants { get; init; }

    /// <summary>Operations that have not ended: id and state.</summary>
    public required IReadOnlyList<string> Unfinished { get; init; }

    /// <summary>What sites still owe, and what the MEO finds to differ there and has not put right.</summary>
    public IReadOnlyList<string> Debts { get; init; } = [];

    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>What could not be asked, each in one sentence.</summary>
    public IReadOnlyList<string> Unseen { get; init; } = [];
}

/// <summary>An instance by the MEO's word.</summary>
/// <param name="State">NOT_INSTANTIATED, STARTED or STOPPED.</param>
/// <param name="App">Number of its application.</param>
internal sealed record SeenInstance(string Id, string State, string HostId, int App, string? Running);

/// <summary>A site, by the word of its MEPM, its platform, its VIM's folder, its DNS and its gateway.</summary>
internal sealed record SeenSite(string SiteId, string HostId)
{
    /// <summary>By the MEO's word.</summary>
    public required bool Healthy { get; init; }

    public required long HeldMilliCpu { get; init; }

    public required long TotalMilliCpu { get; init; }

    /// <summary>What the MEPM holds, with its phase.</summary>
    public required IReadOnlyDictionary<string, string> Mepm { get; init; }

    /// <summary>What the platform holds; whether all its rules are active, or none, or <c>mixed</c>.</summary>
    public required IReadOnlyDictionary<string, string> Platform { get; init; }

    public required IReadOnlyDictionary<string, SeenCompute> Computes { get; init; }

    /// <summary>Applications whose name resolves.</summary>
    public required IReadOnlySet<int> Named { get; init; }

    /// <summary>Applications whose address the gateway lets through.</summary>
    public required IReadOnlySet<int> Steered { get; init; }
}

/// <summary>A compute in the VIM's own files.</summary>
internal sealed record SeenCompute(string Id, string Power, long MilliCpu);

/// <summary>A grant by the MEO's word.</summary>
internal sealed record SeenGrant(string Instance, string HostId);
