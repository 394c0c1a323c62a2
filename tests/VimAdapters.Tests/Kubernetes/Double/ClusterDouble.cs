using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>
/// A cluster in this process: an API server over TLS on loopback, strict where the real one is strict, with simple
/// controllers, a scheduler and a kubelet. It was written from the API's documentation; kubectl vouches for it.
/// </summary>
internal sealed class ClusterDouble : IAsyncDisposable
{
    public const string Token = "a-token-of-the-tests";

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(15);

    private readonly TestAuthority authority = new();
    private readonly CancellationTokenSource ending = new();
    private readonly ApiVerbs verbs;
    private readonly ApiServer server;
    private readonly Controllers controllers;
    private WebApplication? app;
    private Task working = Task.CompletedTask;

    private ClusterDouble(ClusterSettings settings)
    {
        Settings = settings;
        settings.Schema = SchemaCheck.Shared;
        settings.Tokens[Token] = "system:serviceaccount:mano:mano-site";
        Store = new();
        verbs = new(Store, new(Store, settings), settings.Clock);
        Events = new(verbs, settings.Clock);
        Agents = new(verbs, settings, Events);
        controllers = new(verbs, Events);
        server = new(verbs, settings, new(Store, settings), (uid, _) => Agents.LogOf(uid));
    }

    public ClusterSettings Settings { get; }

    public ObjectStore Store { get; }

    public NodeAgents Agents { get; }

    public ClusterEvents Events { get; }

    public ApiVerbs Verbs => verbs;

    /// <summary>It comes back at the same one.</summary>
    public int Port { get; private set; } = Mano.Testing.DaemonProcess.FreePort();

    public string AuthorityPem => authority.Pem;

    public static async Task<ClusterDouble> StartAsync(int nodes = 2, ClusterSettings? settings = null)
    {
        var cluster = new ClusterDouble(settings ?? new());
        foreach (var space in new[] { "default", "kube-system", "mano" })
        {
            cluster.Make("Namespace", "", new() { ["metadata"] = new JsonObject { ["name"] = space } });
        }

        for (var i = 1; i <= nodes; i++)
        {
            cluster.AddNode($"node-{i}", i % 2 == 0 ? "zone-b" : "zone-a");
        }

        await cluster.ListenAsync();
        cluster.working = Task.Run(() => cluster.WorkAsync(cluster.ending.Token));
        return cluster;
    }

    /// <summary>A kubeconfig with our token.</summary>
    public string Kubeconfig(string user = $"token: {Token}", string cluster = "", string? server = null) => $"""
        apiVersion: v1
        kind: Config
        current-context: double
        contexts:
        - name: double
          context: {"{"} cluster: double, user: double, namespace: mano {"}"}
        clusters:
        - name: double
          cluster:
            server: {server ?? $"https://127.0.0.1:{Port}"}
            certificate-authority-data: {Base64(authority.Pem)}
            {cluster}
        users:
        - name: double
          user:
            {user}

        """;

    /// <summary>A certificate of a user, with its key, in PEM.</summary>
    public (string Certificate, string Key) UserCertificate(string name)
    {
        using var certificate = authority.Issue(name);
        return (certificate.ExportCertificatePem(), TestAuthority.KeyPem(certificate));
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Puts an object there as somebody else.</summary>
    public JsonObject Make(string kind, string space, JsonObject one, string manager = "somebody")
    {
        var row = Row.Of(kind);
        one["apiVersion"] = row.ApiVersion;
        one["kind"] = row.Kind;
        return verbs.Create(row, space, one, manager);
    }

    public JsonObject AddNode(string name, string zone, string cpu = "4", string memory = "8Gi", string disk = "100Gi")
    {
        var node = Make("Node", "", new() { ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["topology.kubernetes.io/zone"] = zone, ["kubernetes.io/hostname"] = name } } });
        return verbs.Change(Row.Of("Node"), node, n => n["status"] = new JsonObject
        {
            ["allocatable"] = new JsonObject { ["cpu"] = cpu, ["memory"] = memory, ["ephemeral-storage"] = disk, ["pods"] = "110" },
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
        })!;
    }

    public IReadOnlyList<JsonObject> All(string kind, string space = "") => Store.All(Row.Of(kind), space);

    public void Delete(string kind, string space, string name) => verbs.Delete(Row.Of(kind), space, name, null);

    public void Change(string kind, string space, string name, Action<JsonObject> change, string manager = "somebody") => verbs.Change(Row.Of(kind), verbs.Get(Row.Of(kind), space, name), change, manager);

    /// <summary>The server's process dies: connections break, what is stored stays.</summary>
    public async Task CrashAsync()
    {
        await app!.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        app = null;
    }

    /// <summary>It comes back where it was.</summary>
    public Task ComeBackAsync() => ListenAsync();

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await working;
        if (app is not null)
        {
            await CrashAsync();
        }

        authority.Dispose();
        ending.Dispose();
    }

    private async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Kestrel keeps it; it lives as long as the server.
        var certificate = authority.Issue("kubernetes", "127.0.0.1", "localhost", "kubernetes.default.svc");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (client, _, _) => authority.Signed(client);
            });
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        app = builder.Build();
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        Port = new Uri(app.Urls.First()).Port;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (Settings.HasControllers)
            {
                controllers.Step();
                Agents.Step();
            }

            await Task.Delay(Beat, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
