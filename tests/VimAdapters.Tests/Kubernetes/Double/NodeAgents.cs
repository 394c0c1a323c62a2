using System.Globalization;
using System.Text.Json.Nodes;
using Mano.VimAdapters.Kubernetes.Capacity;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>
/// The scheduler, and a kubelet whose images are scripts by their names: <c>…/exits-3</c> ends with 3, <c>…/missing</c> is not in
/// its registry, <c>…/oom</c> takes too much memory, <c>…/slow</c> is being pulled until told otherwise, <c>…/root</c> runs as
/// root; all others run until they are stopped.
/// </summary>
internal sealed class NodeAgents(ApiVerbs verbs, ClusterSettings settings, ClusterEvents events)
{
    private static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan EndTime = TimeSpan.FromMilliseconds(30);

    private readonly ObjectStore store = verbs.Store;
    private readonly Dictionary<string, PodRun> runs = [];
    private int addresses;

    /// <summary>Images that are slow come when this says so.</summary>
    public bool SlowImagesCome { get; set; }

    public string LogOf(string uid)
    {
        lock (runs)
        {
            return runs.TryGetValue(uid, out var run) ? run.Log : "";
        }
    }

    /// <summary>Writes to the log of a pod.</summary>
    public void Write(string uid, string text)
    {
        lock (runs)
        {
            RunOf(uid).Log += text;
        }
    }

    public void Step()
    {
        foreach (var pod in store.All(Row.Of("Pod")))
        {
            if ((string?)pod.At("spec", "nodeName") is not null)
            {
                if (settings.HasKubelet)
                {
                    Keep(pod);
                }
            }
            else if (!pod.IsEnding())
            {
                Schedule(pod);
            }
        }
    }

    private void Schedule(JsonObject pod)
    {
        var nodes = store.All(Row.Of("Node"));
        var reasons = new List<string>();
        foreach (var node in nodes)
        {
            if (WhyNot(pod, node) is { } why)
            {
                reasons.Add(why);
                continue;
            }

            verbs.Change(Row.Of("Pod"), pod, p =>
            {
                p["spec"]!["nodeName"] = node.Name();
                p["status"]!["conditions"] = new JsonArray(Condition("PodScheduled", "True"));
            }, "kube-scheduler");
            events.Tell(pod, "Scheduled", $"Successfully assigned {pod.Space()}/{pod.Name()} to {node.Name()}");
            return;
        }

        var tally = string.Join(", ", reasons.GroupBy(r => r).Select(g => $"{g.Count()} {g.Key}"));
        var message = $"0/{nodes.Count} nodes are available: {tally}.";
        if ((string?)(pod.At("status", "conditions") as JsonArray)?.FirstOrDefault()?["message"] != message)
        {
            events.Warn(pod, "FailedScheduling", message);
            verbs.Change(Row.Of("Pod"), pod, p => p["status"]!["conditions"] = new JsonArray(Condition("PodScheduled", "False", "Unschedulable", message)), "kube-scheduler");
        }
    }

    private string? WhyNot(JsonObject pod, JsonObject node)
    {
        var pods = store.All(Row.Of("Pod")).Where(p => (string?)p.At("spec", "nodeName") == node.Name() && (string?)p.At("status", "phase") is not ("Succeeded" or "Failed")).ToArray();
        foreach (var name in new[] { "cpu", "memory", "ephemeral-storage" })
        {
            if (pods.Sum(p => Admission.Requests(p, name)) + Admission.Requests(pod, name) > (Quantity.Parse((string?)node.At("status", "allocatable", name)) ?? 0))
            {
                return $"Insufficient {name}";
            }
        }

        if ((bool?)node.At("spec", "unschedulable") == true)
        {
            return "node(s) were unschedulable";
        }

        if (ObjectReading.Texts(pod.At("spec", "nodeSelector")).Any(s => node.Labels().GetValueOrDefault(s.Key) != s.Value))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        bool Meets(string affinity, bool together) => (pod.At("spec", "affinity", affinity, "requiredDuringSchedulingIgnoredDuringExecution") as JsonArray ?? []).All(term =>
        {
            var wanted = ObjectReading.Texts(term.At("labelSelector", "matchLabels"));
            bool Matches(JsonObject p) => wanted.All(w => p.Labels().GetValueOrDefault(w.Key) == w.Value);
            return together ? pods.Any(Matches) || !store.All(Row.Of("Pod"), pod.Space()).Any(p => p.Uid() != pod.Uid() && p.At("spec", "nodeName") is not null && Matches(p)) : !pods.Any(Matches);
        });
        return !Meets("podAntiAffinity", false) ? "node(s) didn't match pod anti-affinity rules" : !Meets("podAffinity", true) ? "node(s) didn't match pod affinity rules" : null;
    }

    private void Keep(JsonObject pod)
    {
        PodRun run;
        lock (runs)
        {
            run = RunOf(pod.Uid());
        }

        var now = settings.Clock.GetUtcNow();
        if (pod.IsEnding())
        {
            run.EndsAt ??= now + EndTime;
            if (now >= run.EndsAt)
            {
                verbs.Delete(Row.Of("Pod"), pod.Space(), pod.Name(), new() { ["gracePeriodSeconds"] = 0 });
            }

            return;
        }

        if ((string?)pod.At("status", "phase") is "Succeeded" or "Failed")
        {
            return;
        }

        if (settings.HasMetrics && run.StartedAt is not null)
        {
            Measure(pod, now);
        }

        var container = (JsonObject)pod.At("spec", "containers")!.AsArray()[0]!;
        var image = (string)container["image"]!;
        var script = image.Split('/')[^1].Split(':')[0];
        var status = StatusOf(pod, run, script, image, container, now);
        if (status is not null)
        {
            verbs.Change(Row.Of("Pod"), pod, p => p["status"] = status, "kubelet");
        }
    }

    // As metrics-server tells it: a fifth of a CPU on average over the last 15 s, and 32 MiB.
    private void Measure(JsonObject pod, DateTimeOffset now)
    {
        lock (store.Gate)
        {
            var row = Row.Of("PodMetrics");
            var measured = new JsonObject
            {
                ["kind"] = "PodMetrics", ["apiVersion"] = row.ApiVersion, ["metadata"] = new JsonObject { ["name"] = pod.Name(), ["namespace"] = pod.Space(), ["uid"] = pod.Uid() + "-measured" },
                ["timestamp"] = Time(now), ["window"] = "15.5s",
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["usage"] = new JsonObject { ["cpu"] = "200000000n", ["memory"] = "32768Ki" } }),
            };
            if (store.Find(row, pod.Space(), pod.Name()) is null)
            {
                store.Add(row, measured);
            }
        }
    }

    private JsonObject? StatusOf(JsonObject pod, PodRun run, string script, string image, JsonObject container, DateTimeOffset now)
    {
        run.Address ??= string.Create(CultureInfo.InvariantCulture, $"10.244.{++addresses / 250}.{(addresses % 250) + 1}");
        var name = (string)container["name"]!;
        JsonObject Waiting(string reason, string message) => Told(pod, run, "Pending", Container(name, image, run, new() { ["waiting"] = Reason(reason, message) }));
        switch (script)
        {
            case "missing":
                if (run.Restarts++ == 0)
                {
                    events.Warn(pod, "Failed", $"Failed to pull image \"{image}\": not found");
                }

                return run.Restarts == 1
                    ? Waiting("ErrImagePull", $"rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": not found")
                    : Waiting("ImagePullBackOff", $"Back-off pulling image \"{image}\"");
            case "slow" when !SlowImagesCome:
                return Waiting("ContainerCreating", "");
            case "root" when (bool?)pod.At("spec", "securityContext", "runAsNonRoot") == true && pod.At("spec", "securityContext", "runAsUser") is null:
                return Waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root");
        }

        if (run.StartedAt is null)
        {
            run.StartedAt = now;
            run.Log += script.StartsWith("exits", StringComparison.Ordinal) ? "conformance ends\n" : "conformance starts\n";
            return Told(pod, run, "Running", Container(name, image, run, Running(now)));
        }

        var code = script == "oom" ? 137 : script.StartsWith("exits-", StringComparison.Ordinal) ? int.Parse(script["exits-".Length..], CultureInfo.InvariantCulture) : (int?)null;
        return code is { } ended ? Ended(pod, run, script, image, name, ended, now) : null;
    }

    private static JsonObject? Ended(JsonObject pod, PodRun run, string script, string image, string name, int code, DateTimeOffset now)
    {
        var terminated = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = code, ["reason"] = script == "oom" ? "OOMKilled" : code == 0 ? "Completed" : "Error", ["finishedAt"] = Time(now) } };
        if ((string?)pod.At("spec", "restartPolicy") == "Never" || ((string?)pod.At("spec", "restartPolicy") == "OnFailure" && code == 0))
        {
            return Told(pod, run, code == 0 ? "Succeeded" : "Failed", Container(name, image, run, terminated));
        }

        if (run.BackUntil is null)
        {
            run.BackUntil = now + (BackOff * Math.Min(4, run.Restarts + 1));
            return Told(pod, run, "Running", Container(name, image, run, new() { ["waiting"] = Reason("CrashLoopBackOff", $"back-off 10s restarting failed container={name}") }, terminated));
        }

        if (now < run.BackUntil)
        {
            return null;
        }

        (run.BackUntil, run.Restarts) = (null, run.Restarts + 1);
        run.Log += "conformance ends\n";
        return Told(pod, run, "Running", Container(name, image, run, Running(now), terminated));
    }

    private static JsonObject Told(JsonObject pod, PodRun run, string phase, JsonObject container)
    {
        var ready = container["state"]!["running"] is not null;
        var status = new JsonObject
        {
            ["phase"] = phase, ["podIP"] = run.Address, ["startTime"] = pod.At("status", "startTime")?.DeepClone() ?? pod.Meta()["creationTimestamp"]!.DeepClone(),
            ["conditions"] = new JsonArray(Condition("PodScheduled", "True"), Condition("Ready", ready ? "True" : "False")), ["containerStatuses"] = new JsonArray(container),
        };
        return status;
    }

    private static JsonObject Container(string name, string image, PodRun run, JsonObject state, JsonObject? last = null) => new()
    {
        ["name"] = name, ["image"] = image, ["imageID"] = "", ["ready"] = state["running"] is not null, ["restartCount"] = state["waiting"]?["reason"]?.GetValue<string>() is "ErrImagePull" or "ImagePullBackOff" ? 0 : run.Restarts,
        ["state"] = state, ["lastState"] = last ?? [],
    };

    private static JsonObject Running(DateTimeOffset at) => new() { ["running"] = new JsonObject { ["startedAt"] = Time(at) } };

    private static JsonObject Reason(string reason, string message) => message.Length == 0 ? new() { ["reason"] = reason } : new() { ["reason"] = reason, ["message"] = message };

    private static JsonObject Condition(string type, string status, string reason = "", string message = "") =>
        new() { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = message, ["lastTransitionTime"] = Time(TimeProvider.System.GetUtcNow()) };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private PodRun RunOf(string uid) => runs.TryGetValue(uid, out var run) ? run : runs[uid] = new();

    private sealed class PodRun
    {
        public DateTimeOffset? StartedAt { get; set; }

        public DateTimeOffset? EndsAt { get; set; }

        public DateTimeOffset? BackUntil { get; set; }

        public int Restarts { get; set; }

        public string? Address { get; set; }

        public string Log { get; set; } = "";
    }
}

/// <summary>Events, as the parts of a cluster write them.</summary>
internal sealed class ClusterEvents(ApiVerbs verbs, TimeProvider clock)
{
    private readonly HashSet<string> written = [];

    public string Now() => clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public void Tell(JsonObject about, string reason, string message) => Write(about, reason, message, "Normal");

    public void Warn(JsonObject about, string reason, string message) => Write(about, reason, message, "Warning");

    private void Write(JsonObject about, string reason, string message, string type)
    {
        lock (written)
        {
            if (!written.Add($"{about.Uid()} {reason} {message}"))
            {
                return;
            }
        }

        try
        {
            verbs.Create(Row.Of("Event"), about.Space(), new()
            {
                ["apiVersion"] = "v1", ["kind"] = "Event", ["metadata"] = new JsonObject { ["generateName"] = about.Name() + ".", ["namespace"] = about.Space() },
                ["involvedObject"] = new JsonObject { ["kind"] = (string?)about["kind"], ["namespace"] = about.Space(), ["name"] = about.Name(), ["uid"] = about.Uid() },
                ["reason"] = reason, ["message"] = message, ["type"] = type, ["firstTimestamp"] = Now(), ["lastTimestamp"] = Now(), ["count"] = 1,
            }, "kubelet");
        }
        catch (ApiError)
        {
            // Its namespace is going.
        }
    }
}
