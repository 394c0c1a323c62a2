using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>
/// One of the three deployables as a process of its own inside a part of the network. It is stopped by closing a pipe, so it
/// stops too, and in order, when this process is killed.
/// </summary>
internal sealed class EdgeProgram : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    // $1 is the log; the rest is the program. The pipe is standard input: when its other end is gone, so is the program.
    private const string Keeper = """
        log=$1; shift
        exec 3<&0 </dev/null
        "$@" 2>>"$log" 3<&- &
        program=$!
        { cat <&3 >/dev/null; kill -TERM "$program"; } 2>/dev/null &
        exec 3<&-
        wait "$program"
        """;

    private readonly Process keeper;

    private EdgeProgram(Process keeper, IReadOnlyDictionary<string, string> ready) => (this.keeper, Ready) = (keeper, ready);

    /// <summary>The names and values of its ready line.</summary>
    public IReadOnlyDictionary<string, string> Ready { get; }

    /// <summary>Starts <paramref name="project"/> (<c>Meo</c>, <c>Mepm</c>, <c>MecPlatform</c>) and waits until it says that it is ready.</summary>
    public static async Task<EdgeProgram> StartAsync(NetworkNamespace where, string project, string log, TimeProvider clock, CancellationToken stop, params string[] arguments)
    {
        // A session of its own: Ctrl-C at the terminal is for the demo, which stops its programs in order.
        var start = new ProcessStartInfo("nsenter", [$"--net={where.Path}", "setsid", "/bin/sh", "-c", Keeper, "sh", log, .. CommandOf(project), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_ROOT"] = DotnetRoot();
        var process = Process.Start(start) ?? throw new IOException("nsenter could not be started");
        try
        {
            using var limit = new CancellationTokenSource(StartTime, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
            var line = await process.StandardOutput.ReadLineAsync(either.Token);
            return line is null ? throw NotReady(project, log) : new(process, JsonSerializer.Deserialize(line, DemoJson.Default.DictionaryStringString)!);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            process.StandardInput.Close();
            throw NotReady(project, log);
        }
        catch
        {
            process.StandardInput.Close();
            throw;
        }
    }

    /// <summary>Stops it as SIGTERM does, and waits; one that does not stop is left to whoever removes the run.</summary>
    public async ValueTask DisposeAsync()
    {
        keeper.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopTime);
        await keeper.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        keeper.Dispose();
    }

    private static FailureException NotReady(string project, string log)
    {
        var last = File.Exists(log) ? File.ReadLines(log).LastOrDefault(l => l.Length > 0) : null;
        return Failure.DeadlineExceeded("NOT_READY", $"{project} did not become ready in its part of the network: {last ?? "it said nothing"}").ToException();
    }

    /// <summary>The deployables lie beside this program.</summary>
    private static string[] CommandOf(string project)
    {
        var program = Path.Combine(AppContext.BaseDirectory, $"Mano.{project}");
        return Environment.ProcessPath is { } self && Path.GetFileName(self) == "dotnet" ? [self, program + ".dll"] : [program];
    }

    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'), "..", "..", ".."));
}
