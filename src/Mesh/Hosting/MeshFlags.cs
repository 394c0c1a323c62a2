using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Mano.Mesh.Security;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Hosting;

/// <summary>
/// The command-line flags that every process shares, and the parsers of their values. A flag that is not known, or a
/// value that is not right, stops the process before anything started, with a sentence and exit code 2.
/// </summary>
public sealed class MeshFlags
{
    private readonly Option<IPEndPoint> grpc = Address("--grpc", "where gRPC listens, HTTP/2 without TLS; port 0 takes any");
    private readonly Option<IPEndPoint> http = Address("--http", "where REST, /health and /metrics listen, HTTP/1.1");
    private readonly Option<string> data = new("--data") { Description = "folder of all state", HelpName = "DIR", Required = true };
    private readonly Option<LogLevel> logLevel = new("--log-level") { Description = "lowest level that is logged", DefaultValueFactory = _ => LogLevel.Information };

    private readonly Option<string?> certificate = new("--tls-cert") { Description = "PEM certificate of this process; with --tls-key and --tls-ca: mutual TLS on gRPC", HelpName = "FILE" };
    private readonly Option<string?> key = new("--tls-key") { Description = "PEM key of --tls-cert", HelpName = "FILE" };
    private readonly Option<string?> authority = new("--tls-ca") { Description = "PEM certificate of the authority whose parts are accepted", HelpName = "FILE" };

    /// <summary>Adds the flags to <paramref name="command"/>.</summary>
    public MeshFlags(Command command)
    {
        command.Options.Add(grpc);
        command.Options.Add(http);
        command.Options.Add(data);
        command.Options.Add(logLevel);
        command.Options.Add(certificate);
        command.Options.Add(key);
        command.Options.Add(authority);
        command.Validators.Add(AllTlsFilesOrNone);
    }

    /// <exception cref="Failures.FailureException">A TLS file cannot be read.</exception>
    public ListenOptions Listen(ParseResult parsed) => new()
    {
        Grpc = parsed.GetRequiredValue(grpc),
        Http = parsed.GetRequiredValue(http),
        Certificates = parsed.GetValue(certificate) is { } file
            ? MeshCertificates.Load(file, parsed.GetValue(key)!, parsed.GetValue(authority)!)
            : null,
    };

    /// <summary>Absolute path of the state folder.</summary>
    public string Data(ParseResult parsed) => Path.GetFullPath(parsed.GetRequiredValue(data));

    public LogLevel LowestLogLevel(ParseResult parsed) => parsed.GetValue(logLevel);

    /// <summary>A flag whose value is <c>address:port</c>; the default is any free loopback port.</summary>
    public static Option<IPEndPoint> Address(string name, string description) => Parsed(
        name, description, "ADDRESS:PORT", ParseEndPoint, new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>A flag whose value is an absolute URL with scheme http or https.</summary>
    public static Option<Uri?> Url(string name, string description) => Parsed<Uri?>(name, description, "URL", ParseUrl, null);

    /// <summary>A flag whose value is one such URL or several, with commas between them; the default is none.</summary>
    public static Option<IReadOnlyList<Uri>> Urls(string name, string description) => Parsed<IReadOnlyList<Uri>>(name, description, "URL[,URL…]", ParseUrls, []);

    /// <summary>A flag whose value is a time: <c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>.</summary>
    public static Option<TimeSpan> Duration(string name, string description, TimeSpan fallback) => Parsed(
        name, description, "TIME", ParseDuration, fallback);

    /// <summary>A flag with a parser that throws <see cref="FormatException"/> with a sentence.</summary>
    public static Option<T> Parsed<T>(string name, string description, string valueName, Func<string, T> parse, T fallback) => new(name)
    {
        Description = description,
        HelpName = valueName,
        DefaultValueFactory = _ => fallback,
        CustomParser = result => ParseOrSay(result, name, parse),
    };

    /// <summary>Reads <c>address:port</c>, IPv6 in brackets.</summary>
    /// <exception cref="FormatException">The text is not one.</exception>
    public static IPEndPoint ParseEndPoint(string text)
    {
        // IPEndPoint.TryParse takes "127.0.0.1" and "::1" as port 0, which is seldom what was meant.
        var hasPort = text.Contains("]:", StringComparison.Ordinal) || text.Count(c => c == ':') == 1;
        return hasPort && IPEndPoint.TryParse(text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var endPoint)
            ? endPoint
            : throw new FormatException($"'{text}' is not an address and port; write 127.0.0.1:7401, or [::1]:7401.");
    }

    /// <summary>Reads a time with its unit.</summary>
    /// <exception cref="FormatException">The text is not one.</exception>
    public static TimeSpan ParseDuration(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException($"'{text}' is not a time; write 250ms, 5s, 2m or 1h.");
        }

        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            _ => throw new FormatException($"'{text}' has no unit; write 250ms, 5s, 2m or 1h."),
        };
    }

    /// <summary>Reads URLs with commas between them.</summary>
    /// <exception cref="FormatException">One of them is not a URL.</exception>
    public static IReadOnlyList<Uri> ParseUrls(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseUrl)];

    private void AllTlsFilesOrNone(CommandResult result)
    {
        var given = new[] { certificate, key, authority }.Count(o => result.GetValue(o) is not null);
        if (given is 1 or 2)
        {
            result.AddError("--tls-cert, --tls-key and --tls-ca go together: give all three, or none.");
        }
    }

    private static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Uri(text)
            : throw new FormatException($"'{text}' is not a URL; write http://127.0.0.1:7401.");

    private static T? ParseOrSay<T>(ArgumentResult result, string name, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError($"{name}: {e.Message}");
            return default;
        }
    }
}
