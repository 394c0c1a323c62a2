using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Mano.Meo.Northbound.Queries;

/// <summary>Reads a filter, by recursive descent, into a predicate.</summary>
internal sealed class FilterParser(MessageDescriptor type, string text)
{
    private static readonly string[] Operators = ["<=", ">=", "!=", "=", "<", ">", ":"];

    private int at;
    private int comparisons;

    public Func<IMessage, bool> Parse()
    {
        var all = Conjunction(0);
        return at == text.Length ? all
            : text[at] == ')' ? throw Wrong(at, "this ')' closes nothing")
            : throw Wrong(at, "AND, OR or the end was expected");
    }

    private Func<IMessage, bool> Conjunction(int depth)
    {
        var parts = new List<Func<IMessage, bool>>();
        do
        {
            parts.Add(Disjunction(depth));
        }
        while (TakeWord("AND"));
        return parts.Count == 1 ? parts[0] : message => parts.TrueForAll(part => part(message));
    }

    private Func<IMessage, bool> Disjunction(int depth)
    {
        var parts = new List<Func<IMessage, bool>>();
        do
        {
            parts.Add(Term(depth));
        }
        while (TakeWord("OR"));
        return parts.Count == 1 ? parts[0] : message => parts.Exists(part => part(message));
    }

    private Func<IMessage, bool> Term(int depth)
    {
        if (depth > Filter.Deepest)
        {
            throw Wrong(at, $"more than {Filter.Deepest} brackets and NOTs stand in one another");
        }

        if (TakeWord("NOT") || Take('-'))
        {
            var refused = Term(depth + 1);
            return message => !refused(message);
        }

        if (!Take('('))
        {
            return Comparison();
        }

        var opened = at;
        var inner = Conjunction(depth + 1);
        return Take(')') ? inner : throw Wrong(at, $"')' was expected, for the '(' of column {opened}");
    }

    private Func<IMessage, bool> Comparison()
    {
        SkipSpace();
        var start = at;
        if (++comparisons > Filter.MostComparisons)
        {
            throw Wrong(at, $"there are more than {Filter.MostComparisons} comparisons");
        }

        var name = Name();
        if (name is "AND" or "OR" or "NOT" or "")
        {
            throw Wrong(start, start == text.Length ? "the filter ends where a field was expected" : "the name of a field, NOT or '(' was expected");
        }

        var path = FieldPath.Find(type, name, out var why) ?? throw Wrong(start, why);
        SkipSpace();
        var before = at;
        var comparator = Operators.FirstOrDefault(o => text.AsSpan(at).StartsWith(o)) ?? throw Wrong(at, $"{string.Join(' ', Operators)} was expected after {name}");
        at += comparator.Length;
        if (at < text.Length && text[at] == '=')
        {
            throw Wrong(at, "a single = compares");
        }

        SkipSpace();
        var column = at;
        var value = FilterValue.Read(text, ref at, out var wrong) ?? throw Wrong(column, wrong);
        return FilterComparison.Compile(path, comparator, value, out var refusal, out var isValue) ?? throw Wrong(isValue ? column : before, refusal);
    }

    private string Name()
    {
        var name = new StringBuilder();
        var quoted = false;
        for (; at < text.Length && (quoted || char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '`'); at++)
        {
            quoted ^= text[at] == '`';
            name.Append(text[at]);
        }

        return name.ToString();
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var end = at + word.Length;
        if (!text.AsSpan(at).StartsWith(word) || (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.')))
        {
            return false;
        }

        at = end;
        return true;
    }

    private bool Take(char letter)
    {
        SkipSpace();
        if (at == text.Length || text[at] != letter)
        {
            return false;
        }

        at++;
        return true;
    }

    private void SkipSpace()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private static Mesh.Failures.FailureException Wrong(int where, string why) => Filter.Wrong($"filter is wrong at column {where + 1}: {why}.");
}
