using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mano.VimAdapters.Kubernetes.Capacity;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>What is let into the store, and what the server adds to it.</summary>
internal sealed partial class Admission(ObjectStore store, ClusterSettings settings)
{
    /// <summary>Refuses an object that the server would refuse, and completes it.</summary>
    public void Admit(Row row, JsonObject one, JsonObject? before)
    {
        CheckNames(row, one);
        if (settings.Schema?.FaultsOf(one) is { Count: > 0 } faults)
        {
            // With fieldValidation=Strict an unknown field is a bad request; a wrong type is one always.
            throw ApiError.BadRequest($"{row.Kind} in version \"{row.Version}\" cannot be handled as a {row.Kind}: strict decoding error: {string.Join(", ", faults)}");
        }

        if (before is not null)
        {
            CheckImmutable(row, one, before);
        }
        else
        {
            CheckNamespace(row, one);
            CheckQuota(row, one);
            CheckPodSecurity(row, one);
        }

        Complete(row, one);
    }

    private static void CheckNames(Row row, JsonObject one)
    {
        var name = one.Name();
        var pattern = row.Kind is "Service" ? Dns1035() : row.Kind is "Namespace" ? Dns1123() : Subdomain();
        if (!pattern.IsMatch(name) || name.Length > (row.Kind is "Service" or "Namespace" ? 63 : 253))
        {
            throw ApiError.Invalid(row, name, ("metadata.name", $"Invalid value: \"{name}\": a lowercase RFC 1123 label or subdomain must consist of lower case alphanumeric characters or '-'"));
        }

        foreach (var (key, value) in one.Labels().Concat(ObjectReading.Texts(one.At("spec", "template", "metadata", "labels"))))
        {
            if (!LabelKey().IsMatch(key) || !LabelValue().IsMatch(value))
            {
                throw ApiError.Invalid(row, name, ("metadata.labels", $"Invalid value: \"{key}={value}\": a valid label must be 63 characters or less and begin and end with an alphanumeric character"));
            }
        }

        foreach (var container in (one.At("spec", "template", "spec", "containers") ?? one.At("spec", "containers")) as JsonArray ?? [])
        {
            if (string.IsNullOrEmpty((string?)container!["image"]))
            {
                throw ApiError.Invalid(row, name, ("spec.containers[0].image", "Required value"));
            }
        }

        var template = ObjectReading.Texts(one.At("spec", "template", "metadata", "labels"));
        if (row.Group == "apps" && ObjectReading.Texts(one.At("spec", "selector", "matchLabels")).Any(s => template.GetValueOrDefault(s.Key) != s.Value))
        {
            throw ApiError.Invalid(row, name, ("spec.template.metadata.labels", "Invalid value: `selector` does not match template `labels`"));
        }

        if (row.Kind == "PersistentVolumeClaim" && Quantity.Parse((string?)one.At("spec", "resources", "requests", "storage")) is not > 0)
        {
            throw ApiError.Invalid(row, name, ("spec.resources[storage]", "Invalid value: must be greater than zero"));
        }
    }

    private static void CheckImmutable(Row row, JsonObject one, JsonObject before)
    {
        void Same(params string[] path)
        {
            if (!JsonNode.DeepEquals(one.At(path), before.At(path)))
            {
                throw ApiError.Invalid(row, one.Name(), (string.Join('.', path), "Invalid value: field is immutable"));
            }
        }

        switch (row.Kind)
        {
            case "Deployment" or "ReplicaSet":
                Same("spec", "selector");
                break;
            case "StatefulSet":
                Same("spec", "selector");
                Same("spec", "serviceName");
                Same("spec", "volumeClaimTemplates");
                break;
            case "Pod":
                Same("spec", "containers");
                Same("spec", "restartPolicy");
                Same("spec", "volumes");
                break;
            case "PersistentVolumeClaim":
                Same("spec");
                break;
            case "Job":
                Same("spec", "template");
                break;
            case "Service":
                Same("spec", "clusterIP");
                break;
            case "Secret":
                Same("type");
                break;
        }
    }

    private void CheckNamespace(Row row, JsonObject one)
    {
        if (!row.Namespaced)
        {
            return;
        }

        var space = store.Find(Row.Of("Namespace"), "", one.Space()) ?? throw new ApiError(404, "NotFound", $"namespaces \"{one.Space()}\" not found");
        if (space.IsEnding())
        {
            throw ApiError.Forbidden(row, one.Name(), $"unable to create new content in namespace {one.Space()} because it is being terminated");
        }

        if (row.Kind == "Pod" && store.Find(Row.Of("ServiceAccount"), one.Space(), (string?)one.At("spec", "serviceAccountName") ?? "default") is null)
        {
            throw ApiError.Forbidden(row, one.Name(), $"error looking up service account {one.Space()}/default: serviceaccount \"default\" not found");
        }
    }

    private void CheckQuota(Row row, JsonObject one)
    {
        foreach (var quota in store.All(Row.Of("ResourceQuota"), one.Space()))
        {
            var hard = ObjectReading.Texts(quota.At("spec", "hard"));
            foreach (var (name, limit) in hard)
            {
                var (asked, used) = (Usage(row, one, name), store.Everything().Where(o => o.Object.Space() == one.Space()).Sum(o => Usage(o.Row, o.Object, name)));
                if (asked > 0 && used + asked > Quantity.Parse(limit))
                {
                    throw ApiError.Forbidden(row, one.Name(), $"exceeded quota: {quota.Name()}, requested: {name}={Shown(asked)}, used: {name}={Shown(used)}, limited: {name}={limit}");
                }
            }
        }
    }

    private static decimal Usage(Row row, JsonObject one, string name) => name switch
    {
        "pods" => row.Kind == "Pod" ? 1 : 0,
        "persistentvolumeclaims" => row.Kind == "PersistentVolumeClaim" ? 1 : 0,
        "requests.storage" => row.Kind == "PersistentVolumeClaim" ? Quantity.Parse((string?)one.At("spec", "resources", "requests", "storage")) ?? 0 : 0,
        "requests.cpu" or "cpu" => row.Kind == "Pod" ? Requests(one, "cpu") : 0,
        "requests.memory" or "memory" => row.Kind == "Pod" ? Requests(one, "memory") : 0,
        _ => 0,
    };

    public static decimal Requests(JsonObject pod, string name) =>
        (pod.At("spec", "containers") as JsonArray ?? []).Sum(c => Quantity.Parse((string?)c.At("resources", "requests", name)) ?? 0);

    private static string Shown(decimal amount) => amount == Math.Floor(amount) ? amount.ToString("0", CultureInfo.InvariantCulture) : $"{(amount * 1000).ToString("0", CultureInfo.InvariantCulture)}m";

    private void CheckPodSecurity(Row row, JsonObject one)
    {
        var enforced = store.Find(Row.Of("Namespace"), "", one.Space())?.Labels().GetValueOrDefault("pod-security.kubernetes.io/enforce");
        if (row.Kind != "Pod" || enforced != "restricted")
        {
            return;
        }

        var pod = one.At("spec", "securityContext");
        foreach (var container in (JsonArray)one.At("spec", "containers")!)
        {
            var own = container.At("securityContext");
            var fine = (bool?)own.At("allowPrivilegeEscalation") == false && (own.At("capabilities", "drop") as JsonArray)?.Any(d => (string?)d == "ALL") == true
                && ((bool?)pod.At("runAsNonRoot") ?? (bool?)own.At("runAsNonRoot")) == true
                && (string?)(pod.At("seccompProfile", "type") ?? own.At("seccompProfile", "type")) == "RuntimeDefault";
            if (!fine)
            {
                throw ApiError.Forbidden(row, one.Name(), "violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile");
            }
        }
    }

    private void Complete(Row row, JsonObject one)
    {
        switch (row.Kind)
        {
            case "Namespace":
                one["spec"] ??= new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
                one["status"] ??= new JsonObject { ["phase"] = "Active" };
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet":
                ((JsonObject)one["spec"]!).TryAdd("replicas", 1);
                one["status"] ??= new JsonObject();
                break;
            case "Service":
                var spec = (JsonObject)one["spec"]!;
                spec.TryAdd("type", "ClusterIP");
                if (spec["clusterIP"] is null)
                {
                    spec["clusterIP"] = settings.NextAddress();
                    spec["clusterIPs"] = new JsonArray((string)spec["clusterIP"]!);
                }

                one["status"] ??= new JsonObject { ["loadBalancer"] = new JsonObject() };
                break;
            case "PersistentVolumeClaim":
                one["status"] ??= new JsonObject { ["phase"] = "Pending" };
                break;
            case "Pod":
                var pod = (JsonObject)one["spec"]!;
                pod.TryAdd("serviceAccountName", "default");
                pod.TryAdd("restartPolicy", "Always");
                pod.TryAdd("terminationGracePeriodSeconds", 30);
                one["status"] ??= new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };
                break;
        }
    }

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Dns1035();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Dns1123();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelKey();

    [GeneratedRegex(@"\A([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();
}
