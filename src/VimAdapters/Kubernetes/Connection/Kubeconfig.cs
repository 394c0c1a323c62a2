using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>One context of a kubeconfig, as far as it is honoured; what is not is refused with what to do instead, all at once.</summary>
internal sealed class Kubeconfig
{
    private readonly List<string> faults = [];
    private readonly string folder;

    private Kubeconfig(string folder) => this.folder = folder;

    /// <summary>Reads a setting that is a path or the text itself. A fault names what is wrong; no message holds a secret.</summary>
    public static ApiAccess? Read(string setting, string context, bool allowInsecure, TimeProvider clock, out IReadOnlyList<string> faults)
    {
        var isText = setting.Contains('\n', StringComparison.Ordinal) || setting.TrimStart().StartsWith('{');
        var config = new Kubeconfig(isText ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(setting)) ?? "/");
        faults = config.faults;
        try
        {
            var text = isText ? setting : File.ReadAllText(setting);
            var documents = YamlText.Documents(text);
            if (documents is not [JsonObject root])
            {
                config.faults.Add("it is no single YAML object; the output of `kubectl config view --raw --minify --flatten` would be right.");
                return null;
            }

            var access = config.Resolve(root, context, allowInsecure, clock);
            return config.faults.Count == 0 ? access : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            config.faults.Add($"{setting} cannot be read: {e.Message}");
        }
        catch (FormatException e)
        {
            config.faults.Add($"it is no YAML: {e.Message}");
        }

        return null;
    }

    private ApiAccess? Resolve(JsonObject root, string wanted, bool allowInsecure, TimeProvider clock)
    {
        var name = wanted.Length > 0 ? wanted : Text(root, "current-context");
        if (name.Length == 0)
        {
            faults.Add($"it has no current-context; name one of its contexts in Context: {Names(root, "contexts")}.");
            return null;
        }

        if (Named(root, "contexts", "context", name) is not { } context || Named(root, "clusters", "cluster", Text(context, "cluster")) is not { } cluster)
        {
            return null;
        }

        var user = Text(context, "user") is { Length: > 0 } userName ? Named(root, "users", "user", userName) : new JsonObject();
        return user is null ? null : new(
            Server(cluster), Trust(cluster, allowInsecure), Text(cluster, "tls-server-name"), Identity(user), Token(user, clock),
            Text(context, "namespace"), $"context {name}");
    }

    private JsonObject? Named(JsonObject root, string list, string inner, string name)
    {
        var found = (root[list] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(o => Text(o, "name") == name)?[inner] as JsonObject;
        if (found is null)
        {
            faults.Add($"it has no {inner} '{name}'; there are {Names(root, list)}.");
        }

        return found;
    }

    private static string Names(JsonObject root, string list) =>
        (root[list] as JsonArray ?? []).OfType<JsonObject>().Select(o => Text(o, "name")).ToArray() is { Length: > 0 } names ? string.Join(", ", names) : "none";

    private Uri Server(JsonObject cluster)
    {
        if (Text(cluster, "proxy-url").Length > 0)
        {
            faults.Add("its cluster has a proxy-url, and this adapter speaks to the API server itself; remove it and let the site reach the server directly.");
        }

        if (Uri.TryCreate(Text(cluster, "server"), UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps && server.Query.Length == 0)
        {
            return server;
        }

        faults.Add($"server '{Text(cluster, "server")}' is refused; something like https://10.0.0.1:6443 would be right (credentials are not sent in the clear).");
        return new("https://invalid/");
    }

    private ServerTrust Trust(JsonObject cluster, bool allowInsecure)
    {
        if (cluster["insecure-skip-tls-verify"]?.ToString() is "true" or "True")
        {
            if (!allowInsecure)
            {
                faults.Add("its cluster has insecure-skip-tls-verify: anybody could answer in the server's place. Give certificate-authority-data, or set AllowInsecure.");
            }

            return new(null, Insecure: true);
        }

        return new(Pem(cluster, "certificate-authority"), Insecure: false);
    }

    private PemSource? Identity(JsonObject user)
    {
        var (certificate, key) = (Pem(user, "client-certificate"), Pem(user, "client-key"));
        if (certificate is null != key is null)
        {
            faults.Add($"its user has {(certificate is null ? "a client-key without its client-certificate" : "a client-certificate without its client-key")}.");
        }

        return certificate is null || key is null ? null : new PemSource(() => certificate.Read() + "\n" + key.Read());
    }

    private BearerToken? Token(JsonObject user, TimeProvider clock)
    {
        RefusePlugIns(user);
        var (token, file) = (Text(user, "token"), Text(user, "tokenFile"));
        // As client-go: a file wins over a token, because it can be renewed.
        return file.Length > 0 ? BearerToken.OfFile(PathOf(file), clock) : token.Length > 0 ? BearerToken.Of(token) : null;
    }

    private void RefusePlugIns(JsonObject user)
    {
        if (user["exec"] is JsonObject exec)
        {
            faults.Add($"its user gets credentials from the program '{Text(exec, "command")}' (exec), and this adapter runs no foreign program. Make a service account for it " +
                "(deploy/k8s/vim), and give its token, or tokenFile where something renews it.");
        }

        if (user["auth-provider"] is JsonObject provider)
        {
            faults.Add($"its user has the auth-provider '{Text(provider, "name")}', which Kubernetes itself removed in 1.26; give a service account's token instead (deploy/k8s/vim).");
        }

        if (user["username"] is not null || user["password"] is not null)
        {
            faults.Add("its user has a username and password, which Kubernetes removed in 1.19; give a client certificate or a token.");
        }

        if (user["as"] is not null || user["as-groups"] is not null || user["as-uid"] is not null)
        {
            faults.Add("its user impersonates another (as, as-groups); give the credentials of the one that shall act.");
        }
    }

    private PemSource? Pem(JsonObject owner, string field)
    {
        if (Text(owner, field + "-data") is { Length: > 0 } data)
        {
            try
            {
                var pem = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data));
                return new(() => pem);
            }
            catch (FormatException)
            {
                faults.Add($"{field}-data is no base64.");
                return null;
            }
        }

        if (Text(owner, field) is not { Length: > 0 } path)
        {
            return null;
        }

        if (!File.Exists(PathOf(path)))
        {
            faults.Add($"{field} '{path}' is not there ({PathOf(path)}); where the text of a kubeconfig is given, `--flatten` puts the files into it.");
        }

        return new(() => File.ReadAllText(PathOf(path)));
    }

    // Relative paths are relative to the kubeconfig.
    private string PathOf(string path) => Path.GetFullPath(path, folder);

    private static string Text(JsonObject owner, string name) => owner[name] is JsonValue value ? value.ToString() : "";
}
