using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>The controller manager: what makes pods of workloads, and what clears away. One step does what is to be done now.</summary>
internal sealed class Controllers(ApiVerbs verbs, ClusterEvents events)
{
    private readonly ObjectStore store = verbs.Store;

    public void Step()
    {
        EndNamespaces();
        Collect();
        Claims();
        foreach (var deployment in store.All(Row.Of("Deployment")))
        {
            Deploy(deployment);
        }

        foreach (var set in store.All(Row.Of("ReplicaSet")))
        {
            Replicate(set);
        }

        foreach (var set in store.All(Row.Of("StatefulSet")))
        {
            Order(set);
        }

        foreach (var job in store.All(Row.Of("Job")))
        {
            Run(job);
        }
    }

    private void EndNamespaces()
    {
        foreach (var space in store.All(Row.Of("Namespace")).Where(n => n.IsEnding()))
        {
            var content = store.Everything().Where(o => o.Row.Namespaced && o.Object.Space() == space.Name()).ToArray();
            foreach (var (row, one) in content.Where(o => !o.Object.IsEnding()))
            {
                Delete(row, one);
            }

            if (content.Length == 0)
            {
                store.Remove(Row.Of("Namespace"), space);
            }
            else if ((string?)space.At("status", "phase") != "Terminating")
            {
                verbs.Change(Row.Of("Namespace"), space, n => n["status"] = new JsonObject { ["phase"] = "Terminating" });
            }
        }
    }

    /// <summary>The garbage collector: foreground deletion, and what has no owner any more.</summary>
    private void Collect()
    {
        var all = store.Everything();
        var uids = all.Select(o => o.Object.Uid()).ToHashSet();
        foreach (var (row, one) in all)
        {
            if (one.IsEnding() && one.Finalizers().Contains("foregroundDeletion"))
            {
                var dependents = all.Where(o => o.Object.IsOwnedBy(one.Uid())).ToArray();
                foreach (var (kind, dependent) in dependents.Where(d => !d.Object.IsEnding()))
                {
                    Delete(kind, dependent, "Foreground");
                }

                if (dependents.Length == 0)
                {
                    verbs.Change(row, one, o => o.SetFinalizers(o.Finalizers().Where(f => f != "foregroundDeletion")));
                }
            }
            else if (!one.IsEnding() && one["metadata"]!["ownerReferences"] is JsonArray { Count: > 0 } owners && owners.All(o => !uids.Contains((string)o!["uid"]!)))
            {
                Delete(row, one);
            }
        }
    }

    private void Claims()
    {
        foreach (var claim in store.All(Row.Of("PersistentVolumeClaim")))
        {
            var isUsed = store.All(Row.Of("Pod"), claim.Space()).Any(p => (p.At("spec", "volumes") as JsonArray ?? []).Any(v => (string?)v.At("persistentVolumeClaim", "claimName") == claim.Name()));
            if (claim.IsEnding() && !isUsed)
            {
                verbs.Change(Row.Of("PersistentVolumeClaim"), claim, c => c.SetFinalizers(c.Finalizers().Where(f => f != "kubernetes.io/pvc-protection")));
            }
            else if ((string?)claim.At("status", "phase") == "Pending")
            {
                verbs.Change(Row.Of("PersistentVolumeClaim"), claim, c => c["status"] = new JsonObject { ["phase"] = "Bound" });
            }
        }
    }

    private void Deploy(JsonObject deployment)
    {
        if (deployment.IsEnding())
        {
            return;
        }

        var row = Row.Of("ReplicaSet");
        var template = (JsonObject)deployment.At("spec", "template")!;
        var hash = Mano.VimAdapters.Kubernetes.Records.ComputeMark.Hash(template.ToJsonString(), 9);
        var sets = store.All(row, deployment.Space()).Where(s => s.IsOwnedBy(deployment.Uid())).ToArray();
        var replicas = (int)deployment.At("spec", "replicas").Number();
        if (sets.FirstOrDefault(s => s.Labels().GetValueOrDefault("pod-template-hash") == hash) is { } current)
        {
            var others = sets.Where(s => s != current).ToArray();
            foreach (var other in others.Where(o => o.At("spec", "replicas").Number() != 0))
            {
                Scale(row, other, 0);
            }

            // Recreate: the new one waits until nothing of the old runs.
            Scale(row, current, others.Any(o => o.At("status", "replicas").Number() > 0) ? 0 : replicas);
            Tell(deployment, current, replicas);
            return;
        }

        var labelled = (JsonObject)template.DeepClone();
        ((JsonObject)labelled["metadata"]!["labels"]!)["pod-template-hash"] = hash;
        var selector = (JsonObject)deployment.At("spec", "selector")!.DeepClone();
        ((JsonObject)selector["matchLabels"]!)["pod-template-hash"] = hash;
        Make(row, deployment, new()
        {
            ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject { ["name"] = $"{deployment.Name()}-{hash}", ["labels"] = labelled["metadata"]!["labels"]!.DeepClone() },
            ["spec"] = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = labelled },
        });
    }

    private void Tell(JsonObject deployment, JsonObject set, int replicas) => verbs.Change(Row.Of("Deployment"), deployment, d =>
    {
        var status = new JsonObject
        {
            ["observedGeneration"] = d.Meta()["generation"]!.DeepClone(), ["replicas"] = set.At("status", "replicas")?.DeepClone() ?? 0,
            ["updatedReplicas"] = set.At("status", "replicas")?.DeepClone() ?? 0, ["readyReplicas"] = set.At("status", "readyReplicas")?.DeepClone() ?? 0,
        };
        var conditions = new JsonArray();
        if ((set.At("status", "conditions") as JsonArray)?.FirstOrDefault() is { } failure)
        {
            // The deployment controller hands the ReplicaSet's condition up.
            conditions.Add(failure.DeepClone());
        }

        conditions.Add(new JsonObject { ["type"] = "Available", ["status"] = status["readyReplicas"].Number() >= replicas ? "True" : "False", ["reason"] = "MinimumReplicasAvailable", ["message"] = "" });
        status["conditions"] = conditions;
        d["status"] = status;
    });

    private void Replicate(JsonObject set)
    {
        if (set.IsEnding())
        {
            return;
        }

        var row = Row.Of("ReplicaSet");
        var pods = Pods(set).ToArray();
        var live = pods.Where(p => !p.IsEnding() && (string?)p.At("status", "phase") is not ("Failed" or "Succeeded")).ToArray();
        var wanted = (int)set.At("spec", "replicas").Number();
        ApiError? refused = null;
        for (var i = live.Length; i < wanted && refused is null; i++)
        {
            refused = MakePod(set, $"{set.Name()}-{store.NewUid()[^5..]}");
        }

        foreach (var surplus in live.Skip(wanted))
        {
            Delete(Row.Of("Pod"), surplus);
        }

        verbs.Change(row, set, s =>
        {
            var status = new JsonObject { ["replicas"] = pods.Length, ["readyReplicas"] = live.Count(IsReady) };
            var before = (s.At("status", "conditions") as JsonArray)?.FirstOrDefault();
            if (refused is not null || (before is not null && live.Length < wanted))
            {
                status["conditions"] = new JsonArray(before?.DeepClone() ?? new JsonObject
                {
                    ["type"] = "ReplicaFailure", ["status"] = "True", ["reason"] = "FailedCreate", ["message"] = refused!.Message, ["lastTransitionTime"] = events.Now(),
                });
            }

            s["status"] = status;
        });
    }

    private void Order(JsonObject set)
    {
        if (set.IsEnding())
        {
            return;
        }

        var pods = Pods(set).ToArray();
        var wanted = set.At("spec", "replicas").Number();
        foreach (var surplus in pods.Where(p => wanted == 0 && !p.IsEnding()))
        {
            Delete(Row.Of("Pod"), surplus);
        }

        // The place of one that is still ending is not free.
        if (wanted > 0 && pods.Length == 0 && MakePod(set, set.Name() + "-0") is { } refused)
        {
            events.Warn(set, "FailedCreate", $"create Pod {set.Name()}-0 in StatefulSet {set.Name()} failed error: {refused.Message}");
        }

        verbs.Change(Row.Of("StatefulSet"), set, s => s["status"] = new JsonObject
        {
            ["observedGeneration"] = s.Meta()["generation"]!.DeepClone(), ["replicas"] = pods.Length, ["readyReplicas"] = pods.Count(IsReady), ["updatedReplicas"] = pods.Length,
        });
    }

    private void Run(JsonObject job)
    {
        if (job.IsEnding() || (job.At("status", "conditions") as JsonArray ?? []).Count > 0)
        {
            return;
        }

        var pods = Pods(job).ToArray();
        if (pods.Length == 0)
        {
            MakePod(job, $"{job.Name()}-{store.NewUid()[^5..]}");
        }

        var end = pods.Select(p => (string?)p.At("status", "phase")).FirstOrDefault(p => p is "Succeeded" or "Failed");
        if (end is not null)
        {
            verbs.Change(Row.Of("Job"), job, j => j["status"] = new JsonObject
            {
                [end == "Succeeded" ? "succeeded" : "failed"] = 1,
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = end == "Succeeded" ? "Complete" : "Failed", ["status"] = "True", ["reason"] = end == "Succeeded" ? "" : "BackoffLimitExceeded",
                    ["message"] = end == "Succeeded" ? "" : "Job has reached the specified backoff limit",
                }),
            });
        }
    }

    private IEnumerable<JsonObject> Pods(JsonObject owner) => store.All(Row.Of("Pod"), owner.Space()).Where(p => p.IsOwnedBy(owner.Uid()));

    private static bool IsReady(JsonObject pod) =>
        (pod.At("status", "conditions") as JsonArray ?? []).Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True");

    private void Scale(Row row, JsonObject set, int replicas) => verbs.Change(row, set, s => s["spec"]!["replicas"] = replicas);

    private ApiError? MakePod(JsonObject owner, string name)
    {
        var template = (JsonObject)owner.At("spec", "template")!.DeepClone();
        var meta = template["metadata"] as JsonObject ?? [];
        meta["name"] = name;
        return Make(Row.Of("Pod"), owner, new() { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = meta.DeepClone(), ["spec"] = template["spec"]!.DeepClone() });
    }

    private ApiError? Make(Row row, JsonObject owner, JsonObject made)
    {
        made.Meta()["namespace"] = owner.Space();
        made.Meta()["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = (string)owner["apiVersion"]!, ["kind"] = (string)owner["kind"]!, ["name"] = owner.Name(), ["uid"] = owner.Uid(), ["controller"] = true, ["blockOwnerDeletion"] = true,
        });
        try
        {
            verbs.Create(row, owner.Space(), made, "kube-controller-manager");
            return null;
        }
        catch (ApiError e)
        {
            return e;
        }
    }

    private void Delete(Row row, JsonObject one, string policy = "Background")
    {
        try
        {
            verbs.Delete(row, one.Space(), one.Name(), new() { ["propagationPolicy"] = policy, ["preconditions"] = new JsonObject { ["uid"] = one.Uid() } });
        }
        catch (ApiError)
        {
            // Gone in the meantime.
        }
    }
}
