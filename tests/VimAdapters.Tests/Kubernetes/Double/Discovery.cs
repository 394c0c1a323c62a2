using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>What the server says of itself: groups, versions and resources.</summary>
internal static class Discovery
{
    private static readonly string[] Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

    public static JsonObject? Answer(string path, ClusterSettings settings)
    {
        var rows = Row.All.Where(r => settings.HasMetrics || r.Group != "metrics.k8s.io").ToArray();
        return path switch
        {
            "/api" => new() { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
            "/apis" => new()
            {
                ["kind"] = "APIGroupList", ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. rows.Where(r => r.Group.Length > 0).DistinctBy(r => r.Group).Select(r => new JsonObject
                {
                    ["name"] = r.Group, ["versions"] = new JsonArray(GroupVersion(r)), ["preferredVersion"] = GroupVersion(r),
                })]),
            },
            "/api/v1" => Resources("v1", rows.Where(r => r.Group.Length == 0)),
            _ => rows.Where(r => r.Group.Length > 0 && path == "/apis/" + r.ApiVersion).ToArray() is { Length: > 0 } own ? Resources(own[0].ApiVersion, own) : null,
        };
    }

    private static JsonObject GroupVersion(Row row) => new() { ["groupVersion"] = row.ApiVersion, ["version"] = row.Version };

    private static JsonObject Resources(string version, IEnumerable<Row> rows) => new()
    {
        ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = version,
        ["resources"] = new JsonArray([.. rows.Select(r => new JsonObject
        {
            ["name"] = r.Plural, ["singularName"] = r.Kind.ToLowerInvariant(), ["namespaced"] = r.Namespaced, ["kind"] = r.Kind,
            ["verbs"] = new JsonArray([.. Verbs.Select(v => JsonValue.Create(v))]), ["shortNames"] = new JsonArray([.. r.ShortNames.Select(s => JsonValue.Create(s))]),
        })]),
    };
}
