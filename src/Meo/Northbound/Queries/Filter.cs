using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound.Queries;

/// <summary>
/// A subset of AIP-160, compiled over the descriptor of what is listed (docs/theory/reading.md):
/// <c>state = COMPLETED AND (start_time &gt; 2026-11-21T00:00:00Z OR NOT failure:*)</c>.
/// | written              | holds if                                                                |
/// | a = v, a != v        | the field is (is not) the value; text with * at an end: whatever is there |
/// | a &lt; v, &lt;=, &gt;, &gt;= | it is less, …; not for choices and bools                                |
/// | a:v                  | as =, and of a list: one of its entries; of a map: it has the key       |
/// | a:*                  | it is there: not empty, not absent                                      |
/// | NOT x, -x            | x does not hold                                                         |
/// | x AND y, x OR y      | OR binds tighter than AND, as AIP-160 says                              |
/// A comparison with what is absent does not hold, whichever it is.
/// The ETSI REST API has filters of its own (NFV SOL013) over the JSON that it answers with: another grammar over other values.
/// </summary>
internal sealed class Filter
{
    public const int MostLetters = 2000;
    public const int MostComparisons = 64;
    public const int Deepest = 16;

    /// <summary>Lets everything pass.</summary>
    public static readonly Filter None = new(null);

    private readonly Func<IMessage, bool>? holds;

    private Filter(Func<IMessage, bool>? holds) => this.holds = holds;

    public bool IsNone => holds is null;

    /// <summary>Throws InvalidInput with the column where it goes wrong and what would be right there.</summary>
    public static Filter Parse(MessageDescriptor type, string text)
    {
        if (text.Length > MostLetters)
        {
            throw Wrong($"filter has {text.Length} letters; at most {MostLetters} are allowed.");
        }

        return string.IsNullOrWhiteSpace(text) ? None : new(new FilterParser(type, text).Parse());
    }

    public bool Lets(IMessage message) => holds is null || holds(message);

    public static FailureException Wrong(string sentence) =>
        Failure.InvalidInput("BAD_FILTER", sentence, "filter", [new("filter", sentence)]).ToException();
}
