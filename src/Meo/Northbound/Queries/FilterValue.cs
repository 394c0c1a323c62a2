using System.Text;

namespace Mano.Meo.Northbound.Queries;

/// <summary>A value as a filter has it: in quotes, or bare to the next space or bracket.</summary>
/// <param name="Text">Without quotes, escapes and the asterisks at its ends.</param>
/// <param name="AnyBefore">An asterisk stood before it.</param>
/// <param name="AnyAfter">An asterisk stood after it.</param>
internal sealed record FilterValue(string Text, bool AnyBefore, bool AnyAfter)
{
    /// <summary>An asterisk and nothing else.</summary>
    public bool IsAny => Text.Length == 0 && AnyBefore;

    /// <summary>As it was meant where asterisks mean nothing.</summary>
    public string Literal => (AnyBefore ? "*" : "") + Text + (AnyAfter ? "*" : "");

    public static FilterValue? Read(string filter, ref int at, out string wrong)
    {
        wrong = "a value was expected";
        if (at == filter.Length || filter[at] is ')' or '(')
        {
            return null;
        }

        return filter[at] is '"' or '\'' ? Quoted(filter, ref at, out wrong) : Bare(filter, ref at);
    }

    public bool Matches(string found) => (AnyBefore, AnyAfter) switch
    {
        (false, false) => found == Text,
        (true, false) => found.EndsWith(Text, StringComparison.Ordinal),
        (false, true) => found.StartsWith(Text, StringComparison.Ordinal),
        _ => found.Contains(Text, StringComparison.Ordinal),
    };

    private static FilterValue Bare(string filter, ref int at)
    {
        var start = at;
        while (at < filter.Length && !char.IsWhiteSpace(filter[at]) && filter[at] is not ('(' or ')'))
        {
            at++;
        }

        var text = filter[start..at];
        return Of(text, text[0] == '*', text[^1] == '*');
    }

    private static FilterValue? Quoted(string filter, ref int at, out string wrong)
    {
        var quote = filter[at];
        var text = new StringBuilder();
        var (first, last) = (false, false);
        for (var i = at + 1; i < filter.Length; i++)
        {
            var escaped = filter[i] == '\\';
            if (!escaped && filter[i] == quote)
            {
                at = i + 1;
                wrong = "";
                return Of(text.ToString(), first, last);
            }

            if (escaped && ++i == filter.Length)
            {
                break;
            }

            last = !escaped && filter[i] == '*';
            first = text.Length == 0 ? last : first;
            text.Append(filter[i]);
        }

        wrong = $"the text that begins here has no {quote} at its end";
        return null;
    }

    private static FilterValue Of(string text, bool first, bool last) => text == "*" && first
        ? new("", true, true)
        : new(text[(first ? 1 : 0)..(last ? ^1 : ^0)], first, last);
}
