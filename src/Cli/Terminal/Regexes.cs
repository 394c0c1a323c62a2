using System.Text.RegularExpressions;

namespace Mano.Cli.Terminal;

internal static partial class Regexes
{
    /// <summary>Where a word begins inside a PascalCase name.</summary>
    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    public static partial Regex WordStart();

    /// <summary>A whole GUID, as ids are written.</summary>
    [GeneratedRegex("^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")]
    public static partial Regex WholeId();
}
