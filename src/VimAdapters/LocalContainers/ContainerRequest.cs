using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>From what is intended to what the engine is asked for: limits always, rights only where needed. Pure.</summary>
internal static class ContainerRequest
{
    /// <summary>Where boot data lie: a volume, because the root file system may be read-only.</summary>
    public const string BootFolder = "/mano";

    public const string BootFile = "boot-data";

    private const string VolumeFolder = "volumes";
    private const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Passable = All | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Everybody = Passable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Engines refuse less: the container's first process alone needs about as much.
    private const long LeastMemory = 6L << 20;
    private const long LeastNanoCpus = 10_000_000;
    private const long NanoCpusOfMilli = 1_000_000;

    public static CreateContainer Of(ContainerRecord record, string imageId, Mark mark, EngineFacts facts, LocalContainersOptions options) => new()
    {
        Image = imageId,
        Env = [.. Environment(record).Select(v => $"{v.Key}={v.Value}")],
        Cmd = record.Spec.Command.Count > 0 ? record.Spec.Command : null,
        Labels = Labels(record, mark),
        StopTimeout = (int)Math.Ceiling(options.StopGrace.TotalSeconds),
        HostConfig = Host(record, mark, facts, options),
        NetworkingConfig = new(new Dictionary<string, EndpointConfig> { [mark.Network] = new(new(record.Address)) }),
    };

    /// <summary>
    /// What lies in the boot folder before the first start. A volume there may be written by whatever user the image runs
    /// as: nobody else sees it. One at a path of the package's choice is as the image has that folder.
    /// </summary>
    public static IEnumerable<TarEntry> BootFolderContents(ComputeSpec spec)
    {
        if (spec.BootData.Length > 0)
        {
            yield return new UstarTarEntry(TarEntryType.RegularFile, BootFile) { Mode = All, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(spec.BootData)) };
        }

        var ours = spec.Volumes.Where(v => v.Path.Length == 0).ToArray();
        if (ours.Length > 0)
        {
            yield return new UstarTarEntry(TarEntryType.Directory, VolumeFolder) { Mode = Passable };
        }

        foreach (var volume in ours)
        {
            yield return new UstarTarEntry(TarEntryType.Directory, $"{VolumeFolder}/{volume.Name}") { Mode = Everybody };
        }
    }

    /// <summary>Whether there is anything to lie in the boot folder.</summary>
    public static bool NeedsBootFolder(ComputeSpec spec) => spec.BootData.Length > 0 || spec.Volumes.Any(v => v.Path.Length == 0);

    /// <summary>Where a container sees a volume.</summary>
    public static string PathOf(ComputeVolume volume) => volume.Path.Length > 0 ? volume.Path : $"{BootFolder}/{VolumeFolder}/{volume.Name}";

    /// <summary>What holds for a container of this record, for its status.</summary>
    public static IReadOnlyList<Enforcement> Enforcements(ComputeSpec spec, EngineFacts facts, LocalContainersOptions options) =>
    [
        Limit("cpu", spec.Resources.MilliCpu, facts.Info.CpuCfsQuota, "mCPU", facts),
        Limit("memory", spec.Resources.MemoryMib, facts.Info.MemoryLimit, "MiB", facts),
        new("processes", facts.Info.PidsLimit, facts.Info.PidsLimit ? $"{options.MaxProcesses} by {facts.Name}" : $"{facts.Name} has no pids control group"),
        new("disk", false, "counted only"),
        .. spec.Volumes.Count == 0 ? Array.Empty<Enforcement>()
            : [new("volumes", true, $"{string.Join(", ", spec.Volumes.Select(v => $"{v.Name} ({v.SizeGib} GiB) at {PathOf(v)}"))}; sizes are counted only")],
        new("capabilities", true, Kept(spec, options) is { Count: > 0 } kept ? $"none but {string.Join(", ", kept)}" : "none"),
        new("no new privileges", true, "set-user-id programs gain nothing"),
        new("root file system", options.ReadOnly, options.ReadOnly ? "read-only, /tmp in memory" : "writable; ReadOnly changes that"),
        new("network", true, "a namespace and an address of its own"),
    ];

    private static Enforcement Limit(string name, long amount, bool can, string unit, EngineFacts facts) =>
        !can ? new(name, false, $"{facts.Name} has no {name} control group")
        : amount == 0 ? new(name, false, "no limit was asked for")
        : new(name, true, $"{amount} {unit} by {facts.Name}");

    private static SortedDictionary<string, string> Environment(ContainerRecord record)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ComputeVariables.AppInstanceId] = record.Spec.Labels.AppInstanceId };
        foreach (var port in record.Spec.Ports)
        {
            variables[ComputeVariables.Port(port.Name)] = port.Number.ToString(CultureInfo.InvariantCulture);
        }

        if (record.Spec.BootData.Length > 0)
        {
            variables[ComputeVariables.BootData] = $"{BootFolder}/{BootFile}";
        }

        foreach (var volume in record.Spec.Volumes)
        {
            variables[ComputeVariables.Volume(volume.Name)] = PathOf(volume);
        }

        foreach (var (name, value) in record.Spec.Environment)
        {
            variables[name] = value;
        }

        variables[ComputeVariables.Address] = record.Address;
        return variables;
    }

    private static Dictionary<string, string> Labels(ContainerRecord record, Mark mark)
    {
        var (spec, resources) = (record.Spec, record.Spec.Resources);
        return new()
        {
            [Mark.Vim] = mark.Owner,
            [Mark.Compute] = record.ComputeId,
            [Mark.Tenant] = spec.Labels.Tenant,
            [Mark.AppInstance] = spec.Labels.AppInstanceId,
            [Mark.Operation] = record.Fence.Last.ToString(CultureInfo.InvariantCulture),
            [Mark.Life] = record.Life,
            [Mark.SpecDigest] = record.SpecDigest,
            [Mark.Image] = spec.Images[0].Digest,
            [Mark.Resources] = string.Create(CultureInfo.InvariantCulture, $"{resources.MilliCpu}/{resources.MemoryMib}/{resources.DiskGib}"),
            [Mark.Address] = record.Address,
        };
    }

    private static HostConfig Host(ContainerRecord record, Mark mark, EngineFacts facts, LocalContainersOptions options)
    {
        var spec = record.Spec;
        var memory = spec.Resources.MemoryMib == 0 || !facts.Info.MemoryLimit ? 0 : Math.Max(spec.Resources.MemoryMib << 20, LeastMemory);
        var cpus = spec.Resources.MilliCpu == 0 || !facts.Info.CpuCfsQuota ? 0
            : Math.Clamp(spec.Resources.MilliCpu * NanoCpusOfMilli, LeastNanoCpus, Math.Max(1, facts.Info.Cpus) * 1000 * NanoCpusOfMilli);
        return new()
        {
            Memory = memory,
            MemorySwap = memory,
            NanoCpus = cpus,
            PidsLimit = options.MaxProcesses,
            CapDrop = ["ALL"],
            CapAdd = Kept(spec, options),
            SecurityOpt = ["no-new-privileges"],
            ReadonlyRootfs = options.ReadOnly,
            Tmpfs = options.ReadOnly ? new Dictionary<string, string> { ["/tmp"] = "rw,nosuid,nodev,size=64m" } : null,
            Init = options.Init ? true : null,
            NetworkMode = mark.Network,
            RestartPolicy = Policy(spec.RestartPolicy),
            LogConfig = Log(facts, options),
            Ulimits = [new("nofile", options.MaxOpenFiles, options.MaxOpenFiles), new("nproc", 32768, 32768)],
            Mounts = Mounts(record, mark),
        };
    }

    private static MountRequest[]? Mounts(ContainerRecord record, Mark mark)
    {
        MountRequest[] mounts =
        [
            .. NeedsBootFolder(record.Spec) ? [new(BootFolder)] : Array.Empty<MountRequest>(),
            .. record.Spec.Volumes.Select((v, place) => new MountRequest(PathOf(v), mark.VolumeName(record.ComputeId, place))),
        ];
        return mounts.Length > 0 ? mounts : null;
    }

    private static LogRule Log(EngineFacts facts, LocalContainersOptions options)
    {
        var size = options.LogBytes.ToString(CultureInfo.InvariantCulture);
        return facts.IsPodman
            ? new("k8s-file", new Dictionary<string, string> { ["max-size"] = size })
            : new("json-file", new Dictionary<string, string> { ["max-size"] = size, ["max-file"] = "2" });
    }

    private static IReadOnlyList<string> Kept(ComputeSpec spec, LocalContainersOptions options) =>
        [.. options.Capabilities.Union(spec.Ports.Any(p => p.Number < 1024) ? ["NET_BIND_SERVICE"] : []).Order(StringComparer.Ordinal)];

    private static RestartRule Policy(RestartPolicy policy) => new(policy switch
    {
        RestartPolicy.Always => "always",
        RestartPolicy.OnFailure => "on-failure",
        _ => "no",
    });
}
