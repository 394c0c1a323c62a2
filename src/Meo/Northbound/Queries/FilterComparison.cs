using Google.Protobuf;

namespace Mano.Meo.Northbound.Queries;

/// <summary>One comparison of a filter, as a predicate.</summary>
internal static class FilterComparison
{
    /// <param name="path">The field.</param>
    /// <param name="comparator">= != &lt; &lt;= &gt; &gt;= or :.</param>
    /// <param name="value">What it is compared with.</param>
    /// <param name="refusal">What is wrong, if the result is null.</param>
    /// <param name="isValue">Whether the value is what is wrong, and not the comparator.</param>
    public static Func<IMessage, bool>? Compile(FieldPath path, string comparator, FilterValue value, out string refusal, out bool isValue)
    {
        isValue = false;
        if ((refusal = Refusal(path, comparator, value)).Length > 0)
        {
            return null;
        }

        if (comparator == ":" && value.IsAny)
        {
            return message => path.Values(message).Any(IsThere);
        }

        if (path.Kind is ValueKind.Text or ValueKind.Map && comparator is "=" or "!=" or ":")
        {
            return comparator == "!=" ? message => path.Values(message).Any(v => !value.Matches((string)v)) : message => path.Values(message).Any(v => value.Matches((string)v));
        }

        if (FieldValue.Read(path, value.Literal, out var right) is not { } wanted)
        {
            (refusal, isValue) = ($"\"{value.Literal}\" is no value of {path.Text}; right is {right}", true);
            return null;
        }

        return Ordered(path, comparator, wanted);
    }

    private static string Refusal(FieldPath path, string comparator, FilterValue value) => path.Kind switch
    {
        ValueKind.Bytes => $"{path.Text} is bytes, which are not compared",
        ValueKind.Message when comparator != ":" || !value.IsAny => $"{path.Text} is a message; {path.Text}:* asks whether it is there, and its fields are compared as {path.Text}.…",
        ValueKind.Map when comparator != ":" => $"{path.Text} is a map; {path.Text}:key asks for a key, {path.Text}.key = … compares its value",
        _ when path.IsRepeated && comparator != ":" => $"{path.Text} has several values; {path.Text}:{value.Literal} asks whether one of them is that",
        ValueKind.Choice or ValueKind.Bool when comparator is "<" or "<=" or ">" or ">=" => $"{path.Text} has no order; = != and : compare it",
        _ => "",
    };

    private static Func<IMessage, bool> Ordered(FieldPath path, string comparator, object wanted)
    {
        Func<int, bool> holds = comparator switch
        {
            "=" or ":" => order => order == 0,
            "!=" => order => order != 0,
            "<" => order => order < 0,
            "<=" => order => order <= 0,
            ">" => order => order > 0,
            _ => order => order >= 0,
        };
        return message => path.Values(message).Any(found => holds(FieldValue.Compare(found, wanted)));
    }

    /// <summary>What has a value of its own; proto3 does not tell "empty" from "not said".</summary>
    private static bool IsThere(object value) => value switch
    {
        string text => text.Length > 0,
        bool set => set,
        decimal number => number != 0,
        double number => number != 0,
        _ => true,
    };
}
