using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>An adapter under test, and what the checks need to know about it. Every default is written here.</summary>
public sealed record ConformanceSubject
{
    /// <summary>What the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Opens the adapter on its VIM. Called once a check, and again by the checks on restarts, after the first one
    /// was closed: both must meet the same VIM. A check may assume that the VIM holds nothing of ours at first.
    /// </summary>
    public required Func<Task<IVimAdapter>> Open { get; init; }

    /// <summary>An image that runs until it is stopped and writes the word <c>conformance</c> when it starts.</summary>
    public required ImageSource Image { get; init; }

    /// <summary>An image that ends with 3 at once; null skips the checks on restart policies.</summary>
    public ImageSource? EndingImage { get; init; }

    /// <summary>Puts a compute into the VIM that is not ours; null skips that check. The result takes it away.</summary>
    public Func<Task<IAsyncDisposable>>? AddForeignCompute { get; init; }

    /// <summary>What one compute of a check takes. The VIM must have room for ten of them.</summary>
    public VimResources Small { get; init; } = new(50, 32, 0);

    /// <summary>How long a check waits for a state. 30 s: only a broken adapter reaches it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a repetition is repeated.</summary>
    public int Repetitions { get; init; } = 10;
}

/// <summary>One sentence about every VIM adapter, and how to see whether it is true.</summary>
/// <param name="Sentence">Situation, then what is seen.</param>
/// <param name="Needs">The capabilities without which there is nothing to check.</param>
/// <param name="Run">Throws unless the sentence is true.</param>
public sealed record ConformanceCheck(string Sentence, IReadOnlyList<VimCapability> Needs, Func<ConformanceWorld, Task> Run)
{
    public override string ToString() => Sentence;
}

/// <summary>What came out of a check.</summary>
public enum ConformanceVerdict
{
    Passed,
    Failed,

    /// <summary>The adapter does not claim what it is about, or the subject cannot show it.</summary>
    Skipped,
}

/// <summary>What came out of a check, and why.</summary>
public sealed record ConformanceResult(ConformanceCheck Check, ConformanceVerdict Verdict, string Detail);

/// <summary>Thrown when a sentence is not true.</summary>
public sealed class NotConformingException(string message) : Exception(message);

/// <summary>Thrown when a subject cannot show what a check is about.</summary>
public sealed class NotShownException(string message) : Exception(message);
