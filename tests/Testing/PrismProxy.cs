namespace Mano.Testing;

/// <summary>
/// A validating proxy (@stoplight/prism-cli) between a client and a server: a request or an answer that the OpenAPI file does
/// not allow becomes a problem whose type names the violation.
/// </summary>
public sealed class PrismProxy : IAsyncDisposable
{
    private readonly ChildProcess process;

    private PrismProxy(ChildProcess process, int port, string upstream)
    {
        (this.process, Upstream) = (process, upstream);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Talks through the proxy.</summary>
    public HttpClient Http { get; }

    /// <summary>What it talks to.</summary>
    public string Upstream { get; }

    private static string Program => Path.Combine(Repository.Folder, "tests", "node_modules", ".bin", "prism");

    /// <summary>What of it is not there; null if it can be used.</summary>
    public static string? WhyMissing => SharedInput.WhyMissing ?? (File.Exists(Program) ? null : "needs @stoplight/prism-cli, which is not installed: run tests/install");

    /// <param name="description">An OpenAPI file.</param>
    /// <param name="upstream">Where what it describes is served.</param>
    /// <param name="validateRequests">Whether the proxy answers wrong requests itself, or lets the server do it.</param>
    public static async Task<PrismProxy> Start(string description, Uri upstream, bool validateRequests = true)
    {
        var port = DaemonProcess.FreePort();
        var process = ChildProcess.Start("node", [Program, "proxy", description, upstream.ToString().TrimEnd('/'), "--errors", "--validate-request", validateRequests ? "true" : "false", "--port", $"{port}", "--host", "127.0.0.1"]);
        await Eventually.Is(() => process.Output.Any(l => l.Contains("is listening", StringComparison.Ordinal)) || process.HasExited, "prism listens");
        Assert.False(process.HasExited, string.Join('\n', process.Output.Concat(process.Errors)));
        return new(process, port, upstream.ToString().TrimEnd('/'));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.DisposeAsync();
    }
}

/// <summary>A test through the validating proxy; skipped, with the reason, where it or the OpenAPI files are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrismFactAttribute : FactAttribute
{
    public PrismFactAttribute() => Skip = PrismProxy.WhyMissing!;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrismTheoryAttribute : TheoryAttribute
{
    public PrismTheoryAttribute() => Skip = PrismProxy.WhyMissing!;
}
