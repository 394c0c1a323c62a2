using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Mano.Bench.Footprints;

/// <summary>A process of its own, and what the kernel says it uses.</summary>
internal sealed class MeasuredProcess(string name, Process process) : IDisposable
{
    /// <summary>The kernel's unit of CPU time: 100 a second on every Linux that .NET runs on.</summary>
    private const double TicksASecond = 100;

    public string Name => name;

    /// <summary>Addresses by name, of a program that prints a ready line.</summary>
    public IReadOnlyDictionary<string, string> Ready { get; private init; } = new Dictionary<string, string>();

    /// <summary>MiB resident now.</summary>
    public double Resident => Status("VmRSS") / 1024;

    /// <summary>MiB resident now, a page that several processes share divided among them.</summary>
    public double Proportional => Field($"/proc/{process.Id}/smaps_rollup", "Pss") / 1024;

    /// <summary>The most that was ever resident, MiB.</summary>
    public double Peak => Status("VmHWM") / 1024;

    /// <summary>Seconds of CPU since it started.</summary>
    public double CpuSeconds
    {
        get
        {
            // After the name in parentheses, which may hold blanks: field 14 and 15 are user and system time.
            var fields = File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[1].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond;
        }
    }

    /// <summary>Starts a program of ours and waits for its ready line.</summary>
    public static async Task<MeasuredProcess> StartAsync(string name, string assembly, params string[] arguments)
    {
        var process = Start("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments, "--log-level", "Warning"]);
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{name} did not start.");
        return new(name, process) { Ready = JsonSerializer.Deserialize<Dictionary<string, string>>(line)! };
    }

    /// <summary><c>mano up</c> with simulated VIMs, until it says that all of it is ready.</summary>
    public static async Task<MeasuredProcess> StartUpAsync(string folder)
    {
        var process = Start("dotnet", Path.Combine(AppContext.BaseDirectory, "mano.dll"), "up", "--vim", "simulated", "--port", "0", "--data", folder, "--output", "json");
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "}")
            {
                return new("up", process);
            }
        }

        throw new InvalidOperationException("mano up did not start.");
    }

    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private double Status(string field) => Field($"/proc/{process.Id}/status", field);

    private static double Field(string file, string field) => double.Parse(
        File.ReadLines(file).First(l => l.StartsWith(field + ":", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
