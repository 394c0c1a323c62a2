using System.CommandLine;

namespace Mano.Cli.Up;

/// <summary><c>--vim local-process|local-containers|simulated</c>.</summary>
internal static class VimFlag
{
    private static readonly Dictionary<string, VimKind> Kinds = new(StringComparer.Ordinal)
    {
        ["local-process"] = VimKind.LocalProcess, ["local-containers"] = VimKind.LocalContainers, ["simulated"] = VimKind.Simulated,
    };

    /// <summary>The flag of a command that can do with any of these.</summary>
    public static Option<VimKind> Create(params VimKind[] kinds)
    {
        var names = Kinds.Where(k => kinds.Contains(k.Value)).Select(k => k.Key).ToArray();
        return new("--vim")
        {
            Description = $"run applications as processes of this machine{(kinds.Contains(VimKind.LocalContainers) ? ", as containers of its engine" : "")}, or only pretend to",
            HelpName = string.Join('|', names),
            CustomParser = result =>
            {
                if (names.Contains(result.Tokens[0].Value))
                {
                    return Kinds[result.Tokens[0].Value];
                }

                result.AddError($"--vim: '{result.Tokens[0].Value}' is not one of them; write {string.Join(", ", names[..^1])} or {names[^1]}.");
                return default;
            },
        };
    }
}
