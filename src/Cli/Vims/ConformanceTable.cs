using Mano.Cli.Terminal;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Spectre.Console;

namespace Mano.Cli.Vims;

/// <summary>The results as they come: a line a check, and below a failed one what was asked, what came, and what the contract says.</summary>
internal sealed class ConformanceTable(IAnsiConsole console, IReadOnlyList<ConformanceCheck> checks)
{
    private const int ResultWidth = 7;
    private const int TimeWidth = 8;
    private const int WidestText = 100;
    private readonly int width = Math.Clamp(console.Profile.Width - 2 - 2 - ResultWidth - 1 - TimeWidth - 1, 20, WidestText);
    private string group = "";
    private int done;

    public static void List(IAnsiConsole console, IReadOnlyList<ConformanceCheck> checks)
    {
        foreach (var check in checks)
        {
            console.Line(check.Name, "bold");
            Lines(console, check.Sentence, "    ", null);
            Lines(console, $"proves {string.Join("; ", check.Rules.Select(r => r.ToString()))}", "    ", "grey");
            if (check.Needs.Count > 0)
            {
                console.Line($"    needs {string.Join(", ", check.Needs)}", "grey");
            }
        }

        console.Line();
        console.Line("Not checked, because it cannot be brought about from outside:");
        foreach (var (rule, why) in Rules.NotProvoked)
        {
            Lines(console, $"{rule}: {why}", "    ", "grey");
        }
    }

    public void Begin(string name, VimCapabilities capabilities)
    {
        console.Line($"{name}: adapter {capabilities.Adapter}, {checks.Count} checks", "bold");
        Lines(console, $"claims {string.Join(", ", capabilities.Claims.Order())}", "  ", "grey");
    }

    public void Start(ConformanceCheck check)
    {
        if (check.Group != group)
        {
            group = check.Group;
            console.Line(group, "bold");
        }

        done++;
        if (console.CanRedraw())
        {
            var line = $"  {check.Sentence}";
            console.Write(new ControlCode($"\u001b[2m{line[..Math.Min(line.Length, console.Profile.Width - 12)]}… {done}/{checks.Count}\u001b[0m"));
        }
    }

    public void Finish(ConformanceResult result)
    {
        Clear();
        var (word, style) = result.Verdict switch
        {
            ConformanceVerdict.Passed => ("pass", "green"),
            ConformanceVerdict.Failed => ("FAIL", "bold red"),
            _ => ("skipped", "yellow"),
        };
        var lines = Wrapped(result.Check.Sentence, width).ToArray();
        console.Write($"  {lines[0].PadRight(width)}  ");
        console.Write(word.PadRight(ResultWidth), Style.Parse(style));
        console.Line($" {(result.Verdict == ConformanceVerdict.Skipped ? "" : Seconds(result.Elapsed)),TimeWidth}".TrimEnd());
        foreach (var line in lines.Skip(1))
        {
            console.Line($"  {line}");
        }

        if (result.Verdict == ConformanceVerdict.Skipped)
        {
            Lines(console, result.Detail, "      ", "grey");
        }
        else if (result.Finding is { } finding)
        {
            Show(result.Check, finding);
        }
    }

    public void Interrupted()
    {
        Clear();
        console.Line("interrupted; what the checks made is being removed", "yellow");
    }

    public void End(IReadOnlyList<ConformanceResult> results, IReadOnlyList<string> left)
    {
        console.Line();
        foreach (var failed in results.Where(r => r.Verdict == ConformanceVerdict.Failed))
        {
            Lines(console, $"FAIL {failed.Check.Name}: {failed.Check.Sentence}", "", "red");
        }

        foreach (var sentence in left)
        {
            Lines(console, $"left behind: {sentence}", "", "red");
        }

        int Count(ConformanceVerdict verdict) => results.Count(r => r.Verdict == verdict);
        var time = Seconds(results.Aggregate(TimeSpan.Zero, (sum, r) => sum + r.Elapsed)).Trim();
        console.Line($"{Count(ConformanceVerdict.Passed)} passed, {Count(ConformanceVerdict.Failed)} failed, {Count(ConformanceVerdict.Skipped)} skipped"
            + $"{(results.Count < checks.Count ? $", {checks.Count - results.Count} not run" : "")}, in {time}", Count(ConformanceVerdict.Failed) + left.Count > 0 ? "bold red" : "bold");
    }

    private static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private static void Lines(IAnsiConsole console, string text, string indent, string? style)
    {
        foreach (var line in Wrapped(text, Math.Max(20, console.Profile.Width - indent.Length)))
        {
            console.Line(indent + line, style);
        }
    }

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SelectMany(w => w.Chunk(width).Select(c => new string(c))))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }

    private void Show(ConformanceCheck check, ConformanceFinding finding)
    {
        Field("asked", finding.Asked);
        Field("came", finding.Came);
        Field("right", finding.Right);
        foreach (var rule in check.Rules)
        {
            Field("rule", rule.ToString());
        }
    }

    private void Field(string name, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var indent = $"      {name,-6} ";
        foreach (var line in Wrapped(text, Math.Max(20, Math.Min(console.Profile.Width, 120) - indent.Length - 1)))
        {
            console.Line(indent + line, "red");
            indent = new string(' ', indent.Length);
        }
    }

    private void Clear()
    {
        if (console.CanRedraw())
        {
            console.Write(new ControlCode("\r\u001b[2K"));
        }
    }
}
