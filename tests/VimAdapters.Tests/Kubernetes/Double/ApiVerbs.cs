using System.Globalization;
using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>What the API server does to its objects when it is asked to.</summary>
internal sealed class ApiVerbs(ObjectStore store, Admission admission, TimeProvider clock)
{
    public ObjectStore Store => store;

    public JsonObject Get(Row row, string space, string name) => (JsonObject)(store.Find(row, space, name) ?? throw ApiError.NotFound(row, name)).DeepClone();

    public JsonObject Create(Row row, string space, JsonObject body, string manager, bool applies = false)
    {
        lock (store.Gate)
        {
            var meta = body["metadata"] as JsonObject ?? throw ApiError.BadRequest("metadata is missing");
            if ((string?)body["kind"] != row.Kind || (string?)body["apiVersion"] != row.ApiVersion)
            {
                throw ApiError.BadRequest($"the object provided is a {body["kind"]} of {body["apiVersion"]}, not a {row.Kind} of {row.ApiVersion}");
            }

            if (meta["resourceVersion"] is not null)
            {
                throw ApiError.BadRequest("resourceVersion should not be set on objects to be created");
            }

            if (meta["uid"] is { } uid)
            {
                throw ApiError.Conflict(row, (string?)meta["name"] ?? "", $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            }

            if (row.Namespaced)
            {
                meta["namespace"] ??= space;
                if ((string?)meta["namespace"] != space)
                {
                    throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
                }
            }

            meta["name"] ??= (string?)meta["generateName"] is { } generated ? generated + store.NewUid()[^5..] : throw ApiError.Invalid(row, "", ("metadata.name", "Required value: name or generateName is required"));
            var made = (JsonObject)body.DeepClone();
            admission.Admit(row, made, null);
            made.Meta()["uid"] = store.NewUid();
            made.Meta()["creationTimestamp"] = Now();
            made.Meta()["generation"] = 1;
            if (row.Kind == "PersistentVolumeClaim")
            {
                made.SetFinalizers([.. made.Finalizers(), "kubernetes.io/pvc-protection"]);
            }

            if (store.Find(row, made.Space(), made.Name()) is not null)
            {
                throw ApiError.Exists(row, made.Name());
            }

            Own(made, manager, applies, FieldSets.Fields(body).Keys);
            var stored = store.Add(row, made);
            if (row.Kind == "Namespace")
            {
                // Its controller does so a moment later, really; ServiceAccountDelay of a test takes it away again.
                store.Add(Row.Of("ServiceAccount"), new()
                {
                    ["apiVersion"] = "v1", ["kind"] = "ServiceAccount",
                    ["metadata"] = new JsonObject { ["name"] = "default", ["namespace"] = made.Name(), ["uid"] = store.NewUid(), ["creationTimestamp"] = Now() },
                });
            }

            return (JsonObject)stored.DeepClone();
        }
    }

    /// <summary>Replaces an object, or its status alone.</summary>
    public JsonObject Replace(Row row, string space, string name, JsonObject body, string manager, bool status = false)
    {
        lock (store.Gate)
        {
            var before = store.Find(row, space, name) ?? throw ApiError.NotFound(row, name);
            CheckPreconditions(row, before, (string?)body.Meta()["uid"], (string?)body.Meta()["resourceVersion"]);
            var made = status ? (JsonObject)before.DeepClone() : (JsonObject)body.DeepClone();
            if (status)
            {
                made["status"] = body["status"]?.DeepClone();
            }
            else
            {
                made["status"] = before["status"]?.DeepClone();
                if (made["status"] is null)
                {
                    made.Remove("status");
                }
            }

            return Stored(row, made, before, status ? null : manager, applies: false);
        }
    }

    /// <summary>Changes an object from inside the cluster, as a controller does.</summary>
    public JsonObject? Change(Row row, JsonObject one, Action<JsonObject> change, string manager = "kube-controller-manager")
    {
        lock (store.Gate)
        {
            if (store.Find(row, one.Space(), one.Name()) is not { } before || before.Uid() != one.Uid())
            {
                return null;
            }

            var made = (JsonObject)before.DeepClone();
            change(made);
            return IsFree(made) && before.Finalizers().Count > 0 ? Drop(row, made) : Stored(row, made, before, manager, applies: false);
        }
    }

    /// <summary>Server-side apply.</summary>
    public JsonObject Apply(Row row, string space, string name, JsonObject intent, string manager, bool force)
    {
        lock (store.Gate)
        {
            if (manager.Length == 0)
            {
                throw ApiError.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
            }

            if (intent.Meta()["managedFields"] is not null)
            {
                throw ApiError.BadRequest("metadata.managedFields must be nil");
            }

            if ((string?)intent.Meta()["name"] is { } own && own != name)
            {
                throw ApiError.BadRequest($"the name of the object ({own}) does not match the name on the URL ({name})");
            }

            if (store.Find(row, space, name) is not { } before)
            {
                intent.Meta()["name"] = name;
                return Create(row, space, intent, manager, applies: true);
            }

            CheckPreconditions(row, before, (string?)intent.Meta()["uid"], (string?)intent.Meta()["resourceVersion"]);
            var (wanted, live, sets) = (FieldSets.Fields(intent), FieldSets.Fields(before), store.ManagersOf(before));
            var mine = Key(manager, applies: true);
            var conflicts = sets.Where(s => s.Key != mine)
                .SelectMany(s => s.Value.Where(f => wanted.TryGetValue(f, out var value) && live.GetValueOrDefault(f) != value).Select(f => (Manager: s.Key.Split('|')[0], Field: FieldSets.Shown(f)))).ToArray();
            if (conflicts.Length > 0 && !force)
            {
                throw ApiError.FieldConflict(row, name, conflicts);
            }

            var made = (JsonObject)FieldSets.Merge(before, intent)!;
            var dropped = sets.GetValueOrDefault(mine, []).Where(f => !wanted.ContainsKey(f) && !sets.Any(s => s.Key != mine && s.Value.Contains(f))).ToArray();
            FieldSets.Remove(made, dropped);
            foreach (var other in sets.Where(s => s.Key != mine).Select(s => s.Value))
            {
                other.RemoveWhere(f => wanted.TryGetValue(f, out var value) && live.GetValueOrDefault(f) != value);
            }

            sets[mine] = [.. wanted.Keys];
            return Stored(row, made, before, null, applies: true);
        }
    }

    /// <summary>A merge patch (RFC 7386), as kubectl scale and the like send.</summary>
    public JsonObject MergePatch(Row row, string space, string name, JsonObject patch, string manager, bool status)
    {
        lock (store.Gate)
        {
            var before = store.Find(row, space, name) ?? throw ApiError.NotFound(row, name);
            CheckPreconditions(row, before, (string?)patch.At("metadata", "uid"), (string?)patch.At("metadata", "resourceVersion"));
            var made = (JsonObject)Patched(before, patch)!;
            if (!status && before["status"] is { } kept)
            {
                made["status"] = kept.DeepClone();
            }

            return IsFree(made) ? Drop(row, made) : Stored(row, made, before, status ? null : manager, applies: false);
        }
    }

    /// <summary>Deletes: at once, or by leaving it to those who must do something before it goes.</summary>
    public JsonObject Delete(Row row, string space, string name, JsonObject? options)
    {
        lock (store.Gate)
        {
            var before = store.Find(row, space, name) ?? throw ApiError.NotFound(row, name);
            CheckPreconditions(row, before, (string?)options.At("preconditions", "uid"), (string?)options.At("preconditions", "resourceVersion"));
            var policy = (string?)options.At("propagationPolicy") ?? "Background";
            var made = (JsonObject)before.DeepClone();
            var grace = row.Kind == "Pod" && made.At("spec", "nodeName") is not null && (string?)made.At("status", "phase") is not ("Succeeded" or "Failed")
                ? options.At("gracePeriodSeconds") is { } given ? (int)given.Number() : (int)made.At("spec", "terminationGracePeriodSeconds").Number() : 0;
            var finalizers = made.Finalizers().ToList();
            if (policy == "Foreground" && !finalizers.Contains("foregroundDeletion"))
            {
                finalizers.Add("foregroundDeletion");
            }
            else if (policy == "Background")
            {
                finalizers.Remove("foregroundDeletion");
            }

            made.SetFinalizers(finalizers);
            if (finalizers.Count == 0 && grace == 0 && row.Kind != "Namespace")
            {
                return Drop(row, made);
            }

            made.Meta()["deletionTimestamp"] ??= Now();
            made.Meta()["deletionGracePeriodSeconds"] = Math.Min(grace, before.Meta()["deletionGracePeriodSeconds"] is { } asked ? (int)asked.Number() : grace);
            return (JsonObject)store.Put(row, made).DeepClone();
        }
    }

    /// <summary>Nobody holds it any more: no finalizer, and no kubelet that has yet to end a pod within its grace.</summary>
    private static bool IsFree(JsonObject made) => made.IsEnding() && made.Finalizers().Count == 0 && made.Meta()["deletionGracePeriodSeconds"].Number() == 0;

    private JsonObject Drop(Row row, JsonObject gone)
    {
        store.Remove(row, gone);
        return (JsonObject)gone.DeepClone();
    }

    private JsonObject Stored(Row row, JsonObject made, JsonObject before, string? manager, bool applies)
    {
        // What belongs to the server is the server's.
        foreach (var own in new[] { "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "name", "namespace", "resourceVersion" })
        {
            made.Meta().Remove(own);
            if (before.Meta()[own] is { } kept)
            {
                made.Meta()[own] = kept.DeepClone();
            }
        }

        admission.Admit(row, made, before);
        if (!JsonNode.DeepEquals(made["spec"], before["spec"]))
        {
            made.Meta()["generation"] = before.Meta()["generation"].Number() + 1;
        }

        if (manager is not null)
        {
            var (now, was) = (FieldSets.Fields(made), FieldSets.Fields(before));
            Own(made, manager, applies, now.Where(f => was.GetValueOrDefault(f.Key) != f.Value).Select(f => f.Key));
        }

        Render(made);
        return (JsonObject)store.Put(row, made).DeepClone();
    }

    private void Own(JsonObject made, string manager, bool applies, IEnumerable<string> fields)
    {
        var (sets, taken) = (store.ManagersOf(made), fields.ToHashSet());
        if (taken.Count > 0)
        {
            foreach (var other in sets.Values)
            {
                other.ExceptWith(taken);
            }

            var key = Key(manager, applies);
            sets[key] = [.. sets.GetValueOrDefault(key, []), .. taken];
        }

        Render(made);
    }

    private void Render(JsonObject made) => made.Meta()["managedFields"] = new JsonArray([.. store.ManagersOf(made).Where(s => s.Value.Count > 0).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new JsonObject
    {
        ["manager"] = s.Key.Split('|')[0], ["operation"] = s.Key.Split('|')[1], ["apiVersion"] = (string)made["apiVersion"]!, ["fieldsType"] = "FieldsV1", ["fieldsV1"] = FieldSets.Rendered(s.Value),
    })]);

    private static void CheckPreconditions(Row row, JsonObject before, string? uid, string? version)
    {
        if (uid is not null && uid != before.Uid())
        {
            throw ApiError.Conflict(row, before.Name(), $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Uid()}");
        }

        if (!string.IsNullOrEmpty(version) && version != (string?)before.Meta()["resourceVersion"])
        {
            throw ApiError.Conflict(row, before.Name(), "the object has been modified; please apply your changes to the latest version and try again");
        }
    }

    private static JsonNode? Patched(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
        {
            return patch?.DeepClone();
        }

        var made = target is JsonObject map ? (JsonObject)map.DeepClone() : [];
        foreach (var (name, value) in fields)
        {
            if (value is null)
            {
                made.Remove(name);
            }
            else
            {
                made[name] = Patched(made[name], value);
            }
        }

        return made;
    }

    private static string Key(string manager, bool applies) => $"{manager}|{(applies ? "Apply" : "Update")}";

    private string Now() => clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
