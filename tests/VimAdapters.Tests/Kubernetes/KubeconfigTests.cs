using Mano.Testing;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>What of a kubeconfig is honoured, and what is refused with what to do instead.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Fact]
    public void The_current_context_is_taken_and_another_where_one_is_named()
    {
        var config = Config("""
            current-context: one
            contexts:
            - { name: one, context: { cluster: a, user: ada } }
            - { name: two, context: { cluster: b, user: bob, namespace: edge } }
            clusters:
            - { name: a, cluster: { server: "https://a.example:6443" } }
            - { name: b, cluster: { server: "https://b.example/prefix", tls-server-name: kubernetes.default } }
            users:
            - { name: ada, user: { token: t1 } }
            - { name: bob, user: { token: t2 } }
            """);

        var (one, two) = (Read(config), Read(config, "two"));

        Assert.Equal(("https://a.example:6443/", "t1", "", "a.example"), (one.Server.ToString(), one.Token!.Read(), one.Namespace, one.ExpectedName));
        Assert.Equal(("https://b.example/prefix", "t2", "edge", "kubernetes.default"), (two.Server.ToString(), two.Token!.Read(), two.Namespace, two.ExpectedName));
        Assert.Contains("it has no context 'three'; there are one, two", Refused(config, "three"), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_read_from_a_file_and_its_paths_are_relative_to_that_file()
    {
        File.WriteAllText(folder.File("ca.crt"), "the authority");
        File.WriteAllText(folder.File("me.crt"), "my certificate");
        File.WriteAllText(folder.File("me.key"), "my key");
        File.WriteAllText(folder.File("config"), Config(Simple("client-certificate: me.crt, client-key: me.key", "certificate-authority: ca.crt")));

        var access = Read(folder.File("config"));

        Assert.Equal(("the authority", "my certificate\nmy key"), (access.Trust.Authority!.Read(), access.Identity!.Read()));
        File.WriteAllText(folder.File("me.crt"), "my next certificate");
        Assert.StartsWith("my next certificate", access.Identity.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_is_YAML_and_inline_data_win_over_files()
    {
        var access = Read($$"""
            { "current-context": "c", "contexts": [ { "name": "c", "context": { "cluster": "k", "user": "u" } } ],
              "clusters": [ { "name": "k", "cluster": { "server": "https://k:1", "certificate-authority": "/nowhere", "certificate-authority-data": "{{Base64("inline")}}" } } ],
              "users": [ { "name": "u", "user": { "token": "t" } } ] }
            """);

        Assert.Equal("inline", access.Trust.Authority!.Read());
    }

    [Fact]
    public void A_token_file_wins_over_a_token_and_is_read_again()
    {
        var clock = new ManualClock();
        File.WriteAllText(folder.File("token"), "first\n");
        var access = Kubeconfig.Read(Config(Simple($"token: old, tokenFile: {folder.File("token")}")), "", false, clock, out _)!;
        Assert.Equal("first", access.Token!.Read());

        File.WriteAllText(folder.File("token"), "second");
        Assert.Equal("first", access.Token.Read());
        Assert.Equal("second", access.Token.Read(refused: true));
        File.WriteAllText(folder.File("token"), "third");
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("third", access.Token.Read());
        File.Delete(folder.File("token"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("third", access.Token.Read());
    }

    [Theory]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token] }", "gets credentials from the program 'aws' (exec), and this adapter runs no foreign program. Make a service account")]
    [InlineData("auth-provider: { name: gcp }", "auth-provider 'gcp', which Kubernetes itself removed in 1.26; give a service account's token instead")]
    [InlineData("username: admin, password: hunter2", "a username and password, which Kubernetes removed in 1.19")]
    [InlineData("token: t, as: somebody", "impersonates another")]
    [InlineData("client-certificate-data: AAAA", "a client-certificate without its client-key")]
    [InlineData("client-certificate-data: '%%%', client-key-data: AAAA", "client-certificate-data is no base64")]
    [InlineData("client-certificate: /nowhere/me.crt, client-key: /nowhere/me.key", "client-certificate '/nowhere/me.crt' is not there")]
    public void Credentials_that_are_not_honoured_are_refused_with_what_to_do_instead(string user, string sentence)
    {
        var refused = Refused(Config(Simple(user)));

        Assert.Contains(sentence, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server: 'http://k:8080'", "server 'http://k:8080' is refused")]
    [InlineData("proxy-url: 'http://proxy:3128'", "has a proxy-url")]
    [InlineData("insecure-skip-tls-verify: true", "anybody could answer in the server's place")]
    public void A_cluster_that_is_not_reached_safely_is_refused(string cluster, string sentence) =>
        Assert.Contains(sentence, Refused(Config(Simple("token: t", cluster))), StringComparison.Ordinal);

    [Fact]
    public void Without_verification_it_is_taken_only_where_that_is_allowed()
    {
        var access = Kubeconfig.Read(Config(Simple("token: t", "insecure-skip-tls-verify: true")), "", allowInsecure: true, TimeProvider.System, out var faults);

        Assert.Empty(faults);
        Assert.True(access!.Trust.Insecure);
    }

    [Theory]
    [InlineData("a: [", "it is no YAML: line ")]
    [InlineData("just text\n", "it is no single YAML object")]
    [InlineData("kind: Config\n", "it has no current-context")]
    [InlineData("/nowhere/config", "/nowhere/config cannot be read")]
    public void What_is_no_kubeconfig_is_refused(string text, string sentence) => Assert.Contains(sentence, Refused(text.Contains('/', StringComparison.Ordinal) ? text : text + "\n"), StringComparison.Ordinal);

    [Fact]
    public void In_a_pod_the_service_account_is_found_and_elsewhere_it_is_said_what_is_missing()
    {
        var environment = new Dictionary<string, string?> { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "6443" };
        Assert.Null(InCluster.Find(environment.GetValueOrDefault, folder.FullPath, TimeProvider.System, out var noToken));
        Assert.Contains("this pod has no service account token", noToken.Single(), StringComparison.Ordinal);
        Assert.Null(InCluster.Find(_ => null, folder.FullPath, TimeProvider.System, out var noPod));
        Assert.Contains("does not run in a pod", noPod.Single(), StringComparison.Ordinal);

        File.WriteAllText(folder.File("token"), "t");
        File.WriteAllText(folder.File("namespace"), "site\n");
        File.WriteAllText(folder.File("ca.crt"), "ca");
        var access = InCluster.Find(environment.GetValueOrDefault, folder.FullPath, TimeProvider.System, out _)!;
        Assert.Equal(("https://[fd00::1]:6443/", "t", "site", "ca"), (access.Server.ToString(), access.Token!.Read(), access.Namespace, access.Trust.Authority!.Read()));
    }

    public void Dispose() => folder.Dispose();

    private static ApiAccess Read(string setting, string context = "")
    {
        var access = Kubeconfig.Read(setting, context, false, TimeProvider.System, out var faults);
        Assert.Empty(faults);
        return access!;
    }

    private static string Refused(string setting, string context = "")
    {
        Assert.Null(Kubeconfig.Read(setting, context, false, TimeProvider.System, out var faults));
        Assert.NotEmpty(faults);
        return string.Join("\n", faults);
    }

    private static string Config(string body) => "apiVersion: v1\nkind: Config\n" + body;

    private static string Simple(string user, string cluster = "")
    {
        var server = cluster.Contains("server:", StringComparison.Ordinal) ? "" : "server: 'https://k:6443'";
        return $$"""
            current-context: c
            contexts: [ { name: c, context: { cluster: k, user: u } } ]
            clusters: [ { name: k, cluster: { {{server}}{{(server.Length > 0 && cluster.Length > 0 ? ", " : "")}}{{cluster}} } } ]
            users: [ { name: u, user: { {{user}} } } ]
            """;
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
