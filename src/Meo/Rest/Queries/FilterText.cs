using System.Text;
using Mano.Mesh.Failures;

namespace Mano.Meo.Rest.Queries;

/// <summary>One expression of a filter, as it is written.</summary>
internal sealed record FilterExpression(string Operator, string Attribute, IReadOnlyList<string> Values);

/// <summary>
/// Reads <c>(op,attribute,value[,value]…)[;(…)]…</c>. A value with a comma, a bracket, a semicolon or a quote stands in single quotes, in which a
/// quote is doubled: <c>(eq,appName,'it''s, really')</c>.
/// </summary>
internal sealed class FilterText
{
    private const int MostExpressions = 32;
    private const string Example = "filter=(eq,appName,hello);(gte,startTime/seconds,0)";

    private static readonly string[] OneValue = ["eq", "neq", "gt", "gte", "lt", "lte"];
    private static readonly string[] ManyValues = ["in", "nin", "cont", "ncont"];

    private readonly string text;
    private int at;

    private FilterText(string text) => this.text = text;

    public static IReadOnlyList<FilterExpression> Parse(string text)
    {
        var reader = new FilterText(text);
        var expressions = new List<FilterExpression>();
        do
        {
            expressions.Add(reader.Expression());
            if (expressions.Count > MostExpressions)
            {
                throw reader.Wrong($"it has more than {MostExpressions} expressions");
            }
        }
        while (reader.Take(';'));
        return reader.at == text.Length ? expressions : throw reader.Wrong("';' or the end was expected");
    }

    private FilterExpression Expression()
    {
        Expect('(');
        var op = Word();
        if (!OneValue.Contains(op) && !ManyValues.Contains(op))
        {
            throw Wrong($"'{op}' is no operator; there are {string.Join(", ", OneValue)}, {string.Join(", ", ManyValues)}");
        }

        Expect(',');
        var attribute = Word();
        var values = new List<string>();
        while (Take(','))
        {
            values.Add(Value());
        }

        Expect(')');
        return values.Count == 0 ? throw Wrong($"{op} needs a value after {attribute}")
            : values.Count > 1 && OneValue.Contains(op) ? throw Wrong($"{op} takes one value; in, nin, cont and ncont take several")
            : new(op, attribute, values);
    }

    private string Word()
    {
        var end = text.AsSpan(at).IndexOfAny(",();'");
        var word = end < 0 ? text[at..] : text[at..(at + end)];
        at += word.Length;
        return word.Length > 0 ? word : throw Wrong("a name was expected");
    }

    private string Value()
    {
        if (!Take('\''))
        {
            var end = text.AsSpan(at).IndexOfAny(",)");
            var plain = end < 0 ? text[at..] : text[at..(at + end)];
            at += plain.Length;
            return plain;
        }

        var value = new StringBuilder();
        while (at < text.Length)
        {
            var letter = text[at++];
            if (letter != '\'')
            {
                value.Append(letter);
            }
            else if (!Take('\''))
            {
                return value.ToString();
            }
            else
            {
                value.Append('\'');
            }
        }

        throw Wrong("a value in quotes does not end");
    }

    private bool Take(char letter)
    {
        if (at == text.Length || text[at] != letter)
        {
            return false;
        }

        at++;
        return true;
    }

    private void Expect(char letter)
    {
        if (!Take(letter))
        {
            throw Wrong($"'{letter}' was expected");
        }
    }

    private FailureException Wrong(string why) => Failure.InvalidInput(
        "BAD_FILTER", $"The filter '{text}' is wrong at letter {at + 1}: {why}. Right is, for example, {Example}.", "filter").ToException();
}
