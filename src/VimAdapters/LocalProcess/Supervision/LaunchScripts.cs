using System.Globalization;
using System.Text;
using Mano.Mesh.Hosting;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.LocalProcess.Supervision;

/// <summary>What a compute's scripts need to know beside its record.</summary>
/// <param name="Folder">Where everything is.</param>
/// <param name="Tools">The machine's tools.</param>
/// <param name="Isolation">What the machine allows.</param>
/// <param name="UserId">The user it runs under; null: the adapter's own.</param>
/// <param name="DotnetRoot">Where .NET lives on this machine; null: nowhere.</param>
internal sealed record LaunchPlace(VimFolder Folder, Tools Tools, Isolation Isolation, int? UserId, string? DotnetRoot);

/// <summary>
/// Renders the three files that start a compute: settings for supervise.sh; launch.sh, which makes the
/// namespaces; and init.sh, the first process in them, which starts the application in its groups and stays its parent.
/// </summary>
internal sealed class LaunchScripts(ComputeRecord record, LaunchPlace place, LocalProcessOptions options)
{
    private readonly string box = place.Folder.Box(record.ComputeId);
    private readonly bool isRootFs = record.Spec.Images[0].Format == ImageFormat.RootFsArchive;

    private bool LowPorts => record.Spec.Ports.Any(p => p.Number < 1024);

    /// <summary>The variables that supervise.sh reads.</summary>
    public string Settings() => Assignments(
        ("run", Number(record.Run)),
        ("current", place.Folder.Current(record.ComputeId)),
        ("state", place.Folder.State(record.ComputeId)),
        ("init", place.Folder.Init(record.ComputeId)),
        ("launch", PathOf("launch.sh")),
        ("log", place.Folder.Log(record.ComputeId)),
        ("log_bytes", Number(options.LogBytes)),
        ("policy", record.Spec.RestartPolicy switch { RestartPolicy.Always => "always", RestartPolicy.OnFailure => "on-failure", _ => "never" }),
        ("restarts", Number(record.Restarts)),
        ("backoff_ms", Number((long)options.BackOff.TotalMilliseconds)),
        ("backoff_max_ms", Number((long)options.BackOffLimit.TotalMilliseconds)),
        ("backoff_reset_s", Number((long)options.BackOffReset.TotalSeconds)),
        ("stdbuf", place.Tools.StdBuf ?? ""),
        ("groups", string.Join(' ', record.Groups)));

    /// <summary>From the supervisor's child to the compute's first process.</summary>
    public string Launch()
    {
        var text = new StringBuilder();
        foreach (var limit in ResourceLimits())
        {
            text.AppendLine(limit);
        }

        string[] words =
        [
            .. place.Tools.SetSid is { } setSid ? [setSid] : Array.Empty<string>(),
            .. options.NetworkNamespace.Length > 0 ? [place.Tools.NsEnter!, $"--net={new NetworkNamespace(options.NetworkNamespace).Path}"] : Array.Empty<string>(),
            .. place.Isolation.Namespaces ? [place.Tools.Unshare!, .. place.Isolation.UnshareOptions] : Array.Empty<string>(),
            Tools.Shell, PathOf("init.sh"),
        ];
        return text.Append("exec ").AppendLine(ShellText.Line(words)).ToString();
    }

    /// <summary>
    /// The first process of the compute. It tells its id as the host sees it (its own /proc is still the host's),
    /// mounts, starts the application with nothing but its own environment, passes SIGTERM on, and ends as it ends.
    /// With it ends, in a process namespace, all that the application has left behind.
    /// </summary>
    public string Init() => $"""
        read -r stat < /proc/self/stat
        printf '%s\n' "${"{stat%% *}"}" > {ShellText.Quote(place.Folder.Init(record.ComputeId))}.new
        mv -f {ShellText.Quote(place.Folder.Init(record.ComputeId))}.new {ShellText.Quote(place.Folder.Init(record.ComputeId))}
        app= stopping=0
        trap 'stopping=1; interrupted=1; [ -z "$app" ] || kill -TERM "$app"' TERM
        {Mounts()}
        (
        {EnterGroups()}exec {ShellText.Line(Application())}
        ) &
        app=$!
        [ "$stopping" = 0 ] || kill -TERM "$app"
        while :; do
            interrupted=0
            wait "$app"
            code=$?
            [ "$interrupted" = 1 ] || exit "$code"
        done

        """;

    /// <summary>The environment of the application: what is declared, and what the VIM itself says.</summary>
    public SortedDictionary<string, string> Environment()
    {
        var home = !place.Isolation.Namespaces ? Path.Combine(box, "home") : isRootFs ? "/" + ComputeBox.HomeInRoot : "/tmp/home";
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Tools.Path,
            ["HOME"] = home,
            ["TMPDIR"] = place.Isolation.Namespaces ? "/tmp" : home,
            ["LANG"] = "C.UTF-8",
            [ComputeVariables.AppInstanceId] = record.Spec.Labels.AppInstanceId,
        };
        if (DotnetRoot() is { } dotnetRoot)
        {
            variables["DOTNET_ROOT"] = dotnetRoot;
        }

        if (record.Spec.BootData.Length > 0)
        {
            variables[ComputeVariables.BootData] = home + "/boot-data";
        }

        foreach (var volume in record.Spec.Volumes)
        {
            variables[ComputeVariables.Volume(volume.Name)] = $"{home}/{ComputeBox.VolumeFolder}/{volume.Name}";
        }

        foreach (var port in record.Spec.Ports)
        {
            variables[ComputeVariables.Port(port.Name)] = Number(port.Number);
        }

        foreach (var (name, value) in record.Spec.Environment)
        {
            variables[name] = value;
        }

        variables[ComputeVariables.Address] = record.Address;
        variables[Marks.Vim] = place.Folder.VimId;
        variables[Marks.Compute] = record.ComputeId;
        return variables;
    }

    /// <summary>What stands in for control groups that are not there, for the status.</summary>
    public IEnumerable<Enforcement> Enforcements(ComputeGroups groups)
    {
        foreach (var enforcement in groups.Enforcements)
        {
            yield return enforcement switch
            {
                { Applied: false, Name: "memory" } when record.Spec.Resources.MemoryMib > 0 =>
                    enforcement with { Detail = $"{enforcement.Detail}; each single process is held to {record.Spec.Resources.MemoryMib} MiB of data instead" },
                { Applied: false, Name: "processes" } when place.UserId is not null =>
                    enforcement with { Applied = true, Detail = $"{options.MaxProcesses} processes and threads, counted by its user id ({enforcement.Detail})" },
                _ => enforcement,
            };
        }

        yield return new("disk", false, record.Spec.Resources.DiskGib == 0 ? "no limit was asked for" : "counted, not enforced: the compute shares the machine's file system");
        yield return new("namespaces", place.Isolation.Namespaces, place.Isolation.Namespaces ? "process, mount, IPC and host name" : place.Isolation.WhyNoNamespaces);
        yield return new("network", options.NetworkNamespace.Length > 0, options.NetworkNamespace.Length > 0 ? $"in namespace {options.NetworkNamespace}, with the site's other computes" : "an address of its own on the machine's network");
        yield return new("files", isRootFs, isRootFs ? "it sees its own root file system only" : "it sees the machine's files, as far as its user may");
        yield return new("user", place.UserId is not null, place.UserId is { } id ? $"runs as user {id}" : place.Isolation.WhyNoOwnUser is { Length: > 0 } why ? why : "its folder cannot be reached by other users, so it runs as root");
    }

    // The application alone enters: what it takes to start it does not count against its limits, and its parent,
    // which ends it for certain, cannot be killed for its memory.
    private string EnterGroups() => string.Concat(record.Groups.Select(group =>
        $"echo 0 > {ShellText.Quote(Path.Combine(group, "cgroup.procs"))} || {{ echo {ShellText.Quote($"cannot enter {group}")}; exit 125; }}\n"));

    private IEnumerable<string> ResourceLimits()
    {
        yield return "ulimit -c 0";
        var memory = record.Enforcements.FirstOrDefault(e => e.Name == "memory");
        if (record.Spec.Resources.MemoryMib > 0 && memory is not { Applied: true })
        {
            yield return $"ulimit -d {Number(record.Spec.Resources.MemoryMib * 1024)}";
        }

        if (place.UserId is not null)
        {
            // dash counts processes with -p, bash and busybox with -u.
            yield return $"if (ulimit -u {Number(options.MaxProcesses)}) 2>/dev/null; then ulimit -u {Number(options.MaxProcesses)}; else ulimit -p {Number(options.MaxProcesses)}; fi";
        }
    }

    private string Mounts()
    {
        if (!place.Isolation.Namespaces)
        {
            return $"cd {ShellText.Quote(Path.Combine(box, "home"))}";
        }

        var text = new StringBuilder();
        text.AppendLine("set -e");
        if (isRootFs)
        {
            var root = ShellText.Quote(Path.Combine(box, "root"));
            text.AppendLine(CultureInfo.InvariantCulture, $"root={root}");
            text.AppendLine("mount --bind \"$root\" \"$root\"");
            text.AppendLine(place.Isolation.OwnProc ? "mount -t proc proc \"$root/proc\"" : "mount --rbind /proc \"$root/proc\"");
            text.AppendLine("mount -t tmpfs -o mode=755,size=64k dev \"$root/dev\"");
            text.AppendLine("for device in null zero full random urandom; do : > \"$root/dev/$device\"; mount --bind \"/dev/$device\" \"$root/dev/$device\"; done");
            text.AppendLine("ln -s /proc/self/fd \"$root/dev/fd\"; ln -s fd/0 \"$root/dev/stdin\"; ln -s fd/1 \"$root/dev/stdout\"; ln -s fd/2 \"$root/dev/stderr\"");
            text.AppendLine(CultureInfo.InvariantCulture, $"printf %s {ShellText.Quote(HostName())} > /proc/sys/kernel/hostname || :");

            // Moving the root over the old one, and only then chroot: a process that may chroot cannot climb back.
            text.AppendLine("cd \"$root\"").AppendLine("mount --move . /");
        }
        else
        {
            text.AppendLine(place.DotnetRoot is { } dotnet ? $"mount --bind {ShellText.Quote(dotnet)} {ShellText.Quote(Path.Combine(box, "dotnet"))}" : ":");
            text.AppendLine(CultureInfo.InvariantCulture, $"mount --rbind {ShellText.Quote(box)} /tmp");
            text.AppendLine(place.Isolation.OwnProc ? "mount -t proc proc /proc" : ":");
            text.AppendLine(CultureInfo.InvariantCulture, $"printf %s {ShellText.Quote(HostName())} > /proc/sys/kernel/hostname || :");
            text.AppendLine("cd /tmp/home");
        }

        return text.Append("set +e").ToString();
    }

    private IEnumerable<string> Application() =>
    [
        "/usr/bin/env", "-i", .. Environment().Select(v => $"{v.Key}={v.Value}"),
        .. Privileges(),
        .. isRootFs ? [place.Tools.Chroot!, "."] : new[] { Program() },
        .. record.Spec.Command,
        .. isRootFs && record.Spec.Command.Count == 0 ? [RootFsEntry ?? "/entrypoint"] : Array.Empty<string>(),
    ];

    /// <summary>The program of a root file system whose spec names none.</summary>
    public string? RootFsEntry { get; init; }

    private IEnumerable<string> Privileges()
    {
        if (!place.Isolation.DropsPrivileges)
        {
            return [];
        }

        string[] kept = [.. isRootFs ? ["sys_chroot"] : Array.Empty<string>(), .. LowPorts ? ["net_bind_service"] : Array.Empty<string>()];

        // Without a user of its own, in no namespace, privileges are the adapter's: root keeps what an administrator expects of it.
        return place.UserId is null && !place.Isolation.Namespaces
            ? [place.Tools.SetPriv!, "--no-new-privs"]
            : [place.Tools.SetPriv!, .. Isolation.DropAllBut(place.UserId, kept)];
    }

    private string Program()
    {
        var name = ComputeBox.ProgramOf(record.Spec);
        return place.Isolation.Namespaces ? $"/tmp/bin/{name}" : Path.Combine(box, "bin", name);
    }

    private string? DotnetRoot() =>
        isRootFs || place.DotnetRoot is null ? null : place.Isolation.Namespaces ? "/tmp/dotnet" : place.DotnetRoot;

    private string HostName()
    {
        var name = new string([.. record.ComputeId.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return name.Length <= 63 ? name : name[..63];
    }

    private string PathOf(string name) => Path.Combine(place.Folder.Compute(record.ComputeId), name);

    private static string Assignments(params (string Name, string Value)[] variables) =>
        string.Concat(variables.Select(v => $"{v.Name}={ShellText.Quote(v.Value)}\n"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
