namespace Mano.VimAdapters.Contract;

/// <summary>Something a VIM may or may not do. Values equal those of the proto's Capability.</summary>
public enum VimCapability
{
    /// <summary>Images that are one executable file.</summary>
    Executables = 1,

    /// <summary>Images that are a root file system in a tar.</summary>
    RootFsArchives = 2,

    /// <summary>OCI or docker image archives.</summary>
    Containers = 3,

    /// <summary>Virtual machine disks.</summary>
    VmImages = 4,

    /// <summary><see cref="IVimAdapter.SetPowerStateAsync"/>.</summary>
    Power = 5,

    /// <summary><see cref="IVimAdapter.ReadLogAsync"/>.</summary>
    Logs = 6,

    /// <summary>Restart policies other than never are honoured.</summary>
    Restarts = 7,

    /// <summary><see cref="ComputeSpec.BootData"/> reaches the guest.</summary>
    BootData = 8,

    /// <summary><see cref="ComputeSpec.Address"/> is honoured.</summary>
    FixedAddresses = 9,

    /// <summary>The addresses answer from this machine's network.</summary>
    ReachableAddresses = 10,

    /// <summary>The computes outlive the adapter's process and are found again.</summary>
    SurvivesRestart = 11,

    /// <summary>CPU is enforced, not only counted.</summary>
    LimitsCpu = 12,

    /// <summary>Memory is enforced.</summary>
    LimitsMemory = 13,

    /// <summary>Disk is enforced.</summary>
    LimitsDisk = 14,

    /// <summary>The number of processes is bounded.</summary>
    LimitsProcesses = 15,

    /// <summary>A compute does not see the processes of others.</summary>
    IsolatesProcesses = 16,

    /// <summary>A compute does not see the files of others.</summary>
    IsolatesFiles = 17,

    /// <summary>A compute has a network of its own.</summary>
    IsolatesNetwork = 18,

    /// <summary>Images that are only named (<see cref="ImageFormat.NameOnly"/>).</summary>
    NamedImages = 19,

    /// <summary><see cref="ComputeSpec.Volumes"/> are made, reach the application, and go with the compute.</summary>
    Volumes = 20,

    /// <summary><see cref="IVimAdapter.ReadStatisticsAsync"/>.</summary>
    Statistics = 21,

    /// <summary>Packaged charts (<see cref="ImageFormat.HelmChart"/>), and <see cref="ComputeSpec.ChartValues"/>.</summary>
    HelmCharts = 22,

    /// <summary><see cref="IVimAdapter.EnsureNetworkAsync"/> and its kin, and <see cref="ComputeSpec.Networks"/>.</summary>
    Networks = 23,

    /// <summary><see cref="ComputeSpec.Groups"/> are kept.</summary>
    Affinity = 24,

    /// <summary><see cref="IVimAdapter.ListEventsAsync"/>.</summary>
    Events = 25,
}

/// <summary>Whether something that was asked for, or that protects others, is in force.</summary>
/// <param name="Name">memory, cpu, processes, disk, pid namespace, user, ...</param>
/// <param name="Applied">Whether it is in force.</param>
/// <param name="Detail">How, or why not.</param>
public sealed record Enforcement(string Name, bool Applied, string Detail);

/// <summary>What a VIM can do.</summary>
public sealed record VimCapabilities
{
    /// <summary>The adapter's name: Simulated, LocalProcess, ...</summary>
    public required string Adapter { get; init; }

    /// <summary>What it claims.</summary>
    public required IReadOnlySet<VimCapability> Claims { get; init; }

    /// <summary>How long the number of a deleted compute is remembered, at least.</summary>
    public required TimeSpan FenceRetention { get; init; }

    /// <summary>Which claims are missing on this machine, or kept in another way, and why.</summary>
    public IReadOnlyList<Enforcement> Notes { get; init; } = [];

    /// <summary>The zones it has; empty: one without a name.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>Whether it claims <paramref name="capability"/>.</summary>
    public bool Has(VimCapability capability) => Claims.Contains(capability);
}

/// <summary>An amount of what a VIM hands out; no field is negative.</summary>
/// <param name="MilliCpu">Thousandths of a virtual CPU.</param>
/// <param name="MemoryMib">Memory in MiB.</param>
/// <param name="DiskGib">Disk in GiB.</param>
public readonly record struct VimResources(long MilliCpu, long MemoryMib, long DiskGib)
{
    public static VimResources operator +(VimResources left, VimResources right) => Add(left, right);

    /// <summary>The sum, field by field.</summary>
    public static VimResources Add(VimResources left, VimResources right) =>
        new(checked(left.MilliCpu + right.MilliCpu), checked(left.MemoryMib + right.MemoryMib), checked(left.DiskGib + right.DiskGib));

    public static VimResources operator -(VimResources left, VimResources right) => Subtract(left, right);

    /// <summary>The difference, field by field.</summary>
    public static VimResources Subtract(VimResources left, VimResources right) =>
        new(checked(left.MilliCpu - right.MilliCpu), checked(left.MemoryMib - right.MemoryMib), checked(left.DiskGib - right.DiskGib));

    /// <summary>Whether every field is at most that of <paramref name="limit"/>.</summary>
    public bool FitsIn(VimResources limit) =>
        MilliCpu <= limit.MilliCpu && MemoryMib <= limit.MemoryMib && DiskGib <= limit.DiskGib;

    public override string ToString() => $"{MilliCpu} mCPU, {MemoryMib} MiB memory, {DiskGib} GiB disk";
}

/// <summary>How much a VIM has in all, and how much is taken now by all computes, whatever their state.</summary>
public sealed record VimCapacity(VimResources Total, VimResources Used);
