using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>Reaching the API server: TLS, credentials, throttling, and what a look at the connection says.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private KubernetesBench bench = null!;

    [Fact]
    public async Task Client_certificates_are_taken_inline_and_from_files_that_are_renewed()
    {
        var (certificate, key) = bench.Cluster.UserCertificate("ada");
        File.WriteAllText(bench.Folder.File("me.crt"), certificate);
        File.WriteAllText(bench.Folder.File("me.key"), key);
        string[] users =
        [
            $"{{ client-certificate-data: {ClusterDouble.Base64(certificate)}, client-key-data: {ClusterDouble.Base64(key)} }}",
            $"{{ client-certificate: {bench.Folder.File("me.crt")}, client-key: {bench.Folder.File("me.key")} }}",
        ];
        foreach (var (user, place) in users.Select((u, i) => (u, i)))
        {
            var vim = bench.Open(bench.Options with { Folder = bench.Folder.File($"certificate-{place}"), Kubeconfig = bench.Cluster.Kubeconfig(user) });
            var checks = await vim.CheckConnectionAsync(default);
            Assert.Contains("we are ada", checks.Single(c => c.Name == "credentials").Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_that_was_renewed_is_read_again_when_the_old_one_is_refused()
    {
        File.WriteAllText(bench.Folder.File("token"), "token-1");
        bench.Cluster.Settings.Tokens["token-1"] = "ada";
        var vim = bench.Open(bench.Options with { Kubeconfig = bench.Cluster.Kubeconfig($"tokenFile: {bench.Folder.File("token")}") });
        await vim.ListComputesAsync(default);

        bench.Cluster.Settings.Tokens.Clear();
        bench.Cluster.Settings.Tokens["token-2"] = "ada";
        File.WriteAllText(bench.Folder.File("token"), "token-2");

        Assert.Empty(await vim.ListComputesAsync(default));
    }

    [Fact]
    public async Task Refused_credentials_are_PERMISSION_DENIED_and_no_message_holds_them()
    {
        var vim = bench.Open(bench.Options with { Kubeconfig = bench.Cluster.Kubeconfig("token: a-stale-token") });

        var refused = (await Assert.ThrowsAsync<FailureException>(() => vim.ListComputesAsync(default))).Failure;

        Assert.Equal(FailureKind.Forbidden, refused.Kind);
        Assert.DoesNotContain("a-stale-token", refused.ToString(), StringComparison.Ordinal);
        var checks = await vim.CheckConnectionAsync(default);
        Assert.Equal(ConnectionResult.Failed, checks.Single(c => c.Name == "credentials").Result);
        Assert.Equal(ConnectionResult.Ok, checks.Single(c => c.Name == "address").Result);
        Assert.DoesNotContain(checks, c => c.ToString().Contains("a-stale-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_believed_and_the_check_says_TLS()
    {
        using var other = new TestAuthority("somebody else");
        var config = bench.Cluster.Kubeconfig().Replace(ClusterDouble.Base64(bench.Cluster.AuthorityPem), ClusterDouble.Base64(other.Pem), StringComparison.Ordinal);
        var vim = bench.Open(bench.Options with { Kubeconfig = config });

        var away = (await Assert.ThrowsAsync<FailureException>(() => vim.ListComputesAsync(default))).Failure;

        Assert.Equal(FailureKind.Unavailable, away.Kind);
        Assert.Contains("TLS", away.Message, StringComparison.Ordinal);
        var checks = await vim.CheckConnectionAsync(default);
        Assert.Equal([("address", ConnectionResult.Ok), ("TLS", ConnectionResult.Failed), ("rights", ConnectionResult.Skipped)], checks.Select(c => (c.Name, c.Result)));
    }

    [Fact]
    public async Task The_name_in_the_certificate_may_be_another_than_the_address()
    {
        var named = bench.Cluster.Kubeconfig(cluster: "tls-server-name: kubernetes.default.svc");
        Assert.Equal(ConnectionResult.Ok, (await CheckAsync(named, "named")).Single(c => c.Name == "TLS").Result);
        var wrong = bench.Cluster.Kubeconfig(cluster: "tls-server-name: another.example");
        Assert.Equal(ConnectionResult.Failed, (await CheckAsync(wrong, "wrong")).Single(c => c.Name == "TLS").Result);
        var insecure = bench.Cluster.Kubeconfig(cluster: "insecure-skip-tls-verify: true").Replace("certificate-authority-data", "extensions-of-nobody", StringComparison.Ordinal);
        Assert.Equal(ConnectionResult.Warning, (await CheckAsync(insecure, "insecure", allowInsecure: true)).Single(c => c.Name == "TLS").Result);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_UNAVAILABLE_and_works_when_it_comes()
    {
        await bench.Cluster.CrashAsync();
        var vim = bench.Open();
        var away = (await Assert.ThrowsAsync<FailureException>(() => vim.GetCapabilitiesAsync(default))).Failure;
        Assert.Equal((FailureKind.Unavailable, true), (away.Kind, away.Retryable));
        Assert.Contains("nobody listens there", away.Message, StringComparison.Ordinal);
        Assert.Equal(ConnectionResult.Failed, (await vim.CheckConnectionAsync(default))[0].Result);

        await bench.Cluster.ComeBackAsync();

        Assert.True((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.NamedImages));
    }

    [Fact]
    public async Task What_the_server_puts_off_is_asked_again_when_it_says()
    {
        var vim = bench.Open();
        await vim.GetCapabilitiesAsync(default);
        bench.Cluster.Settings.Throttled = 3;

        Assert.Empty(await vim.ListComputesAsync(default));

        Assert.True(bench.Cluster.Settings.Throttled <= 0, "it was asked again");
    }

    [Fact]
    public async Task A_server_that_puts_off_for_ever_is_UNAVAILABLE_within_the_limit()
    {
        bench.Cluster.Settings.Throttled = int.MaxValue;
        var vim = bench.Open(bench.Options with { CallTimeout = TimeSpan.FromSeconds(2) });

        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<FailureException>(() => vim.ListComputesAsync(default))).Failure.Kind);
    }

    [Fact]
    public async Task A_look_at_a_connection_that_is_well_finds_nothing_wrong()
    {
        bench.Cluster.Make("StorageClass", "", new()
        {
            ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "fast", ["annotations"] = new System.Text.Json.Nodes.JsonObject { ["storageclass.kubernetes.io/is-default-class"] = "true" } },
            ["provisioner"] = "example.com/fast",
        });
        var checks = await bench.Open(bench.Options with { HelmPath = "/nowhere/helm" }).CheckConnectionAsync(default);

        Assert.DoesNotContain(checks, c => c.Result is ConnectionResult.Failed or ConnectionResult.Warning);
        Assert.Equal(["address", "TLS", "version", "credentials"], checks.Take(4).Select(c => c.Name));
        Assert.Contains("8000 mCPU", checks.Single(c => c.Name == "capacity").Detail, StringComparison.Ordinal);
        Assert.Equal("fast, the cluster's default", checks.Single(c => c.Name == "storage class").Detail);
        Assert.Equal(ConnectionResult.Skipped, checks.Single(c => c.Name == "helm").Result);
    }

    [Fact]
    public async Task Each_right_that_is_missing_is_named_with_what_to_do()
    {
        bench.Cluster.Settings.Denies = (verb, resource, _) => (verb, resource) is ("create", "deployments.apps") or (_, "pods/log") or ("list", "nodes");
        var checks = await bench.Open().CheckConnectionAsync(default);

        var deployments = checks.Single(c => c.Name == "right: deployments.apps");
        Assert.Equal((ConnectionResult.Failed, "create in all namespaces: not allowed"), (deployments.Result, deployments.Detail));
        Assert.Contains("deploy/k8s/vim", deployments.Remedy, StringComparison.Ordinal);
        Assert.Equal(ConnectionResult.Warning, checks.Single(c => c.Name == "right: pods/log").Result);
        Assert.Equal(ConnectionResult.Warning, checks.Single(c => c.Name == "right: nodes").Result);
        Assert.Equal(ConnectionResult.Failed, checks.Single(c => c.Name == "capacity").Result);
        Assert.Equal(ConnectionResult.Ok, checks.Single(c => c.Name == "right: statefulsets.apps").Result);
    }

    public async Task InitializeAsync() => bench = await KubernetesBench.StartAsync();

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private Task<IReadOnlyList<ConnectionCheck>> CheckAsync(string config, string folder, bool allowInsecure = false) =>
        bench.Open(bench.Options with { Folder = bench.Folder.File(folder), Kubeconfig = config, AllowInsecure = allowInsecure }).CheckConnectionAsync(default);
}
