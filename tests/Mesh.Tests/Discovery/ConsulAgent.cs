using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mano.Testing;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>A test with a real Consul agent; where there is none it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConsulFactAttribute : FactAttribute
{
    public ConsulFactAttribute() => Skip = ConsulAgent.WhyMissing!;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConsulTheoryAttribute : TheoryAttribute
{
    public ConsulTheoryAttribute() => Skip = ConsulAgent.WhyMissing!;
}

/// <summary>
/// A real Consul agent in dev mode at ports of its own: killed with SIGKILL, started again at the same ports, with nothing
/// of what it knew, for dev mode keeps everything in memory.
/// </summary>
internal sealed class ConsulAgent : IAsyncDisposable
{
    /// <summary>The token of the agent that asks for one.</summary>
    public const string MasterToken = "5f4a7b6e-0000-4000-8000-000000000001";

    private static readonly string Binary = Path.Combine(
        Environment.GetEnvironmentVariable("CONSUL_DIR") ?? "/var/tmp/testbed-consul", "root", "usr", "bin", "consul");

    private readonly string[] arguments;
    private readonly List<string> log = [];
    private readonly HttpClient http;
    private Process? process;

    private ConsulAgent(string url, HttpClient http, string[] arguments) => (Url, this.http, this.arguments) = (url, http, arguments);

    public static string? WhyMissing { get; } =
        File.Exists(Binary) ? null : $"needs a Consul agent, and {Binary} does not exist: tests/testbed/consul/fetch unpacks one";

    public string Url { get; }

    /// <summary>With default deny, and <see cref="MasterToken"/> as the token that may everything.</summary>
    public static Task<ConsulAgent> WithAclAsync() => StartAsync(
        $$"""acl { enabled = true, default_policy = "deny", enable_token_persistence = false, tokens { master = "{{MasterToken}}", agent = "{{MasterToken}}" } }""");

    /// <summary>With https alone.</summary>
    public static async Task<ConsulAgent> WithTlsAsync(string certificateFile, string keyFile, string authorityFile)
    {
        var handler = new HttpClientHandler();
#pragma warning disable CA5400, CA5399, CA5359 // the test's own look at the agent; what the product believes is what is tested
        handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5400, CA5399, CA5359
        var port = DaemonProcess.FreePort();
        return await StartAsync(
            port, "https", handler, "-http-port=-1",
            "-hcl", $$"""ports { https = {{port}} }, cert_file = "{{certificateFile}}", key_file = "{{keyFile}}", ca_file = "{{authorityFile}}", verify_incoming = false""");
    }

    public static Task<ConsulAgent> StartAsync(string? hcl = null)
    {
        var port = DaemonProcess.FreePort();
        return StartAsync(port, "http", new HttpClientHandler(), [$"-http-port={port}", .. hcl is null ? Array.Empty<string>() : ["-hcl", hcl]]);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
    }

    /// <summary>Starts it, also again.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(new ProcessStartInfo(Binary, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await Eventually.Is(HasLeaderAsync, $"Consul at {Url} has a leader");
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException(string.Join('\n', log.TakeLast(40)));
        }
    }

    /// <summary>The checks of a service with their state and what they wrote.</summary>
    public async Task<IReadOnlyList<(string Status, string Output)>> ChecksOf(string service) =>
        [.. (await Get($"v1/health/checks/{service}"))!.AsArray().Select(c => ((string)c!["Status"]!, (string)c["Output"]!))];

    /// <summary>What the agent's own check of a service wrote last; the catalogue is told that much later, and its state at once.</summary>
    public async Task<string> OutputOf(string service) =>
        string.Join('\n', (await Get("v1/agent/checks"))!.AsObject().Select(c => c.Value!).Where(c => (string)c["ServiceName"]! == service).Select(c => (string)c["Output"]!));

    /// <summary>The entries of a service.</summary>
    public async Task<JsonArray> Entries(string service) => (await Get($"v1/catalog/service/{service}"))!.AsArray();

    public async Task<bool> Has(string service, string status, int count = 1)
    {
        var checks = await ChecksOf(service);
        return checks.Count == count && checks.All(c => c.Status == status);
    }

    /// <summary>A policy and a token that has it; gives the token.</summary>
    public async Task<string> TokenFor(string name, string rules)
    {
        await Put("v1/acl/policy", new JsonObject { ["Name"] = name, ["Rules"] = rules });
        var token = await Put("v1/acl/token", new JsonObject { ["Policies"] = new JsonArray(new JsonObject { ["Name"] = name }) });
        return (string)token["SecretID"]!;
    }

    public ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            Kill();
        }

        process?.Dispose();
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<ConsulAgent> StartAsync(int port, string scheme, HttpMessageHandler handler, params string[] more)
    {
        var url = $"{scheme}://127.0.0.1:{port}";
        var http = new HttpClient(handler) { BaseAddress = new Uri(url + "/") };
        http.DefaultRequestHeaders.Add("X-Consul-Token", MasterToken);
        string[] arguments =
        [
            "agent", "-dev", "-bind=127.0.0.1", "-client=127.0.0.1", $"-node=test-{port}", "-grpc-port=-1", "-dns-port=-1", "-serf-wan-port=-1",
            $"-server-port={DaemonProcess.FreePort()}", $"-serf-lan-port={DaemonProcess.FreePort()}", "-hcl", "disable_update_check = true", .. more,
        ];
        var agent = new ConsulAgent(url, http, arguments);
        try
        {
            await agent.StartAsync();
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> HasLeaderAsync()
    {
        if (process!.HasExited)
        {
            throw new InvalidOperationException($"Consul ended with {process.ExitCode}:\n{string.Join('\n', log.TakeLast(40))}");
        }

        try
        {
            return (await http.GetStringAsync("v1/status/leader")).Contains(':', StringComparison.Ordinal) && await Get("v1/health/checks/consul") is JsonArray;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task<JsonNode?> Get(string path) => http.GetFromJsonAsync<JsonNode>(path);

    private async Task<JsonNode> Put(string path, JsonObject body)
    {
        using var answer = await http.PutAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    private void Keep(string? line)
    {
        lock (log)
        {
            log.Add(line ?? "");
        }
    }
}
