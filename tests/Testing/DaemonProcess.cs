using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Mano.Testing;

/// <summary>
/// A deployable as a real process: started from its built output, ready when it printed its ready line, killed with
/// SIGKILL, started again with the same arguments. What it logged is kept for the failure message.
/// </summary>
public sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly List<Socket> claims = []; // held as long as this process lives: the other test project takes none of them
    private static int lastPort;

    private readonly Lock gate = new();
    private readonly List<string> log = [];
    private readonly string project;
    private readonly string[] arguments;
    private readonly IReadOnlyList<string> inside;
    private Process? process;

    private DaemonProcess(string project, IReadOnlyList<string> inside, string[] arguments)
    {
        this.project = project;
        this.inside = inside;
        this.arguments = arguments;
    }

    /// <summary>The names and values of the newest ready line: <c>grpc</c>, <c>http</c>, ….</summary>
    public IReadOnlyDictionary<string, string> Ready { get; private set; } = new Dictionary<string, string>();

    public int Pid => process?.Id ?? throw new InvalidOperationException($"{project} is not running.");

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Starts <c>src/&lt;project&gt;</c> (<c>Meo</c>, <c>Mepm</c>, <c>MecPlatform</c>) and waits until it is ready.</summary>
    public static Task<DaemonProcess> StartAsync(string project, params string[] arguments) => StartInAsync([], project, arguments);

    /// <summary>The same by way of a command that becomes it: <c>nsenter -t PID -n</c>.</summary>
    public static async Task<DaemonProcess> StartInAsync(IReadOnlyList<string> inside, string project, params string[] arguments)
    {
        var daemon = new DaemonProcess(project, inside, arguments);
        await daemon.StartAsync();
        return daemon;
    }

    /// <summary>Starts it again, after <see cref="Kill"/>, with the same arguments.</summary>
    public async Task StartAsync()
    {
        string[] command = [.. inside, "dotnet", Assembly(project), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync().Soon($"{project} prints its ready line");
        if (line is null)
        {
            await process.WaitForExitAsync();
            throw new InvalidOperationException($"{project} ended with {process.ExitCode} before it was ready:\n{Log}");
        }

        Ready = JsonSerializer.Deserialize<Dictionary<string, string>>(line)!;
        _ = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>SIGKILL, and waits until it is gone. Its children live on, as they would.</summary>
    public void Kill()
    {
        if (process is { HasExited: false } running)
        {
            running.Kill(entireProcessTree: false);
            running.WaitForExit();
        }
    }

    /// <summary>SIGTERM, and the exit code once it is gone.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await process!.WaitForExitAsync().Soon($"{project} stops at SIGTERM");
        return process.ExitCode;
    }

    /// <summary>What it wrote on standard error, all starts together.</summary>
    public string Log
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', log);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        process?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A loopback port for a process that must come back at the same address. Not one of the kernel's own choice: what it
    /// gives away it gives away again, to any connection that is opened before the process listens.
    /// </summary>
    public static int FreePort()
    {
        const int first = 12_000;
        const int count = 20_000; // ends below the range from which Linux takes ports by itself
        while (true)
        {
            var port = first + ((Environment.ProcessId * 101) + Interlocked.Increment(ref lastPort)) % count;
            var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                claim.Bind(new UnixDomainSocketEndPoint($"\0mano-test-port-{port}")); // abstract: no file, and gone with this process
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                lock (claims)
                {
                    claims.Add(claim);
                }

                return port;
            }
            catch (SocketException)
            {
                claim.Dispose(); // Taken; the next one.
            }
        }
    }

    /// <summary>The built assembly of a project, in the configuration that this test was built in.</summary>
    public static string Assembly(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(Repository.Folder, "src", project, "bin", configuration, "net10.0", $"Mano.{project}.dll");
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (gate)
            {
                log.Add(line);
            }
        }
    }
}
