using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Mesh.State.Redis;

/// <summary>Which Redis holds the state, and how patient we are with it.</summary>
public sealed record RedisStoreOptions
{
    /// <summary>
    /// Servers to try in turn, of which one is the master (or nodes of one Redis Cluster): names or addresses with ports.
    /// </summary>
    [Required]
    [MinLength(1)]
    public required IReadOnlyList<DnsEndPoint> Servers { get; init; }

    /// <summary>Name of the store, 1 to 64 letters, digits and <c>. : _ -</c>. Every key is <c>{prefix}:…</c>, so one store is one hash slot. <value>The default is <c>mano</c>.</value></summary>
    [RegularExpression("^[A-Za-z0-9.:_-]{1,64}$")]
    public string Prefix { get; init; } = "mano";

    /// <summary>Password of Redis's default user; never printed.</summary>
    public string? Password { get; init; }

    /// <summary>Whether to speak TLS; the server's certificate must be for the name dialled and from an authority that is trusted. <value>The default is no.</value></summary>
    public bool Tls { get; init; }

    /// <summary>PEM file of the one authority to trust. <value>The default is those that this machine trusts.</value></summary>
    public string? TlsAuthority { get; init; }

    /// <summary>
    /// For how long a call waits for a Redis that is away before it fails, and for how long a silent connection is believed.
    /// <value>The default is 5 seconds: a restart of a small Redis fits in, and a caller of ours still gets an answer within its own deadline.</value>
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Commits whose changes are kept for watchers that were away. <value>The default is 10,000: an outage of minutes at the highest load.</value></summary>
    [Range(100, 1_000_000)]
    public int KeptCommits { get; init; } = 10_000;

    /// <summary>Bytes of values those commits may hold. <value>The default is 256 MiB.</value></summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long KeptBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Calls that may wait for Redis at once; more are refused, so that an outage cannot fill this process's memory. <value>The default is 10,000.</value></summary>
    [Range(1, 1_000_000)]
    public int MaxCalls { get; init; } = 10_000;

    /// <summary>
    /// A file that remembers which store this is, so that a Redis that comes back empty is noticed by a process that was
    /// restarted, too. <value>The default is none.</value>
    /// </summary>
    public string? IdentityFile { get; init; }

    /// <summary>The servers as people write them.</summary>
    public string Where => string.Join(',', Servers.Select(s => $"{(s.Host.Contains(':', StringComparison.Ordinal) ? $"[{s.Host}]" : s.Host)}:{s.Port}"));

    /// <summary>Reads <c>redis://host:port[,host:port]/?prefix=mano&amp;tls=true&amp;timeout=5s</c> (<c>tls=/etc/redis-ca.pem</c> names the authority); only the host is required.</summary>
    /// <exception cref="FormatException">The text is not such a URL; the sentence says what would be right, and never repeats a password.</exception>
    public static RedisStoreOptions Parse(string url)
    {
        const string scheme = "redis://";
        if (!url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"a store's URL begins with {scheme}; write redis://127.0.0.1:6379/?prefix=mano.");
        }

        if (url.Contains('@', StringComparison.Ordinal))
        {
            throw new FormatException("a password does not belong into the URL, where every process list shows it; name the file that holds it with --store-password-file.");
        }

        var rest = url[scheme.Length..];
        var query = rest.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? rest[(at + 1)..] : "";
        var hosts = rest.Split('?')[0].TrimEnd('/').Split(',', StringSplitOptions.TrimEntries);
        var options = new RedisStoreOptions { Servers = [.. hosts.Select(Server)] };
        foreach (var setting in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = setting.Split('=', 2) is [var n, var v] ? (n, Uri.UnescapeDataString(v)) : (setting, "");
            options = options.With(name, value);
        }

        return options;
    }

    /// <summary>With the password that a file holds; a line's end after it does not count.</summary>
    /// <exception cref="FailureException">The file cannot be read, or is empty; names the file, never its content.</exception>
    public RedisStoreOptions WithPasswordFile(string? file)
    {
        if (file is null)
        {
            return this;
        }

        try
        {
            var password = File.ReadAllText(file).TrimEnd('\r', '\n');
            return password.Length > 0 ? this with { Password = password } : throw new IOException("it is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(Failure.InvalidInput("STORE_PASSWORD_FILE", $"The password file {file} (--store-password-file) cannot be used: {e.Message}", file), e);
        }
    }

    public override string ToString() => $"redis://{Where}/?prefix={Prefix}{(Tls ? $"&tls={TlsAuthority ?? "true"}" : "")}";

    private RedisStoreOptions With(string name, string value) => name switch
    {
        "prefix" => IsPrefix(value) ? this with { Prefix = value } : throw new FormatException($"prefix '{value}' has 1 to 64 letters, digits and . : _ -"),
        "tls" => value switch
        {
            "true" => this with { Tls = true },
            "false" => this with { Tls = false },
            _ when value.Contains('/', StringComparison.Ordinal) || File.Exists(value) => this with { Tls = true, TlsAuthority = value },
            _ => throw new FormatException($"tls is true, false, or the PEM file of the authority to trust; '{value}' is none of them."),
        },
        "timeout" => this with { Timeout = MeshFlags.ParseDuration(value) },
        _ => throw new FormatException($"'{name}' is not a setting of a store; there are prefix, tls and timeout."),
    };

    private static bool IsPrefix(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '_' or '-');

    private static DnsEndPoint Server(string text)
    {
        var name = text.EndsWith(']') || !text.Contains(':', StringComparison.Ordinal) ? text : text[..text.LastIndexOf(':')];
        var port = 6379;
        if (name.Length == 0 || (name.Length < text.Length && !(int.TryParse(text.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536)))
        {
            throw new FormatException($"'{text}' is not a server; write host:port, as in redis://127.0.0.1:6379/?prefix=mano.");
        }

        return new(name.Trim('[', ']'), port);
    }
}
