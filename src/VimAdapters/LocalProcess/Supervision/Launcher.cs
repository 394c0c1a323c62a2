using System.Reflection;
using System.Security.Cryptography;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Images;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.LocalProcess.Supervision;

/// <summary>Starts and stops supervisors. A supervisor is no child of ours for longer than it takes to start it.</summary>
internal sealed class Launcher
{
    // A supervisor says "running" some milliseconds after it starts; longer than this is watched, not waited for.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan StopPause = TimeSpan.FromMilliseconds(20);

    private readonly VimFolder folder;
    private readonly LocalProcessOptions options;
    private readonly TimeProvider clock;
    private readonly Tools tools;
    private readonly ComputeBox box;
    private readonly string supervise;
    private readonly string? dotnetRoot = FindDotnetRoot();
    private readonly bool folderIsPublic;

    public Launcher(VimFolder folder, ImageStore images, LocalProcessOptions options, TimeProvider clock)
    {
        (this.folder, this.options, this.clock) = (folder, options, clock);
        tools = Tools.Find(options.ToolFolders);
        Isolation = Isolation.Probe(options, tools, Environment.IsPrivilegedProcess);
        Groups = Cgroups.Discover(options, folder.VimId);
        box = new(folder, images, options, isTemporaryFolder: Isolation.Namespaces);
        supervise = InstallScript(folder);
        folderIsPublic = IsPublic(folder.Root);
        if (Isolation.OwnUser && !Isolation.Namespaces && folderIsPublic)
        {
            folder.LetOthersThrough();
        }

    }

    public Isolation Isolation { get; }

    public Cgroups Groups { get; }

    /// <summary>The user a compute runs under; null: ours. Other users must be able to reach its files.</summary>
    public int? UserOf(ComputeRecord record) => Isolation.OwnUser && (Isolation.Namespaces || folderIsPublic)
        ? options.FirstUserId + (record.Slot % SlotsWithUsers)
        : null;

    /// <summary>How many computes can have a user id of their own: systemd's range of dynamic users.</summary>
    public const int SlotsWithUsers = 65519 - 61184;

    /// <summary>What the supervisor of the present run said last; null: nothing yet.</summary>
    public RunState? StateOf(ComputeRecord record) =>
        RunState.ReadIfAny(folder.State(record.ComputeId)) is { } state && state.Run == record.Run
        && (state.BootId == ProcessTable.BootId || state.Phase == RunPhase.Ended)
            ? state
            : null;

    /// <summary>Whether that supervisor lives.</summary>
    public static bool Lives(RunState? state) =>
        state is not null && state.BootId == ProcessTable.BootId && ProcessTable.Lives(new(state.Supervisor, state.SupervisorStart));

    /// <summary>
    /// Prepares what the record needs and returns the record to be stored before <see cref="StartAsync"/>: with its
    /// next run, its groups and what they enforce.
    /// </summary>
    public ComputeRecord Prepare(ComputeRecord record, CancellationToken cancellationToken)
    {
        box.Make(record, UserOf(record), cancellationToken);
        if (record.Spec.Images[0].Format == ImageFormat.RootFsArchive && record.Spec.Command.Count == 0 && box.EntryOf(record.ComputeId) is null)
        {
            throw VimFailures.BadImage(record.Spec.Images[0].Digest, "The root file system has none of /entrypoint, /init and /sbin/init, and the spec names no command.").ToException();
        }

        var groups = Groups.Make(record.ComputeId, record.Spec.Resources, options.MaxProcesses);
        var next = record with { Run = record.Run + 1, Groups = groups.Folders, Enforcements = groups.Enforcements, GaveUp = null };
        return next with { Enforcements = [.. Scripts(next).Enforcements(groups)] };
    }

    /// <summary>Starts the supervisor of a prepared and stored record, and waits until it says so or for a moment.</summary>
    public async Task StartAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        var scripts = Scripts(record);
        var home = folder.Compute(record.ComputeId);
        WriteOwn(Path.Combine(home, "settings"), scripts.Settings());
        WriteOwn(Path.Combine(home, "launch.sh"), scripts.Launch());
        WriteOwn(Path.Combine(home, "init.sh"), scripts.Init());
        WriteOwn(folder.Current(record.ComputeId), record.Run + "\n");

        var settings = Path.Combine(home, "settings");
        var marks = new Dictionary<string, string> { [Marks.Vim] = folder.VimId, [Marks.Compute] = record.ComputeId };
        using (var starter = tools.SetSid is { } setSid
            ? Tools.Start(setSid, ["--fork", Tools.Shell, supervise, settings], marks)
            : Tools.Start(Tools.Shell, ["-c", "/bin/sh \"$0\" \"$1\" &", supervise, settings], marks))
        {
            await starter.WaitForExitAsync(cancellationToken);
        }

        var started = clock.GetTimestamp();
        while (StateOf(record) is null && clock.GetElapsedTime(started) < StartPatience)
        {
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Asks the supervisor to stop its application and waits as long as the grace lasts. Says whether it has gone.</summary>
    public async Task<bool> AskToStopAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (StateOf(record) is { } state && Lives(state))
        {
            if (clock.GetElapsedTime(started) >= options.StopGrace)
            {
                return false;
            }

            // Asked again, because a supervisor that is just starting may not listen yet; it passes on one only.
            Native.Signal(new(state.Supervisor, state.SupervisorStart), Native.SigTerm);
            await Task.Delay(StopPause, clock, cancellationToken);
        }

        return true;
    }

    private LaunchScripts Scripts(ComputeRecord record) =>
        new(record, new(folder, tools, Isolation, UserOf(record), dotnetRoot), options) { RootFsEntry = box.EntryOf(record.ComputeId) };

    // A running supervisor reads its script as it goes: one that differs gets a name of its own.
    private static string InstallScript(VimFolder folder)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("supervise.sh")!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var path = Path.Combine(folder.Scripts, $"supervise-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..12]}.sh");
        if (!File.Exists(path))
        {
            WriteOwn(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
        }

        return path;
    }

    private static void WriteOwn(string path, string text)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static bool IsPublic(string path)
    {
        for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if ((File.GetUnixFileMode(folder) & UnixFileMode.OtherExecute) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string? FindDotnetRoot()
    {
        // …/shared/Microsoft.NETCore.App/10.0.0/ is where the runtime of this process lies, unless it carries its own.
        var runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/');
        var root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        return File.Exists(Path.Combine(root, "dotnet")) ? root : null;
    }
}
