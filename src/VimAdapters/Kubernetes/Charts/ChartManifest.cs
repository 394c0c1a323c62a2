using System.Globalization;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Charts;

/// <summary>When a hook of a chart runs.</summary>
internal enum HookTime
{
    PreInstall = 1,
    PostInstall = 2,
    PreDelete = 3,
    PostDelete = 4,
}

/// <summary>An object of a chart that is run at a time of its own.</summary>
internal sealed record ChartHook(IntendedObject Intended, IReadOnlyList<HookTime> Times, int Weight, IReadOnlyList<string> DeletePolicy);

/// <summary>What a chart renders to, checked, marked as a compute's, and in the order in which it is applied.</summary>
internal sealed record ChartManifest(IReadOnlyList<IntendedObject> Objects, IReadOnlyList<ChartHook> Hooks)
{
    private const string HookNote = "helm.sh/hook";
    private const string WeightNote = "helm.sh/hook-weight";
    private const string PolicyNote = "helm.sh/hook-delete-policy";

    /// <summary>Hooks of things that never happen to a compute, which is deleted and made again: they are left out.</summary>
    private static readonly HashSet<string> NeverHappen = ["pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback", "test", "test-success", "test-failure"];

    private static readonly Dictionary<string, HookTime> Times = new()
    {
        ["pre-install"] = HookTime.PreInstall, ["post-install"] = HookTime.PostInstall, ["pre-delete"] = HookTime.PreDelete, ["post-delete"] = HookTime.PostDelete,
    };

    /// <summary>The order of helm's own installer; what is not named comes last.</summary>
    private static readonly string[] Order =
    [
        "PriorityClass", "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "Secret", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim", "ClusterRole",
        "ClusterRoleBinding", "Role", "RoleBinding", "Service", "DaemonSet", "Pod", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "Ingress",
    ];

    /// <summary>The usual kinds, all of one namespace.</summary>
    private static readonly HashSet<string> UsualKinds =
    [
        "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "Secret", "ConfigMap", "PersistentVolumeClaim", "Role", "RoleBinding", "Service", "DaemonSet", "Pod", "ReplicaSet", "Deployment",
        "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "Ingress",
    ];

    /// <summary>Reads what helm rendered. All that is wrong with it is told at once.</summary>
    public static ChartManifest Read(string rendered, KubeRecord record, ComputeMark mark, ChartKinds kinds, IReadOnlyList<string> alsoAllowed)
    {
        var (faults, objects, hooks) = (new List<Fault>(), new List<IntendedObject>(), new List<ChartHook>());
        foreach (var document in Documents(rendered, record))
        {
            var (kind, name) = (Text(document["kind"]), Text((document["metadata"] as JsonObject)?["name"]));
            var note = Text(((document["metadata"] as JsonObject)?["annotations"] as JsonObject)?[HookNote]).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (note.Length > 0 && note.All(NeverHappen.Contains))
            {
                continue;
            }

            if (Fault(document, kind, name, note, kinds, alsoAllowed) is { } why)
            {
                faults.Add(new($"{kind}/{name}", why));
                continue;
            }

            var intended = Marked(document, kinds.Find(Text(document["apiVersion"]), kind)!, record, mark, isHook: note.Length > 0);
            if (note.Length == 0)
            {
                objects.Add(intended);
            }
            else
            {
                hooks.Add(HookOf(intended, note));
            }
        }

        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("VIM_CHART", $"The chart is refused: {string.Join(" ", faults)}", $"image/{record.Spec!.Images[0].Digest}", faults).ToException();
        }

        return new([.. objects.OrderBy(o => Place(o.Kind.Kind)).ThenBy(o => o.Name, StringComparer.Ordinal)],
            [.. hooks.OrderBy(h => h.Weight).ThenBy(h => Place(h.Intended.Kind.Kind)).ThenBy(h => h.Intended.Name, StringComparer.Ordinal)]);
    }

    private static IEnumerable<JsonObject> Documents(string rendered, KubeRecord record)
    {
        try
        {
            // A List is what it lists.
            return [.. YamlText.Documents(rendered).OfType<JsonObject>()
                .SelectMany(d => (string?)d["kind"] == "List" ? (d["items"] as JsonArray ?? []).OfType<JsonObject>().Select(i => (JsonObject)i.DeepClone()) : [d])];
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw Failure.InvalidInput("VIM_CHART", $"What the chart renders to is no YAML of Kubernetes objects: {e.Message}", $"image/{record.Spec!.Images[0].Digest}").ToException();
        }
    }

    private static string? Fault(JsonObject document, string kind, string name, string[] note, ChartKinds kinds, IReadOnlyList<string> alsoAllowed)
    {
        var found = kinds.Find(Text(document["apiVersion"]), kind);
        return kind == "CustomResourceDefinition" ? "a chart may not bring kinds of its own into the cluster; install them beforehand, as the cluster's administrator."
            : kind.Length == 0 || name.Length == 0 ? "it has no kind, or no name."
            : !UsualKinds.Contains(kind) && !alsoAllowed.Contains(kind)
                ? $"charts may not bring a {kind}{(found?.Namespaced == false ? ", which is of the whole cluster" : "")}; the operator may allow it with ChartKinds."
            : document.Where(f => f.Key is "metadata" or "spec").Any(f => f.Value is not (JsonObject or null)) ? "its metadata or spec is no object."
            : found is null ? $"this cluster does not serve {kind} of {document["apiVersion"]}."
            : note.FirstOrDefault(n => !Times.ContainsKey(n) && !NeverHappen.Contains(n)) is { } unknown
                ? $"its hook '{unknown}' is not known; pre-install, post-install, pre-delete and post-delete are honoured."
            : null;
    }

    private static ChartHook HookOf(IntendedObject intended, string[] note)
    {
        string Note(string name) => Text(intended.Intent["metadata"]?["annotations"]?[name]);
        _ = int.TryParse(Note(WeightNote), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var weight);
        var policy = Note(PolicyNote).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(intended, [.. note.Where(Times.ContainsKey).Select(n => Times[n])], weight, policy);
    }

    /// <summary>The object in the tenant's namespace with our mark, on the pods that it makes too.</summary>
    private static IntendedObject Marked(JsonObject document, ResourceKind kind, KubeRecord record, ComputeMark mark, bool isHook)
    {
        var meta = (JsonObject)document["metadata"]!;
        meta.Remove("namespace");
        if (kind.Namespaced)
        {
            meta["namespace"] = record.Namespace;
        }

        var labels = mark.LabelsOf(record);
        if (isHook)
        {
            labels[ComputeMark.HookLabel] = "true";
        }

        Mark(meta, labels, ComputeMark.NotesOf(record));
        document.Remove("status");
        foreach (var template in Templates(document, kind.Kind))
        {
            Mark(MetaOf(template), labels, []);
            if (record.Spec!.Zone.Length > 0 && template["spec"] is JsonObject pod)
            {
                if (pod["nodeSelector"] is not JsonObject)
                {
                    pod["nodeSelector"] = new JsonObject();
                }

                pod["nodeSelector"]![ComputePod.ZoneLabel] = record.Spec.Zone;
            }
        }

        foreach (var claim in (document["spec"]?["volumeClaimTemplates"] as JsonArray ?? []).OfType<JsonObject>())
        {
            // So that the claims go with the compute.
            Mark(MetaOf(claim), labels, []);
        }

        return new(kind, document);
    }

    private static JsonObject MetaOf(JsonObject owner)
    {
        if (owner["metadata"] is not JsonObject)
        {
            owner["metadata"] = new JsonObject();
        }

        return (JsonObject)owner["metadata"]!;
    }

    private static IEnumerable<JsonObject> Templates(JsonObject document, string kind)
    {
        var spec = document["spec"];
        var template = kind switch
        {
            "CronJob" => ((spec?["jobTemplate"] as JsonObject)?["spec"] as JsonObject)?["template"],
            "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" or "Job" => spec?["template"],
            _ => null,
        };
        return template is JsonObject found ? [found] : [];
    }

    private static void Mark(JsonObject meta, Dictionary<string, string> labels, Dictionary<string, string> notes)
    {
        foreach (var (field, marks) in new[] { ("labels", labels), ("annotations", notes) })
        {
            foreach (var (name, value) in marks)
            {
                // Labels of a template may be missing, or null.
                if (meta[field] is not JsonObject)
                {
                    meta[field] = new JsonObject();
                }

                // What manages it is said by the chart itself; everything else of ours is ours to say.
                if (name != ComputeMark.ManagedBy || !((JsonObject)meta[field]!).ContainsKey(name))
                {
                    meta[field]![name] = value;
                }
            }
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value ? value.ToString() : "";

    private static int Place(string kind) => Array.IndexOf(Order, kind) is >= 0 and var place ? place : Order.Length;
}
