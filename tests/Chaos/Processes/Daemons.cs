using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Mano.Chaos.Processes;

/// <summary>How each kind of process is recognised as up.</summary>
internal static class Daemons
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>What makes a .NET process start sooner and stay small, at the price of peak speed.</summary>
    public static IReadOnlyDictionary<string, string> Light { get; } = new Dictionary<string, string>
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_GCHeapAffinitizeMask"] = "3",
        ["DOTNET_EnableDiagnostics"] = "0",
    };

    /// <summary>One of ours: from its assembly, up with its ready line.</summary>
    public static NodeSpec Ours(string name, string assembly, Func<int, IReadOnlyList<string>> arguments) =>
        new(name, start => ["dotnet", assembly, .. arguments(start)], ReadyLine) { Environment = Light };

    /// <summary>A server of somebody else's: up when its port takes connections.</summary>
    public static NodeSpec Foreign(string name, IPEndPoint address, params string[] command) =>
        new(name, _ => command, (_, cancel) => Accepting(address, cancel));

    private static async Task ReadyLine(StreamReader output, CancellationToken cancel)
    {
        var line = await output.ReadLineAsync(cancel) ?? throw new InvalidOperationException("It ended before its ready line.");
        using var ready = JsonDocument.Parse(line);
        _ = ready.RootElement.GetProperty("ready");
    }

    private static async Task Accepting(IPEndPoint address, CancellationToken cancel)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, cancel);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(Step, TimeProvider.System, cancel);
            }
        }
    }
}
