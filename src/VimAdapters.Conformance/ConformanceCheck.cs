using System.Globalization;
using System.Text;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>One sentence about every VIM adapter, the rules it proves, and how to see whether it is true.</summary>
/// <param name="Name">As <c>--only</c> takes it: <c>keys.repeated-ensure</c>.</param>
/// <param name="Sentence">Situation, then what is seen.</param>
/// <param name="Rules">What of the contract it proves, the first one above all.</param>
/// <param name="Run">Throws unless the sentence is true.</param>
public sealed record ConformanceCheck(string Name, string Sentence, IReadOnlyList<ContractRule> Rules, Func<ConformanceWorld, Task> Run)
{
    /// <summary>The capabilities without which there is nothing to check.</summary>
    public IReadOnlyList<VimCapability> Needs { get; init; } = [];

    /// <summary>The part of <see cref="Name"/> before the point.</summary>
    public string Group => Name[..Name.IndexOf('.', StringComparison.Ordinal)];

    public override string ToString() => Sentence;

    /// <summary>A check that is named after its method.</summary>
    internal static ConformanceCheck Check(string sentence, Func<ConformanceWorld, Task> run, params IReadOnlyList<ContractRule> rules) =>
        new("." + Kebab(run.Method.Name), sentence, rules, run);

    internal ConformanceCheck Needing(params IReadOnlyList<VimCapability> needs) => this with { Needs = needs };

    internal static IReadOnlyList<ConformanceCheck> GroupOf(string group, params IReadOnlyList<ConformanceCheck> checks) =>
        [.. checks.Select(c => c with { Name = group + c.Name })];

    private static string Kebab(string method)
    {
        var text = new StringBuilder();
        foreach (var letter in method)
        {
            text.Append(char.IsUpper(letter) && text.Length > 0 ? "-" : "").Append(char.ToLower(letter, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}

/// <summary>What came out of a check.</summary>
public enum ConformanceVerdict
{
    Passed,
    Failed,

    /// <summary>The adapter does not claim what it is about, or the subject cannot show it.</summary>
    Skipped,
}

/// <summary>What is wrong, for whoever has to mend the adapter.</summary>
/// <param name="Asked">The last call.</param>
/// <param name="Came">What was answered, and what is wrong with it.</param>
/// <param name="Right">What would have been right; empty where that goes without saying.</param>
public sealed record ConformanceFinding(string Asked, string Came, string Right);

/// <summary>What came out of a check, and why.</summary>
/// <param name="Detail">Why it was skipped or failed, in one text; empty when it passed.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Finding">With <see cref="ConformanceVerdict.Failed"/>.</param>
public sealed record ConformanceResult(ConformanceCheck Check, ConformanceVerdict Verdict, string Detail, TimeSpan Elapsed, ConformanceFinding? Finding = null);

/// <summary>Thrown when a sentence is not true.</summary>
public sealed class NotConformingException(string message, string right = "") : Exception(message)
{
    /// <summary>What would have been right.</summary>
    public string Right => right;
}

/// <summary>Thrown when a subject cannot show what a check is about.</summary>
public sealed class NotShownException(string message) : Exception(message);
