using System.Text.Json.Nodes;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>The objects of one overlay, as they would be applied.</summary>
internal sealed class Rendered
{
    private static readonly Dictionary<string, Rendered> Known = [];

    private Rendered(string overlay) => Objects = [.. Yaml.Documents(Kubectl.Kustomize($"overlays/{overlay}"))];

    public IReadOnlyList<JsonObject> Objects { get; }

    /// <summary>Every overlay of deploy/k8s.</summary>
    public static TheoryData<string> Overlays { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Testing.Repository.Folder, "deploy", "k8s", "overlays")).Select(f => Path.GetFileName(f)!).Order()];

    public static Rendered Of(string overlay)
    {
        lock (Known)
        {
            return Known.TryGetValue(overlay, out var known) ? known : Known[overlay] = new(overlay);
        }
    }

    public IEnumerable<JsonObject> OfKind(params string[] kinds) => Objects.Where(o => kinds.Contains(o.Text("kind")));

    public JsonObject? Find(string kind, string name) => OfKind(kind).FirstOrDefault(o => o.Name() == name);

    public IEnumerable<Workload> Workloads() => OfKind("StatefulSet", "Deployment", "DaemonSet", "Job", "CronJob").Select(o => new Workload(this, o));

    public IEnumerable<Container> Containers() => Workloads().SelectMany(w => w.Containers());

    /// <summary>The containers that run a program of ours.</summary>
    public IEnumerable<Container> Ours() => Containers().Where(c => c.Program is not null);
}

/// <summary>Something that makes pods.</summary>
internal sealed record Workload(Rendered All, JsonObject Object)
{
    public string Id => Object.Id();

    public JsonObject Template => (JsonObject)(Object.Text("kind") == "CronJob"
        ? Object.At("spec", "jobTemplate", "spec", "template")! : Object.At("spec", "template")!);

    public JsonObject Pod => (JsonObject)Template["spec"]!;

    public IReadOnlyDictionary<string, string> Labels => Template.Texts("metadata", "labels");

    public IEnumerable<Container> Containers() => Pod.Items("containers").Concat(Pod.Items("initContainers")).Select(c => new Container(this, c));

    /// <summary>The names of what can be mounted: volumes and claims made for each pod.</summary>
    public IEnumerable<string> Volumes() =>
        Pod.Items("volumes").Select(v => v.Name()).Concat(Object.Items("spec", "volumeClaimTemplates").Select(c => c.Name()));
}

/// <summary>One container of a pod.</summary>
internal sealed record Container(Workload Workload, JsonObject Object)
{
    public string Id => $"{Workload.Id}/{Object.Text("name")}";

    public string Image => Object.Text("image");

    /// <summary>The project under src whose program it runs; null: not one of ours.</summary>
    public string? Program => Image.Split('/')[^1].Split(':')[0] switch
    {
        "mano-meo" => "Meo",
        "mano-mepm" => "Mepm",
        "mano-platform" => "MecPlatform",
        "mano" => "Cli",
        _ => null,
    };

    public IEnumerable<(string Name, int Port, string Protocol)> Ports() =>
        Object.Items("ports").Select(p => (p.Text("name"), (int)(long)p["containerPort"]!, p["protocol"]?.GetValue<string>() ?? "TCP"));

    public IEnumerable<(string Kind, JsonObject Probe)> Probes() =>
        new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Where(Object.ContainsKey).Select(k => (k, (JsonObject)Object[k]!));

    /// <summary>The environment by which arguments are expanded; what only a running pod knows is made up.</summary>
    public IReadOnlyDictionary<string, string> Environment()
    {
        var all = new Dictionary<string, string>();
        foreach (var from in Object.Items("envFrom"))
        {
            var map = Workload.All.Find("ConfigMap", from.At("configMapRef")!.AsObject().Name());
            foreach (var (name, value) in map!.Texts("data"))
            {
                all[name] = value;
            }
        }

        foreach (var one in Object.Items("env"))
        {
            all[one.Text("name")] = one["value"]?.GetValue<string>() ?? one.At("valueFrom", "fieldRef", "fieldPath")?.GetValue<string>() switch
            {
                "metadata.name" => $"{Workload.Object.Name()}-0",
                "metadata.namespace" => Workload.Object.Text("metadata", "namespace"),
                "status.podIP" => "10.1.2.3",
                var other => $"unknown:{other}",
            };
        }

        return all;
    }

    /// <summary>The arguments as the kubelet expands them.</summary>
    public string[] Arguments() => [.. Object.Items<JsonValue>("args").Select(a => Expand(a.GetValue<string>()))];

    private string Expand(string text) => Environment().Aggregate(text, (t, v) => t.Replace($"$({v.Key})", v.Value, StringComparison.Ordinal));
}

/// <summary>Reading JSON objects.</summary>
internal static class JsonReading
{
    public static JsonNode? At(this JsonNode node, params IEnumerable<string> path) =>
        path.Aggregate((JsonNode?)node, (n, key) => (n as JsonObject)?[key]);

    public static string Text(this JsonNode node, params IEnumerable<string> path) => node.At(path)?.GetValue<string>() ?? "";

    /// <summary>"mano-meo": the name in an object's metadata, or of a reference.</summary>
    public static string Name(this JsonNode node) => node.At("metadata", "name")?.GetValue<string>() ?? node.Text("name");

    public static string Id(this JsonNode node) => $"{node.Text("kind")}/{node.Name()}";

    public static IEnumerable<JsonObject> Items(this JsonNode node, params IEnumerable<string> path) => node.Items<JsonObject>([.. path]);

    public static IEnumerable<T> Items<T>(this JsonNode node, params string[] path)
        where T : JsonNode => (node.At(path) as JsonArray ?? []).OfType<T>();

    public static IReadOnlyDictionary<string, string> Texts(this JsonNode node, params IEnumerable<string> path) =>
        (node.At(path) as JsonObject ?? []).ToDictionary(p => p.Key, p => p.Value?.ToString() ?? "");

    /// <summary>Whether a label selector (matchLabels alone) chooses these labels.</summary>
    public static bool Chooses(this IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value);
}
