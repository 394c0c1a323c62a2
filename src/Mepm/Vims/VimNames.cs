using System.Text.RegularExpressions;

namespace Mano.Mepm.Vims;

/// <summary>How VIM connections are called: by their own name, as hosts refer to them, and those that belong to one host.</summary>
internal static partial class VimNames
{
    /// <summary>A VIM that is one host's own, in a list with those that have a name.</summary>
    private const string OwnPrefix = "host/";

    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>As a host says which one it uses: <c>@central</c>.</summary>
    public static string Reference(string name) => "@" + name;

    /// <summary>The name that such a reference means; null where the text is an adapter's name.</summary>
    public static string? Referred(string vim) => vim.StartsWith('@') ? vim[1..] : null;

    public static string OwnOf(string hostId) => OwnPrefix + hostId;

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,62})$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
