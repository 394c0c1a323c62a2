using System.Diagnostics.CodeAnalysis;

namespace Mano.MecPlatform.Dns;

/// <summary>A domain name in the form in which names are compared: lower case, without the last dot (RFC 4343).</summary>
internal readonly record struct DomainName : IComparable<DomainName>
{
    private const int MaxLength = 253;
    private const int MaxLabel = 63;
    private readonly string? text;

    private DomainName(string text) => this.text = text;

    public string Text => text ?? string.Empty;

    /// <summary>A name as it was read from a message; labels are escaped there, so no check is needed.</summary>
    public static DomainName FromWire(string escaped) => new(escaped);

    /// <summary>
    /// Reads the name of a DNS rule. A URL stands for its host: MEC 037's own example (annex A) writes
    /// <c>http://www.example.com</c> where a name belongs.
    /// </summary>
    public static bool TryParse(string input, out DomainName name, [NotNullWhen(false)] out string? fault)
    {
        var host = HostOf(input.Trim());
        host = host.EndsWith('.') ? host[..^1] : host;
        fault = FaultOf(host, input);
        name = fault is null ? new(host.ToLowerInvariant()) : default;
        return fault is null;
    }

    /// <summary>Whether this name is the other one, or lies below it.</summary>
    public bool IsWithin(DomainName zone) =>
        Text == zone.Text || Text.EndsWith("." + zone.Text, StringComparison.Ordinal);

    /// <summary>The names above it, nearest first, without the root.</summary>
    public IEnumerable<DomainName> Above
    {
        get
        {
            for (var dot = Text.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = Text.IndexOf('.', dot + 1))
            {
                yield return new(Text[(dot + 1)..]);
            }
        }
    }

    public int CompareTo(DomainName other) => string.CompareOrdinal(Text, other.Text);

    public override string ToString() => Text;

    private static string HostOf(string input)
    {
        var scheme = input.IndexOf("://", StringComparison.Ordinal);
        return scheme > 0 && Uri.TryCreate(input, UriKind.Absolute, out var uri) ? uri.Host : input;
    }

    private static string? FaultOf(string host, string input)
    {
        if (host.Length is 0 or > MaxLength)
        {
            return $"'{input}' is not a domain name: 1 to {MaxLength} characters are.";
        }

        foreach (var label in host.Split('.'))
        {
            if (label == "*")
            {
                return $"'{input}' is a wildcard; a DNS rule names one domain name.";
            }

            if (label.Length is 0 or > MaxLabel || label.StartsWith('-') || label.EndsWith('-') || !label.All(IsNameCharacter))
            {
                return $"'{input}' is not a domain name: labels of 1 to {MaxLabel} letters, digits and inner hyphens, joined by dots, are (other alphabets in their xn-- form).";
            }
        }

        return null;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
