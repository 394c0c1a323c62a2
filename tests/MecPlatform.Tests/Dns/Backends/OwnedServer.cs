using System.Diagnostics;
using System.Globalization;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>A foreign server program as a process of this test's own: it ends with the test run, however that ends.</summary>
internal sealed class OwnedServer(string log) : IAsyncDisposable
{
    private Process? keeper;

    public string Log => File.Exists(log) ? File.ReadAllText(log) : string.Empty;

    /// <summary>Starts it and waits for nothing.</summary>
    public async Task Start(string program, params IEnumerable<string> arguments)
    {
        // The shell ends the server when this process is gone: its standard input is closed then.
        var start = new ProcessStartInfo("bash",
            ["-c", "exec 3<&0 2>/dev/null; \"$@\" </dev/null >>\"$0\" 2>&1 & echo $!; read -r _ <&3; kill -9 $! 2>/dev/null; wait", log, program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        keeper = Process.Start(start)!;
        _ = int.Parse((await keeper.StandardOutput.ReadLineAsync().Soon())!, CultureInfo.InvariantCulture);
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task Kill()
    {
        if (keeper is { } running)
        {
            running.StandardInput.Close();
            await running.WaitForExitAsync().Soon();
            running.Dispose();
            keeper = null;
        }
    }

    public async ValueTask DisposeAsync() => await Kill();
}
