using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>The mano command lines that README, docs/ and deploy/ show, as a reader would type them.</summary>
internal static partial class DocumentedCommands
{
    /// <param name="File">Relative to the repository.</param>
    /// <param name="Words">After <c>mano</c>; placeholders as they are written.</param>
    public sealed record Line(string File, int Number, string[] Words)
    {
        public override string ToString() => $"{File}:{Number}: mano {string.Join(' ', Words)}";
    }

    public static IEnumerable<Line> All() => Files().SelectMany(file => File.ReadLines(file).SelectMany((text, index) => Of(file, index + 1, text)));

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "deploy"), "*.md", SearchOption.AllDirectories))
            .Append(Path.Combine(Repository.Folder, "README.md"))
            .Append(Path.Combine(Repository.Folder, "samples", "README.md"))
            .Where(File.Exists);

    /// <summary>A command stands at the start of a line of a code block, or inside backquotes.</summary>
    private static IEnumerable<Line> Of(string file, int number, string text)
    {
        var relative = Path.GetRelativePath(Repository.Folder, file);
        var shown = Inline().Matches(text).Select(m => m.Groups[1].Value);
        if (Block().Match(text) is { Success: true } block)
        {
            shown = shown.Append(block.Groups[1].Value);
        }

        return shown.Select(command => new Line(relative, number, Words(command))).Where(l => l.Words.Length > 0);
    }

    private static string[] Words(string command) =>
        [.. command.Split(" #")[0].Split([';', '|', '&', '>'])[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    [GeneratedRegex("`(?:\\./)?mano ([a-z][^`]*)`")]
    private static partial Regex Inline();

    [GeneratedRegex("^\\s*(?:\\$ )?(?:\\./)?mano ([a-z].*)$")]
    private static partial Regex Block();
}
