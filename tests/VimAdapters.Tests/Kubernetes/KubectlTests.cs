using System.Diagnostics;
using System.Text.Json.Nodes;
using Mano.Testing;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>A foreign witness that the double speaks Kubernetes: the real kubectl works with it, and sees our computes as anybody's.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private KubernetesBench bench = null!;

    [KubectlFact]
    public async Task Kubectl_applies_gets_waits_conflicts_scales_and_deletes()
    {
        File.WriteAllText(bench.Folder.File("web.yaml"), """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web, namespace: default }
            spec:
              replicas: 1
              selector: { matchLabels: { app: web } }
              template:
                metadata: { labels: { app: web } }
                spec: { containers: [ { name: web, image: registry.example/edge/app:1.0 } ] }
            """);
        Assert.Contains("deployment.apps/web serverside-applied", await RunAsync("apply", "--server-side", "--validate=false", "-f", bench.Folder.File("web.yaml")), StringComparison.Ordinal);
        Assert.Contains("condition met", await RunAsync("wait", "--for=condition=Available", "--timeout=30s", "deployment/web", "-n", "default"), StringComparison.Ordinal);
        Assert.Contains("Running", await RunAsync("get", "pods", "-n", "default", "-o", "jsonpath={.items[*].status.phase}"), StringComparison.Ordinal);
        Assert.Contains("conformance starts", await RunAsync("logs", "-n", "default", "deployment/web"), StringComparison.Ordinal);

        // Another manager's field: the conflict is told as kubectl expects it.
        var (code, _, errors) = await TryAsync("apply", "--server-side", "--validate=false", "--field-manager=somebody", "-f", Changed("replicas: 1", "replicas: 2"));
        Assert.NotEqual(0, code);
        Assert.Contains("conflict with \"kubectl\"", errors, StringComparison.Ordinal);
        Assert.Contains(".spec.replicas", errors, StringComparison.Ordinal);
        await RunAsync("apply", "--server-side", "--validate=false", "--force-conflicts", "--field-manager=somebody", "-f", Changed("replicas: 1", "replicas: 2"));
        await Eventually.Is(() => bench.Cluster.All("Pod", "default").Count == 2, "two pods");

        await RunAsync("delete", "deployment", "web", "-n", "default", "--cascade=foreground", "--timeout=30s");
        Assert.Empty(bench.Cluster.All("Pod", "default"));
        Assert.Contains("NotFound", (await TryAsync("get", "deployment", "web", "-n", "default")).Errors, StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task Kubectl_sees_our_computes_by_their_labels_and_may_not_what_it_may_not()
    {
        var vim = bench.Open();
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");

        var seen = (JsonObject)JsonNode.Parse(await RunAsync("get", "deployments,services,configmaps,networkpolicies,pods", "-A", "-l", "mano/owner=mano,mano/home=mano", "-o", "json", "--show-managed-fields"))!;

        Assert.Equal(["ConfigMap", "Deployment", "NetworkPolicy", "Pod", "Service"], seen["items"]!.AsArray().Select(i => (string)i!["kind"]!).Order());
        bench.Cluster.Settings.Denies = (verb, resource, _) => verb == "list" && resource == "pods";
        Assert.Contains("cannot list resource \"pods\"", (await TryAsync("get", "pods", "-A")).Errors, StringComparison.Ordinal);
        Assert.Equal("no", (await TryAsync("auth", "can-i", "list", "pods", "-A")).Output.Trim());
        Assert.Equal("yes", (await TryAsync("auth", "can-i", "list", "services", "-A")).Output.Trim());
    }

    public async Task InitializeAsync()
    {
        bench = await KubernetesBench.StartAsync();
        File.WriteAllText(bench.Folder.File("kubeconfig"), bench.Cluster.Kubeconfig());
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private string Changed(string from, string to)
    {
        var path = bench.Folder.File("changed.yaml");
        File.WriteAllText(path, File.ReadAllText(bench.Folder.File("web.yaml")).Replace(from, to, StringComparison.Ordinal));
        return path;
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: {errors}{output}");
        return output;
    }

    private async Task<(int Code, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(KubectlFactAttribute.Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = bench.Folder.File("kubeconfig");
        start.Environment["HOME"] = bench.Folder.FullPath;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.WhenAll(output, errors).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}

/// <summary>A test that runs kubectl; without one it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = (Path is null ? "needs kubectl: tests/install fetches one, or put one on the PATH" : null)!;

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => System.IO.Path.Combine(p, "kubectl"))
        .Append(System.IO.Path.Combine(Repository.Folder, "artifacts", "tools", "kubectl")).FirstOrDefault(File.Exists);
}
