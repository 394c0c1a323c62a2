using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Interop.Tests;

/// <summary>docs/reference is what <c>make reference</c> writes, and no link of the documentation leads nowhere.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string Docs = Path.Combine(Repository.Folder, "docs");

    [BufFact]
    public async Task Reference_is_as_the_protos_and_the_OpenAPI_files_are()
    {
        using var folder = new TempFolder();
        await using var generator = ChildProcess.Start(
            "node", [Path.Combine(Repository.Folder, "tests", "reference", "generate.js"), folder.FullPath], new Dictionary<string, string> { ["MANO_SHARED"] = SharedInput.Folder });
        Assert.True(await generator.WaitForExit() == 0, string.Join('\n', generator.Errors));
        var made = Pages(folder.FullPath);
        var kept = Pages(Path.Combine(Docs, "reference"));

        // Without the OpenAPI files the REST pages are not made.
        var expected = SharedInput.WhyMissing is null ? kept : kept.Where(p => !p.Key.StartsWith("rest-", StringComparison.Ordinal)).ToDictionary();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), made.Keys.Order(StringComparer.Ordinal));
        var old = made.Where(p => kept[p.Key] != p.Value).Select(p => p.Key).ToList();
        Assert.True(old.Count == 0, $"docs/reference is older than what it is made of: {string.Join(", ", old)}. Run `make reference` and commit what it writes.");
    }

    [Fact]
    public void No_link_of_the_documentation_leads_nowhere()
    {
        var broken = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Docs, "*.md", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "samples", "clients"), "README.md", SearchOption.AllDirectories)))
        {
            foreach (Match link in Link().Matches(Code().Replace(File.ReadAllText(file), "")))
            {
                var target = link.Groups[1].Value;
                if (!target.Contains("://", StringComparison.Ordinal) && !Leads(file, target))
                {
                    broken.Add($"{Path.GetRelativePath(Repository.Folder, file)}: {target}");
                }
            }
        }

        Assert.Empty(broken);
    }

    private static bool Leads(string file, string target)
    {
        var parts = target.Split('#');
        var path = parts[0].Length == 0 ? file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, parts[0]));
        return parts.Length == 1
            ? File.Exists(path) || Directory.Exists(path)
            : File.Exists(path) && Heading().Matches(File.ReadAllText(path)).Any(h => Slug(h.Groups[1].Value) == parts[1]);
    }

    private static string Slug(string heading) => NoLetter().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static Dictionary<string, string> Pages(string folder) =>
        Directory.EnumerateFiles(folder, "*.md").ToDictionary(f => Path.GetFileName(f), File.ReadAllText);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoLetter();
}
