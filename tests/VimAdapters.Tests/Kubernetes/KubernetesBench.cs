using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.Tests.Kubernetes.Double;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>A cluster, a folder, and adapters on them.</summary>
internal sealed class KubernetesBench : IAsyncDisposable
{
    public const string Registry = "registry.example/edge";

    private readonly List<KubernetesVim> opened = [];

    private KubernetesBench(ClusterDouble cluster) => Cluster = cluster;

    public ClusterDouble Cluster { get; }

    public TempFolder Folder { get; } = new();

    public KubernetesOptions Options => new()
    {
        Folder = Folder.File("adapter"),
        Kubeconfig = Cluster.Kubeconfig(),
        PollInterval = TimeSpan.FromMilliseconds(200),
        CallTimeout = TimeSpan.FromSeconds(20),
        FaultPatience = TimeSpan.FromSeconds(3),
        HelmPath = HelmBench.Helm ?? "",
    };

    public static async Task<KubernetesBench> StartAsync(int nodes = 2, ClusterSettings? settings = null) => new(await ClusterDouble.StartAsync(nodes, settings));

    public static ImageSource Image(string name = "app:1.0") => ImageSource.FromName($"{Registry}/{name}");

    public KubernetesVim Open(KubernetesOptions? options = null)
    {
        var vim = new KubernetesVim(options ?? Options, TimeProvider.System, NullLogger<KubernetesVim>.Instance);
        opened.Add(vim);
        return vim;
    }

    public static ComputeSpec Spec(ImageSource? image = null, string app = "app") => new()
    {
        Name = app,
        Images = [(image ?? Image()).Image],
        Resources = new(50, 32, 0),
        Labels = new("tenant-1", app),
        Ports = [new("web", Transport.Tcp, 18080)],
        RestartPolicy = RestartPolicy.Always,
    };

    /// <summary>Ensures the image and the compute.</summary>
    public static async Task<Compute> EnsureAsync(IVimAdapter vim, string id, ComputeSpec spec, ImageSource? image = null, long number = 1)
    {
        await vim.EnsureImageAsync(image ?? Image(), default);
        return await vim.EnsureComputeAsync(id, number, spec, default);
    }

    public static async Task<Compute> BecomesAsync(IVimAdapter vim, string id, Func<Compute, bool> state)
    {
        Compute? last = null;
        await Eventually.Is(async () => (last = await vim.GetComputeAsync(id, default)) is not null && state(last), $"{id} comes to the state that is waited for");
        return last!;
    }

    public static Task<Compute> RunsAsync(IVimAdapter vim, string id) => BecomesAsync(vim, id, c => c.State == ComputeState.Running);

    public ConformanceSubject Subject(string name, Func<IVimAdapter, IVimAdapter>? around = null) => new()
    {
        Name = name,
        Open = () => Task.FromResult(around is null ? Open() : around(Open())),
        Image = Image(),
        EndingImage = Image("exits-3"),
        Chart = HelmBench.Helm is null ? null : HelmBench.Chart(Folder, ("web.yaml", HelmBench.Web)),
        AddForeignCompute = AddForeignAsync,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var vim in opened)
        {
            await vim.DisposeAsync();
        }

        await Cluster.DisposeAsync();
        Folder.Dispose();
    }

    private Task<IAsyncDisposable> AddForeignAsync()
    {
        Cluster.Make("Deployment", "default", (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""
            { "metadata": { "name": "foreign" }, "spec": { "selector": { "matchLabels": { "app": "foreign" } },
              "template": { "metadata": { "labels": { "app": "foreign" } }, "spec": { "containers": [ { "name": "c", "image": "registry.example/edge/app" } ] } } } }
            """)!);
        return Task.FromResult<IAsyncDisposable>(new Foreign(Cluster));
    }

    private sealed class Foreign(ClusterDouble cluster) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            cluster.Delete("Deployment", "default", "foreign");
            return ValueTask.CompletedTask;
        }
    }
}
