using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Simulate;

/// <summary>A MEO in a process of its own, with its store in a folder that goes with it, so that what it takes can be measured.</summary>
internal sealed class OwnMeo : IAsyncDisposable
{
    private const string Assembly = "Mano.Meo.dll";

    private readonly Process process;
    private readonly string folder;

    private OwnMeo(Process process, string folder, Uri address) => (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>MiB resident now; null where the system does not say.</summary>
    public double? ResidentMib => Status("VmRSS");

    /// <summary>The most that ever was.</summary>
    public double? PeakMib => Status("VmHWM");

    /// <exception cref="FailureException">It is not beside this program, or does not start.</exception>
    public static async Task<OwnMeo> StartAsync(CancellationToken stop)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, Assembly);
        if (!File.Exists(Path.ChangeExtension(assembly, ".runtimeconfig.json")))
        {
            throw Sentences.Usage($"There is no MEO program beside this one ({assembly}) that could be started; name one that runs with --meo http://ADDRESS:PORT.", "--meo");
        }

        var folder = Directory.CreateTempSubdirectory("mano-simulate-meo-").FullName;
        var process = Start([Dotnet(), assembly, "--data", folder, "--log-level", "Error"]);
        var line = await process.StandardOutput.ReadLineAsync(stop);
        if (line is not null && JsonSerializer.Deserialize(line, SimulateJson.Default.DictionaryStringString) is { } ready && ready.TryGetValue("grpc", out var grpc))
        {
            return new(process, folder, new(grpc));
        }

        process.Kill();
        Directory.Delete(folder, recursive: true);
        throw Failure.Unavailable("MEO_NOT_STARTED", "The MEO did not start; what it said is above. Name one that runs with --meo http://ADDRESS:PORT.").ToException();
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>In a session of its own: a Ctrl-C is ours, and the MEO has to be there for the summary.</summary>
    private static Process Start(string[] command)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("setsid", command) { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception)
        {
            return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        }
    }

    private static string Dotnet() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private double? Status(string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
            return line is null ? null : double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
