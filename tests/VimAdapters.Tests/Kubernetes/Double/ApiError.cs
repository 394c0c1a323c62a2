using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>A refusal with the Status body that the API server would send.</summary>
internal sealed class ApiError(int code, string reason, string message, JsonObject? details = null, int? retryAfter = null) : Exception(message)
{
    public int Code { get; } = code;

    public int? RetryAfter { get; } = retryAfter;

    public JsonObject Body()
    {
        var body = new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message, ["reason"] = reason, ["code"] = Code,
        };
        if (details is not null)
        {
            body["details"] = details.DeepClone();
        }

        return body;
    }

    public static ApiError NotFound(Row row, string name) => new(404, "NotFound", $"{row.Resource} \"{name}\" not found", Details(row, name));

    public static ApiError Exists(Row row, string name) => new(409, "AlreadyExists", $"{row.Resource} \"{name}\" already exists", Details(row, name));

    public static ApiError Conflict(Row row, string name, string why) => new(409, "Conflict", $"Operation cannot be fulfilled on {row.Resource} \"{name}\": {why}", Details(row, name));

    public static ApiError Invalid(Row row, string name, params (string Field, string Message)[] causes) => new(422, "Invalid",
        $"{row.Kind} \"{name}\" is invalid: {string.Join(", ", causes.Select(c => $"{c.Field}: {c.Message}"))}", Details(row, name, "FieldValueInvalid", causes));

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Forbidden(Row row, string name, string why) => new(403, "Forbidden", $"{row.Resource} \"{name}\" is forbidden: {why}", Details(row, name));

    public static ApiError Expired(long asked, long oldest) => new(410, "Expired", $"too old resource version: {asked} ({oldest})");

    /// <summary>Server-side apply met fields of other managers.</summary>
    public static ApiError FieldConflict(Row row, string name, IReadOnlyList<(string Manager, string Field)> conflicts)
    {
        var by = string.Join(", ", conflicts.Select(c => $"conflict with \"{c.Manager}\": {c.Field}"));
        return new(409, "Conflict", $"Apply failed with {conflicts.Count} conflict{(conflicts.Count == 1 ? "" : "s")}: {by}",
            Details(row, name, "FieldManagerConflict", [.. conflicts.Select(c => (c.Field, $"conflict with \"{c.Manager}\""))]));
    }

    private static JsonObject Details(Row row, string name, string reason = "", params (string Field, string Message)[] causes)
    {
        var details = new JsonObject { ["name"] = name, ["kind"] = row.Plural };
        if (row.Group.Length > 0)
        {
            details["group"] = row.Group;
        }

        if (causes.Length > 0)
        {
            details["causes"] = new JsonArray([.. causes.Select(c => new JsonObject { ["reason"] = reason, ["message"] = c.Message, ["field"] = c.Field })]);
        }

        return details;
    }
}
