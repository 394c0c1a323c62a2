using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mano.VimAdapters.Kubernetes.Connection;
using Microsoft.AspNetCore.Http;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>The HTTP face of the double: paths, verbs, credentials, rights, and Status bodies.</summary>
internal sealed class ApiServer(ApiVerbs verbs, ClusterSettings settings, ApiLists lists, Func<string, string, string> logs)
{
    public async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref settings.Requests);
        try
        {
            if (settings.Throttled > 0)
            {
                settings.Throttled--;
                throw new ApiError(429, "TooManyRequests", "too many requests, please try again later", null, settings.RetryAfterSeconds);
            }

            var user = UserOf(context);
            var path = context.Request.Path.Value!;
            if (await OtherAsync(context, path, user))
            {
                return;
            }

            await ResourceAsync(context, ApiPath.Parse(path), user);
        }
        catch (ApiError e)
        {
            if (e.RetryAfter is { } seconds)
            {
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }

            await TellAsync(context, e.Body(), e.Code);
        }
    }

    private string UserOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal) && settings.Tokens.TryGetValue(header["Bearer ".Length..], out var user))
        {
            return user;
        }

        return header.Length == 0 && context.Connection.ClientCertificate is { } certificate
            ? certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false)
            : throw new ApiError(401, "Unauthorized", "Unauthorized");
    }

    private async Task<bool> OtherAsync(HttpContext context, string path, string user)
    {
        var answer = path switch
        {
            "/version" => new JsonObject { ["major"] = "1", ["minor"] = "31", ["gitVersion"] = "v1.31.0-double" },
            "/apis/authentication.k8s.io/v1/selfsubjectreviews" => new() { ["kind"] = "SelfSubjectReview", ["apiVersion"] = "authentication.k8s.io/v1", ["status"] = new JsonObject { ["userInfo"] = new JsonObject { ["username"] = user } } },
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => await ReviewAsync(context),
            _ => Discovery.Answer(path, settings),
        };
        if (answer is null)
        {
            return false;
        }

        await TellAsync(context, answer, context.Request.Method == "POST" ? 201 : 200);
        return true;
    }

    private async Task<JsonObject> ReviewAsync(HttpContext context)
    {
        var body = await BodyAsync(context);
        var asked = body.At("spec", "resourceAttributes");
        var resource = (string?)asked.At("resource") + ((string?)asked.At("group") is { Length: > 0 } group ? "." + group : "") + ((string?)asked.At("subresource") is { Length: > 0 } sub ? "/" + sub : "");
        var denied = settings.Denies((string?)asked.At("verb") ?? "", resource, (string?)asked.At("namespace") ?? "");
        body["status"] = new JsonObject { ["allowed"] = !denied, ["reason"] = denied ? "" : "RBAC: allowed" };
        return body;
    }

    private async Task ResourceAsync(HttpContext context, ApiPath path, string user)
    {
        var (request, row) = (context.Request, path.Row);
        var watches = request.Query["watch"] is ["true" or "1"];
        var verb = request.Method switch
        {
            "GET" => path.Name.Length > 0 ? "get" : watches ? "watch" : "list",
            "POST" => "create", "PUT" => "update", "PATCH" => "patch", "DELETE" => path.Name.Length > 0 ? "delete" : "deletecollection",
            _ => throw new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };
        Authorize(verb, path, user);
        if (verb == "watch")
        {
            await lists.WatchAsync(context, row, path.Namespace);
            return;
        }

        if (path.Sub == "log")
        {
            var pod = verbs.Get(row, path.Namespace, path.Name);
            await TextAsync(context, LogOf(pod, request));
            return;
        }

        await settings.Meanwhile(request.Method, request.Path.Value!);
        var answer = verb switch
        {
            "get" => verbs.Get(row, path.Namespace, path.Name),
            "list" => lists.List(row, path.Namespace, request.Query),
            _ => await ChangeAsync(context, verb, path),
        };
        if (settings.Loses(request.Method, request.Path.Value!))
        {
            // It is done, and nobody hears of it.
            context.Abort();
            return;
        }

        await TellAsync(context, answer, verb == "create" ? 201 : 200);
    }

    private async Task<JsonObject> ChangeAsync(HttpContext context, string verb, ApiPath path)
    {
        var (request, row) = (context.Request, path.Row);
        var manager = request.Query["fieldManager"].ToString();
        var isStatus = path.Sub == "status";
        var body = await BodyAsync(context);
        switch (verb)
        {
            case "create":
                return verbs.Create(row, path.Namespace, body, manager.Length > 0 ? manager : "unknown");
            case "update":
                return verbs.Replace(row, path.Namespace, path.Name, body, manager.Length > 0 ? manager : "unknown", isStatus);
            case "delete":
                return verbs.Delete(row, path.Namespace, path.Name, Options(body, request));
            case "patch":
                return (request.ContentType ?? "").Split(';')[0] switch
                {
                    "application/apply-patch+yaml" => verbs.Apply(row, path.Namespace, path.Name, body, manager, request.Query["force"] == "true"),
                    "application/merge-patch+json" or "application/strategic-merge-patch+json" => verbs.MergePatch(row, path.Namespace, path.Name, body, manager.Length > 0 ? manager : "unknown", isStatus),
                    var other => throw new ApiError(415, "UnsupportedMediaType", $"the body of the request was in an unknown format ({other}) - accepted media types include: application/merge-patch+json, application/apply-patch+yaml"),
                };
            default:
                throw new ApiError(405, "MethodNotAllowed", $"the server does not allow {verb} on the requested resource");
        }
    }

    private static JsonObject Options(JsonObject body, HttpRequest request)
    {
        if (request.Query["propagationPolicy"].ToString() is { Length: > 0 } policy)
        {
            body["propagationPolicy"] = policy;
        }

        return body;
    }

    private void Authorize(string verb, ApiPath path, string user)
    {
        var resource = path.Row.Resource + (path.Sub.Length > 0 ? "/" + path.Sub : "");
        if (settings.Denies(verb, resource, path.Namespace))
        {
            var where = path.Namespace.Length > 0 ? $" in the namespace \"{path.Namespace}\"" : " at the cluster scope";
            throw new ApiError(403, "Forbidden",
                $"{resource}{(path.Name.Length > 0 ? $" \"{path.Name}\"" : "")} is forbidden: User \"{user}\" cannot {verb} resource \"{path.Row.Plural}\" in API group \"{path.Row.Group}\"{where}");
        }
    }

    private string LogOf(JsonObject pod, HttpRequest request)
    {
        var statuses = pod.At("status", "containerStatuses") as JsonArray ?? [];
        var container = request.Query["container"].ToString() is { Length: > 0 } named ? named : (string)pod.At("spec", "containers")!.AsArray()[0]!["name"]!;
        if (statuses.All(s => s.At("state", "running") is null && s.At("state", "terminated") is null && s.At("lastState", "terminated") is null))
        {
            throw ApiError.BadRequest($"container \"{container}\" in pod \"{pod.Name()}\" is waiting to start: ContainerCreating");
        }

        var text = logs(pod.Uid(), container);
        if (int.TryParse(request.Query["tailLines"], CultureInfo.InvariantCulture, out var lines))
        {
            text = string.Concat(text.Split('\n').SkipLast(1).TakeLast(lines).Select(l => l + "\n"));
        }

        // As the real one: so many bytes from the beginning of what would be sent.
        return int.TryParse(request.Query["limitBytes"], CultureInfo.InvariantCulture, out var bytes) && text.Length > bytes ? text[..bytes] : text;
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        if (text.Length == 0)
        {
            return [];
        }

        var type = context.Request.ContentType ?? "";
        try
        {
            // kubectl sends YAML where it may; the apply patch is YAML of which JSON is a part.
            return Bare((JsonObject)(type.Contains("yaml", StringComparison.Ordinal) && !text.StartsWith('{') ? YamlText.Documents(text)[0] : JsonNode.Parse(text)!), keepsNulls: type.Contains("merge-patch", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or FormatException)
        {
            throw ApiError.BadRequest($"the object provided is unrecognized: {e.Message}");
        }
    }

    // What is null is not there, except in a merge patch, where it takes away.
    private static JsonObject Bare(JsonObject node, bool keepsNulls)
    {
        foreach (var (name, value) in node.ToArray())
        {
            if (value is null && !keepsNulls)
            {
                node.Remove(name);
            }

            foreach (var inner in value is JsonArray list ? list.OfType<JsonObject>() : value is JsonObject map ? [map] : [])
            {
                Bare(inner, keepsNulls);
            }
        }

        return node;
    }

    private static async Task TellAsync(HttpContext context, JsonObject body, int code)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    private static async Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>A path of the API taken apart.</summary>
internal sealed record ApiPath(Row Row, string Namespace, string Name, string Sub)
{
    public static ApiPath Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        var (group, version, rest) = parts switch
        {
            ["api", var v, ..] => ("", v, parts[2..]),
            ["apis", var g, var v, ..] => (g, v, parts[3..]),
            _ => throw new ApiError(404, "NotFound", "the server could not find the requested resource"),
        };
        Row Find(string plural) => Row.All.FirstOrDefault(r => r.Group == group && r.Version == version && r.Plural == plural)
            ?? throw new ApiError(404, "NotFound", "the server could not find the requested resource");
        string At(int place) => rest.Length > place ? Uri.UnescapeDataString(rest[place]) : "";
        return rest is ["namespaces", _, _, ..]
            ? new(Find(rest[2]), rest[1], At(3), At(4))
            : new(Find(At(0)), "", At(1), At(2));
    }
}
