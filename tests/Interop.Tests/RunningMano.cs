using System.Text.Json;
using Mano.Testing;

namespace Mano.Interop.Tests;

/// <summary>A real <c>mano up</c> with simulated VIMs, shared by the tests of a class.</summary>
public sealed class RunningMano : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private ChildProcess up = null!;

    /// <summary>Where the MEO's gRPC is: <c>http://127.0.0.1:port</c>.</summary>
    public string Meo { get; private set; } = "";

    public string Authority => new Uri(Meo).Authority;

    /// <summary>What was built with these tests, in the same configuration.</summary>
    public static string Built(params string[] project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine([Repository.Folder, .. project[..^1], "bin", configuration, "net10.0", project[^1]]);
    }

    public async Task InitializeAsync()
    {
        up = ChildProcess.Start(
            "dotnet", [Built("src", "Cli", "mano.dll"), "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state"), "--output", "json"],
            new Dictionary<string, string> { ["MANO_HOME"] = Repository.Folder, ["XDG_RUNTIME_DIR"] = folder.FullPath, ["MANO_MEO"] = "", ["TERM"] = "dumb" });
        await Eventually.Is(() => up.HasExited || up.Output.Contains("}"), "mano up says where it listens");
        Assert.False(up.HasExited, string.Join('\n', up.Errors));
        using var said = JsonDocument.Parse(string.Join('\n', up.Output));
        Meo = said.RootElement.GetProperty("meo").GetProperty("grpc").GetString()!;
    }

    public async Task DisposeAsync()
    {
        await up.DisposeAsync();
        folder.Dispose();
    }
}
