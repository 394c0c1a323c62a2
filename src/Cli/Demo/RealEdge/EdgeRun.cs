using System.Diagnostics;
using System.Globalization;
using Mano.Mesh.Failures;
using Mano.VimAdapters.LocalProcess;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>
/// What one run of the demo puts on the machine, written down before it is made: a file below /run that says the folder
/// and is locked as long as the run lives. A file without a lock is of a run that was killed; the next one removes what it left.
/// </summary>
internal sealed class EdgeRun : IDisposable
{
    private const string Prefix = "mano-demo-";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly FileStream file;
    private readonly TimeProvider clock;

    private EdgeRun(FileStream file, string folder, TimeProvider clock)
    {
        (this.file, this.clock, Folder) = (file, clock, folder);
        Network = new(Path.GetFileName(file.Name));
    }

    /// <summary>Where runs are written down; what is there needs root anyway.</summary>
    public static string Records { get; } = "/run/mano-demo";

    public string Folder { get; }

    public EdgeNetwork Network { get; }

    public string VimFolder => Path.Combine(Folder, "state", "vim");

    /// <summary>Writes down a new run.</summary>
    public static EdgeRun Begin(string folder, TimeProvider clock)
    {
        Directory.CreateDirectory(Records, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = new FileStream(Path.Combine(Records, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        file.Write(System.Text.Encoding.UTF8.GetBytes(folder));
        file.Flush();
        return new(file, folder, clock);
    }

    /// <summary>Removes what runs left that did not end by themselves; says their names.</summary>
    public static async Task<IReadOnlyList<string>> RemoveLeftAsync(TimeProvider clock)
    {
        var removed = new List<string>();
        foreach (var path in Directory.Exists(Records) ? Directory.GetFiles(Records, Prefix + "*") : [])
        {
            if (TakeOver(path, clock) is { } run)
            {
                using (run)
                {
                    await run.RemoveAsync();
                }

                removed.Add(Path.GetFileName(path));
            }
        }

        return removed;
    }

    /// <summary>Ends every process of the run, then removes its computes, namespaces and folder, and last the record of it. Says what could not be.</summary>
    public async Task<IReadOnlyList<string>> RemoveAsync()
    {
        await KillAsync();
        await RemoveComputesAsync();
        await KillAsync();
        List<string> left = [.. Network.Remove()];
        if (Directory.Exists(Folder) && Path.GetFileName(Folder).StartsWith(Prefix, StringComparison.Ordinal))
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
            }
            catch (IOException e)
            {
                left.Add($"{Folder}: {e.Message}");
            }
        }

        if (left.Count == 0)
        {
            File.Delete(file.Name);
        }

        return left;
    }

    public void Dispose() => file.Dispose();

    /// <summary>Null: the run lives, or another demo is just removing it.</summary>
    private static EdgeRun? TakeOver(string path, TimeProvider clock)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            using var reader = new StreamReader(file, leaveOpen: true);
            return new(file, reader.ReadToEnd(), clock);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task KillAsync()
    {
        var since = clock.GetTimestamp();
        while (Network.Processes() is { Count: > 0 } living && clock.GetElapsedTime(since) < Patience)
        {
            foreach (var id in living)
            {
                try
                {
                    using var process = Process.GetProcessById(id);
                    process.Kill();
                }
                catch (Exception e) when (e is ArgumentException or InvalidOperationException)
                {
                    // It ended by itself in this moment.
                }
            }

            await Task.Delay(Glance, clock);
        }
    }

    /// <summary>The adapter itself knows best what computes leave: a MEPM that was killed could not ask it.</summary>
    private async Task RemoveComputesAsync()
    {
        if (!Directory.Exists(VimFolder))
        {
            return;
        }

        var site = Network[EdgePlan.Site];
        var options = new LocalProcessOptions { Folder = VimFolder, Ephemeral = true };
        options = site.Exists ? options with { NetworkNamespace = site.Path, AddressRange = EdgePlan.Applications } : options;
        try
        {
            await new LocalProcessVim(options, clock, NullLogger<LocalProcessVim>.Instance).DisposeAsync();
        }
        catch (FailureException e)
        {
            Debug.WriteLine(e.Failure.Message); // what it leaves, the proof at the end finds
        }
    }
}
