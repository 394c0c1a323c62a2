namespace Mano.Mepm.Hosts;

/// <summary>One MEC host, as the operator describes it.</summary>
public sealed record HostOptions
{
    /// <summary>Unique over all sites: 1 to 127 of [a-z0-9-].</summary>
    public required string HostId { get; init; }

    /// <summary>The zone that placement requests name.</summary>
    public required string Zone { get; init; }

    /// <summary>Name of the VIM adapter: <c>LocalProcess</c>, <c>Simulated</c>; or, as <c>@NAME</c>, of a VIM connection that was added to this site.</summary>
    public required string Vim { get; init; }

    /// <summary>Settings of that adapter, by its own names: <c>Folder</c>, <c>MilliCpu</c>.</summary>
    public IReadOnlyDictionary<string, string> VimSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Of those settings the names of which were on the command line as they are, for every process of the machine to read.</summary>
    public IReadOnlyList<string> SettingsInPlain { get; init; } = [];

    /// <summary>The zone within the VIM that computes are put into, as the VIM calls it; empty: any.</summary>
    public string VimZone { get; init; } = "";

    /// <summary>gRPC of the host's MEC platform: <c>http://127.0.0.1:7413</c>; null: the one that Consul has with this host's tag.</summary>
    public Uri? Platform { get; init; }

    /// <summary>One-way latency from the users of the zone.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>What it has beside CPU, memory and disk: <c>gpu</c>, <c>sriov</c>.</summary>
    public IReadOnlyList<string> Hardware { get; init; } = [];

    /// <summary>Networks that are reached from here, by names that callers use.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>The tenants it serves; empty: all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>What a virtual CPU costs here, beside the usual price, which is 1; null: not said.</summary>
    public double? Cost { get; init; }

    /// <summary>Watts that a busy virtual CPU takes; null: not said.</summary>
    public double? WattsPerCpu { get; init; }

    /// <summary><c>x86_64</c>, <c>aarch64</c>; empty: that of the machine the MEPM runs on.</summary>
    public string CpuArchitecture { get; init; } = "";
}
