namespace Mano.VimAdapters.Contract;

/// <summary>What becomes of a compute whose process ends by itself. Values equal those of the proto.</summary>
public enum RestartPolicy
{
    /// <summary>It stays ended.</summary>
    Never = 1,

    /// <summary>It starts again, with a growing back-off, unless it ended with 0.</summary>
    OnFailure = 2,

    /// <summary>It starts again, with a growing back-off.</summary>
    Always = 3,
}

/// <summary>Whether a compute is to run. Values equal those of the proto.</summary>
public enum PowerState
{
    /// <summary>It is to run.</summary>
    Started = 1,

    /// <summary>It is to stand still, keeping its disk and address.</summary>
    Stopped = 2,
}

/// <summary>The transport of a port. Values equal those of the proto.</summary>
public enum Transport
{
    /// <summary>TCP.</summary>
    Tcp = 1,

    /// <summary>UDP.</summary>
    Udp = 2,
}

/// <summary>A port on which the application listens.</summary>
/// <param name="Name">Unique in its compute, 1 to 63 characters.</param>
/// <param name="Transport">TCP or UDP.</param>
/// <param name="Number">1 to 65535.</param>
public sealed record ComputePort(string Name, Transport Transport, int Number);

/// <summary>
/// Storage beside the compute's own disk. It outlives restarts of the compute and is deleted with it; the application finds its
/// path in <c>MANO_VOLUME_…</c>.
/// </summary>
/// <param name="Name">Unique in its compute: 1 to 63 characters of <c>[A-Za-z0-9._-]</c>, the first a letter or a digit.</param>
/// <param name="SizeGib">GiB; the caller counts it in <see cref="ComputeSpec.Resources"/> too.</param>
/// <param name="Path">Where the application sees it; empty: the VIM chooses. Never a path of the machine.</param>
public sealed record ComputeVolume(string Name, long SizeGib, string Path = "");

/// <summary>What a group asks of the places of its computes. Values equal those of the proto.</summary>
public enum AffinityRule
{
    /// <summary>All on the same machine of the VIM.</summary>
    Together = 1,

    /// <summary>No two on one machine of the VIM.</summary>
    Apart = 2,
}

/// <summary>Computes of one tenant that name the same group with the same rule lie together, or apart, whether they run or not.</summary>
/// <param name="Name">1 to 128 characters of <c>[A-Za-z0-9._-]</c>, the first a letter or a digit; with the other rule it is another group.</param>
/// <param name="Rule">Together or apart.</param>
public sealed record AffinityGroup(string Name, AffinityRule Rule);

/// <summary>Whose a compute or a network is; kept with it, and given back.</summary>
/// <param name="Tenant">The tenant; required.</param>
/// <param name="AppInstanceId">The application instance; required with a compute, empty with a network that several share.</param>
public sealed record ComputeLabels(string Tenant, string AppInstanceId);

/// <summary>What a compute shall be. Never altered: a compute is deleted and made again.</summary>
public sealed record ComputeSpec
{
    /// <summary>What people call it, at most 255 characters; not a key.</summary>
    public required string Name { get; init; }

    /// <summary>The images; today exactly one.</summary>
    public required IReadOnlyList<ImageReference> Images { get; init; }

    /// <summary>What it may use. Zero means: not limited, and counted as nothing.</summary>
    public required VimResources Resources { get; init; }

    /// <summary>Whose it is.</summary>
    public required ComputeLabels Labels { get; init; }

    /// <summary>Where the application listens, at most 64.</summary>
    public IReadOnlyList<ComputePort> Ports { get; init; } = [];

    /// <summary>
    /// Environment of the application, at most 256 variables. It gets these and a few of the VIM's own
    /// (<c>MANO_…</c>, <c>PATH</c>, <c>HOME</c>); nothing else leaks in.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>For executables: arguments. For root file systems: the program's path in it, and arguments;
    /// empty: <c>/entrypoint</c>, <c>/init</c> or <c>/sbin/init</c>, whichever is there first. At most 256.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Data the guest finds at its first boot, at most 64 KiB; empty: none.</summary>
    public string BootData { get; init; } = "";

    /// <summary>What becomes of it when it ends by itself.</summary>
    public RestartPolicy RestartPolicy { get; init; } = RestartPolicy.OnFailure;

    /// <summary>The VIM's zone it must lie in; empty: any.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The address it must have; empty: the VIM chooses one.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its storage, at most 16.</summary>
    public IReadOnlyList<ComputeVolume> Volumes { get; init; } = [];

    /// <summary>The networks it is on, by id, in order, at most 8; empty: the VIM's default network.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>The groups it belongs to, at most 8; within a tenant.</summary>
    public IReadOnlyList<AffinityGroup> Groups { get; init; } = [];

    /// <summary>One JSON object in at most 64 KiB, laid over the chart's own values; empty: none. Only where the image is a chart.</summary>
    public string ChartValues { get; init; } = "";

    /// <summary>Whether every field equals that of <paramref name="other"/>, lists element by element.</summary>
    public bool SameAs(ComputeSpec other) => DifferenceFrom(other) is null;

    /// <summary>The name of the first field that differs, or null. Says what a refusal is about.</summary>
    public string? DifferenceFrom(ComputeSpec other) =>
        Name != other.Name ? nameof(Name)
        : !Images.SequenceEqual(other.Images) ? nameof(Images)
        : Resources != other.Resources ? nameof(Resources)
        : Labels != other.Labels ? nameof(Labels)
        : !Ports.SequenceEqual(other.Ports) ? nameof(Ports)
        : !SameVariables(Environment, other.Environment) ? nameof(Environment)
        : !Command.SequenceEqual(other.Command) ? nameof(Command)
        : BootData != other.BootData ? nameof(BootData)
        : RestartPolicy != other.RestartPolicy ? nameof(RestartPolicy)
        : Zone != other.Zone ? nameof(Zone)
        : Address != other.Address ? nameof(Address)
        : !Volumes.SequenceEqual(other.Volumes) ? nameof(Volumes)
        : !Networks.SequenceEqual(other.Networks) ? nameof(Networks)
        : !Groups.SequenceEqual(other.Groups) ? nameof(Groups)
        : ChartValues != other.ChartValues ? nameof(ChartValues)
        : null;

    private static bool SameVariables(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(v => other.TryGetValue(v.Key, out var value) && value == v.Value);
}
