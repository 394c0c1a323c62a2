using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mano.Cli.Terminal;
using Mano.Packages;

namespace Mano.Cli.Instances;

/// <summary>
/// Values for a package's chart as flags: <c>--values FILE</c> (<c>-</c> is standard input), then <c>--set a.b=VALUE</c> over them, as helm
/// takes them. Sent as one JSON object.
/// </summary>
internal sealed partial class ChartValueFlags
{
    private readonly Option<string[]> files = new("--values") { Description = "values for the package's chart: a YAML or JSON file, or - for standard input; may be repeated", HelpName = "FILE" };

    private readonly Option<string[]> sets = new("--set")
    {
        Description = "one value for the package's chart, over those of --values: replicas=2, image.tag=1.4; not for secrets; may be repeated", HelpName = "NAME=VALUE",
    };

    public Symbol[] Flags => [files, sets];

    /// <summary>JSON; empty when no flag was given.</summary>
    public async Task<string> ReadAsync(Invocation run)
    {
        var values = "";
        foreach (var file in run.Get(files) ?? [])
        {
            values = ChartValues.Merge(values, Checked(await TextAsync(run, file), $"--values {file}"));
        }

        foreach (var set in run.Get(sets) ?? [])
        {
            values = ChartValues.Merge(values, Checked(Object(set), "--set"));
        }

        return values;
    }

    private static async Task<string> TextAsync(Invocation run, string file)
    {
        try
        {
            return file == "-" ? await run.Surroundings.In.ReadToEndAsync(run.Stop) : await File.ReadAllTextAsync(Path.GetFullPath(file, run.Surroundings.Folder), run.Stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Sentences.Usage($"--values: {e.Message}", "--values");
        }
    }

    private static string Checked(string text, string what)
    {
        var values = ChartValues.Read(text, out var wrong);
        return wrong is null ? values : throw Sentences.Usage($"{what}: {wrong}", what.Split(' ')[0]);
    }

    /// <summary><c>a.b=1</c> is {"a":{"b":1}}; a dot of a name is written <c>\.</c>.</summary>
    private static string Object(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var names = at <= 0 ? [] : Dot().Split(text[..at]).Select(n => n.Replace("\\.", ".", StringComparison.Ordinal)).ToArray();
        if (names.Length == 0 || names.Any(n => n.Length == 0 || n.Contains('[', StringComparison.Ordinal)))
        {
            // What follows the = is not repeated: it may be a secret, all warnings notwithstanding.
            throw Sentences.Usage(at <= 0 ? "--set: NAME=VALUE is needed: replicas=2, image.tag=1.4." : $"--set: '{text[..at]}' is no name; items of lists are given with --values.", "--set");
        }

        return names.Reverse().Aggregate((JsonNode?)Value(text[(at + 1)..]), (inner, name) => new JsonObject { [name] = inner })!.ToJsonString();
    }

    /// <summary>As helm's --set reads them: flags, null and whole numbers; all else is a text.</summary>
    private static JsonValue? Value(string text) =>
        text is "true" or "false" ? JsonValue.Create(text == "true")
        : text == "null" ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && (text == "0" || text[0] != '0') ? JsonValue.Create(number)
        : JsonValue.Create(text);

    [GeneratedRegex(@"(?<!\\)\.")]
    private static partial Regex Dot();
}
